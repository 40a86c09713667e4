// Predicts links that are held back: edges of an undirected graph by a GCN or GraphSAGE and dot products, triples of a
// knowledge base by an R-GCN and DistMult (Schlichtkrull et al. 2018), or either from embeddings alone.
#include <cstdio>

#include <common/json_file.hpp>
#include <common/link_training.hpp>
#include <common/program.hpp>
#include <common/progress.hpp>
#include <common/seed_scores.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/parallel.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

struct run {
  std::string data, json, save;
  link_settings settings;
  int seeds = 1, threads = num_threads();
};

// The encoder that fits the data, unless the user says another.
link_settings chosen(const CLI::App& app, const run& o, const link_data& data) {
  link_settings s = o.settings;
  if (s.encoder.empty()) s.encoder = data.directed ? "rgcn" : "gcn";
  const bool fits = s.encoder == "none" || (s.encoder == "rgcn") == data.directed;
  check(fits, "link_prediction", "--encoder ", s.encoder, " is not for ",
        data.directed ? "triples" : "undirected edges");
  for (const char* name : {"--layers", "--dropout"})
    check(!app.count(name) || s.encoder != "none", "link_prediction", name, " says nothing without an encoder");
  check(!app.count("--bases") || s.encoder == "rgcn", "link_prediction", "--bases says nothing to this encoder");
  return s;
}

link_result train(const link_data& data, const link_settings& s, std::uint64_t seed) {
  const link_split split = split_links(data, s.validation, s.test, seed);
  const message_graph messages = pass_along(data, split.train);
  const std::int64_t leaked = num_leaked(data, messages, split.validation) + num_leaked(data, messages, split.test);
  check_runtime(leaked == 0, "link_prediction", leaked, " links that are held back pass messages");
  const auto count = [](const link_list& l) { return static_cast<long long>(l.size()); };
  std::printf("seed %d  %lld links to train, %lld to validate, %lld to test with; %lld of these pass messages\n",
              static_cast<int>(seed), count(split.train), count(split.validation), count(split.test),
              static_cast<long long>(leaked));
  std::fflush(stdout);
  progress line;
  link_result r = train_links(data, split, messages, s, seed, [&](int epoch, double loss) {
    char text[64];
    std::snprintf(text, sizeof text, "epoch %d of %d  loss %.4f", epoch, s.epochs, loss);
    line.show(text);
  });
  line.clear();
  std::printf("        epoch %d of %d  validation mrr %.4f  test", r.best, s.epochs, r.validation);
  for (const auto& [name, value] : r.test) std::printf("  %s %.4f", name.c_str(), value);
  std::printf("  %.2f s\n", r.seconds);
  std::fflush(stdout);
  return r;
}

void predict(const CLI::App& app, const run& o) {
  set_num_threads(o.threads);
  const link_data data = read_links(o.data);
  const link_settings settings = chosen(app, o, data);
  std::printf("%s: %lld vertices, %lld links of %lld relations\n", settings.encoder.c_str(),
              static_cast<long long>(data.num_vertices), static_cast<long long>(data.links.size()),
              static_cast<long long>(data.num_relations));
  std::vector<seed_scores> scores;
  link_result last;
  double seconds = 0;
  for (int seed = 0; seed < o.seeds; ++seed) {
    last = train(data, settings, static_cast<std::uint64_t>(seed));
    scores.resize(last.test.size());
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i].test.push_back(last.test[i].second);
    seconds += last.seconds;
  }
  std::vector<std::pair<std::string, double>> summary{{"seeds", o.seeds}};
  std::printf("test");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    std::printf("  %s %.4f +- %.4f", last.test[i].first.c_str(), scores[i].mean(), scores[i].deviation());
    summary.emplace_back(last.test[i].first + "_mean", scores[i].mean());
    summary.emplace_back(last.test[i].first + "_std", scores[i].deviation());
  }
  summary.emplace_back("seconds_per_epoch", seconds / o.seeds / settings.epochs);
  std::printf("  %.4f s an epoch\n", summary.back().second);
  if (!o.save.empty()) write_safetensors(o.save, last.weights, {{"encoder", settings.encoder}});
  if (!o.json.empty()) write_json(o.json, summary);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Predicts edges of an undirected graph, or triples of a knowledge base, that are held back"};
  run o;
  link_settings& s = o.settings;
  app.add_option("--data", o.data, "Edge list, .mtx file, or folder with edges.txt or triples.npy")
      ->required()
      ->option_text("PATH");
  app.add_option("--encoder", s.encoder, "Layers above the embeddings")
      ->check(CLI::IsMember({"gcn", "sage", "rgcn", "none"}))
      ->option_text("NAME [gcn; of triples rgcn]");
  add_number(app, "--width", s.width, "Width of embeddings and layers", 1, 65'536);
  add_number(app, "--layers", s.layers, "Layers", 1, 100);
  add_number(app, "--bases", s.bases, "Matrices that those of the relations are mixed from; 0: each its own", 0,
             65'536);
  add_number(app, "--dropout", s.dropout, "Probability of dropout before each layer", 0.0, 0.999);
  add_number(app, "--lr", s.lr, "Learning rate", 0.0, 1e6);
  add_number(app, "--weight-decay", s.weight_decay, "Weight decay", 0.0, 1e6);
  add_number(app, "--epochs", s.epochs, "Epochs", 1, 1'000'000);
  add_number(app, "--every", s.every, "Epochs from one validation to the next", 1, 1'000'000);
  add_number(app, "--negatives", s.negatives, "False heads, and false tails, for each link", 1, 1'000);
  add_number(app, "--validation", s.validation, "Share of links to validate with", 0.0, 1.0);
  add_number(app, "--test", s.test, "Share of links to test with", 0.0, 1.0);
  add_number(app, "--seeds", o.seeds, "Splits and trainings, of seeds 0, 1, ...", 1, 10'000);
  app.add_option("--json", o.json, "Writes the scores")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the best weights of the last seed")->option_text("FILE.safetensors");
  add_number(app, "--threads", o.threads, "Threads", 1, 1'024);
  return run_program(app, argc, argv, [&] { predict(app, o); });
}
