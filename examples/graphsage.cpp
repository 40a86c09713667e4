// Classifies the vertices of a graph by GraphSAGE, trained by mini-batches whose neighbours are sampled on other
// threads, or on the whole graph at once: on a folder of data, or on communities that the program makes itself.
#include <cstdio>

#include <common/community_graph.hpp>
#include <common/node_training.hpp>
#include <common/program.hpp>
#include <common/sage_training.hpp>
#include <common/seed_scores.hpp>
#include <edgefold/core/parallel.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

struct run {
  std::string data, json, save;
  bool generated = false;
  std::int64_t vertices = 100'000, edges = 5'000'000;
  double homophily = 0.5;
  sage_settings settings;
  int threads = num_threads();
};

void add_options(CLI::App& app, run& o) {
  CLI::Option* const data = app.add_option("--data", o.data, "Folder of the data set")->option_text("DIR");
  CLI::Option* const generated = app.add_flag("--generated", o.generated, "Communities, made by random numbers");
  generated->excludes(data);
  add_number(app, "--vertices", o.vertices, "Vertices of these", 50, 1'000'000'000)->needs(generated);
  add_number(app, "--edges", o.edges, "Their edges", 0, 2'000'000'000)->needs(generated);
  add_number(app, "--homophily", o.homophily, "How many edges stay in their community", 0.0, 1.0)->needs(generated);
  sage_settings& s = o.settings;
  app.add_option("--fan-outs", s.fan_outs, "Neighbours drawn in each layer, the input's first; -1: all")
      ->delimiter(',')
      ->check(CLI::Range(-1, 1'000'000'000))
      ->option_text("N,N... [15,10]");
  add_number(app, "--batch", s.batch, "Vertices to train on at once", 1, 1'000'000'000);
  app.add_flag("--full-batch", s.full_batch, "Trains on the whole graph at once");
  add_number(app, "--hidden", s.hidden, "Width of hidden layers", 1, 65'536);
  add_number(app, "--dropout", s.dropout, "Probability of dropout", 0.0, 0.999);
  add_number(app, "--lr", s.lr, "Learning rate", 0.0, 1e6);
  add_number(app, "--weight-decay", s.weight_decay, "Weight decay", 0.0, 1e6);
  add_number(app, "--epochs", s.epochs, "Epochs", 1, 1'000'000);
  add_number(app, "--evaluate", s.evaluate, "Epochs from one evaluation, with all neighbours, to the next", 1,
             1'000'000);
  add_number(app, "--seed", s.seed, "Seed of all random numbers", 0, 1'000'000'000);
  add_number(app, "--workers", s.workers, "Threads that sample; 0: the one that trains", 0, 1'024);
  app.add_option("--json", o.json, "Writes the scores")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the weights after the last epoch")->option_text("FILE.safetensors");
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 1'024))->option_text("N [all]");
}

void print(const sage_epoch& e) {
  std::printf("epoch %3d  loss %.4f", e.number, e.loss);
  if (e.accuracy)
    std::printf("  train %.2f %%  validation %.2f %%  test %.2f %%", e.accuracy->train, e.accuracy->validation,
                e.accuracy->test);
  std::printf("  %.2f s  %.2f M edges/s\n", e.seconds, 1e-6 * static_cast<double>(e.edges) / e.seconds);
  std::fflush(stdout);
}

void train(const run& o) {
  check(o.generated || !o.data.empty(), "graphsage", "expected --data or --generated");
  set_num_threads(o.threads);
  const node_data data = o.generated ? community_graph(o.vertices, o.edges, o.homophily, o.settings.seed)
                                     : prepared(read_node_data(o.data));
  std::printf("%s: %lld vertices, %lld edges, %lld features, %lld classes, %lld vertices to train on\n",
              o.settings.full_batch ? "full batch" : "mini-batches", static_cast<long long>(data.g.num_vertices()),
              static_cast<long long>(data.g.num_edges()), static_cast<long long>(data.features.cols()),
              static_cast<long long>(data.num_classes), static_cast<long long>(data.train.rows()));
  graphsage net(data.features.cols(), data.num_classes, o.settings);
  sage_epoch best{};
  seed_scores scores;
  train_sage(net, data, o.settings, [&](const sage_epoch& e) {
    print(e);
    scores.seconds += e.seconds;
    scores.epochs = e.number;
    if (e.accuracy && (!best.accuracy || e.accuracy->validation >= best.accuracy->validation)) best = e;
  });
  std::printf("test accuracy %.2f %%, of epoch %d, the last of the best validation\n", best.accuracy->test,
              best.number);
  scores.test = {best.accuracy->test};
  if (!o.save.empty()) save_model(o.save, net);
  if (!o.json.empty()) scores.write(o.json);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Classifies the vertices of a graph by GraphSAGE with sampled neighbours"};
  run o;
  add_options(app, o);
  return run_program(app, argc, argv, [&] { train(o); });
}
