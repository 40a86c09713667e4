// Classifies the vertices of a citation graph (Cora, Citeseer, or any folder of that format) by one of the published
// networks, over several seeds. Draws how it learned and where the vertices lie.
#include <cstdio>

#include <common/node_figures.hpp>
#include <common/node_training.hpp>
#include <common/program.hpp>
#include <common/seed_scores.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/parallel.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

struct run {
  std::string data, model = "gcn", json, save, output;
  node_settings settings;
  int seeds = 10, threads = num_threads();
};

void add_options(CLI::App& app, run& o) {
  const auto& names = node_models();
  app.add_option("--data", o.data, "Folder of the data set")->required()->option_text("DIR");
  app.add_option("--model", o.model, "Network")->check(CLI::IsMember(names))->option_text("NAME [gcn]");
  const auto option = [&](const char* name, auto& value, const char* text, auto least, auto most) {
    add_number(app, name, value, text, least, most)->option_text("X [the paper's]");
  };
  option("--hidden", o.settings.hidden, "Width of hidden layers, of each head", 1, 65'536);
  option("--layers", o.settings.layers, "Layers", 1, 100);
  option("--heads", o.settings.heads, "Attention heads of hidden layers", 1, 1'000);
  option("--dropout", o.settings.dropout, "Probability of dropout", 0.0, 0.999);
  option("--lr", o.settings.lr, "Learning rate", 0.0, 1e6);
  option("--weight-decay", o.settings.weight_decay, "Weight decay", 0.0, 1e6);
  option("--epochs", o.settings.epochs, "Most epochs", 1, 1'000'000);
  option("--patience", o.settings.patience, "Epochs whose validation is worse than the best before it stops; 0: never",
         0, 1'000'000);
  app.add_option("--seeds", o.seeds, "Trainings, of seeds 0, 1, ...")
      ->check(CLI::Range(1, 10'000))
      ->option_text("N [10]");
  app.add_option("--json", o.json, "Writes the scores")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the weights of the best validation")->option_text("FILE.safetensors");
  app.add_option("--output", o.output, "Draws figures")->option_text("DIR");
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 1'024))->option_text("N [all]");
}

// What the user has not set is the paper's.
node_settings chosen(const CLI::App& app, const run& o) {
  node_settings s = default_settings(o.model);
  const auto take = [&](const char* name, auto node_settings::*member, bool is_used = true) {
    if (!app.count(name)) return;
    check(is_used, "node_classification", name, " says nothing to this network");
    s.*member = o.settings.*member;
  };
  take("--layers", &node_settings::layers, o.model != "appnp");
  take("--hidden", &node_settings::hidden, s.layers > 1);
  take("--heads", &node_settings::heads, o.model == "gat" || o.model == "gatv2");
  take("--dropout", &node_settings::dropout);
  take("--lr", &node_settings::lr);
  take("--weight-decay", &node_settings::weight_decay);
  take("--epochs", &node_settings::epochs);
  take("--patience", &node_settings::patience);
  return s;
}

void classify(const run& o, const node_settings& settings) {
  set_num_threads(o.threads);
  const node_data data = prepared(read_node_data(o.data));
  std::printf("%s: %lld vertices, %lld edges, %lld features, %lld classes\n", o.model.c_str(),
              static_cast<long long>(data.g.num_vertices()), static_cast<long long>(data.g.num_edges()),
              static_cast<long long>(data.features.cols()), static_cast<long long>(data.num_classes));
  std::vector<node_result> results;
  seed_scores scores;
  std::size_t best = 0;
  for (int seed = 0; seed < o.seeds; ++seed) {
    node_result r = train_nodes(data, o.model, settings, static_cast<std::uint64_t>(seed));
    const node_epoch& at = r.epochs[r.best];
    std::printf("seed %d  epoch %zu of %zu  validation %.2f %%  test %.2f %%  %.2f s\n", seed, r.best + 1,
                r.epochs.size(), at.validation_accuracy, at.test_accuracy, r.seconds);
    std::fflush(stdout);
    scores.test.push_back(at.test_accuracy);
    scores.seconds += r.seconds;
    scores.epochs += std::ssize(r.epochs);
    results.push_back(std::move(r));
    const node_result &first = results[best], &last = results.back();
    if (last.epochs[last.best].validation_accuracy > first.epochs[first.best].validation_accuracy)
      best = results.size() - 1;
  }
  scores.print();
  if (!o.save.empty()) write_safetensors(o.save, results[best].weights, {{"model", o.model}});
  if (!o.json.empty()) scores.write(o.json);
  if (!o.output.empty() && !draw_nodes(o.output, data, results, best))
    std::printf("figures: skipped, there is no gnuplot in PATH\n");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Classifies the vertices of a graph by a network that learns from a few labels"};
  run o;
  add_options(app, o);
  return run_program(app, argc, argv, [&] { classify(o, chosen(app, o)); });
}
