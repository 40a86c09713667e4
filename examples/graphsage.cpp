// Classifies the vertices of a graph by GraphSAGE (Hamilton, Ying, Leskovec 2017), trained by mini-batches whose
// neighbours are sampled on other threads, or on the whole graph at once: on a folder of data, or on communities that
// the program makes itself.
#include <chrono>
#include <cmath>
#include <cstdio>

#include <common/program.hpp>
#include <common/progress.hpp>
#include <common/stop_signal.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/models/train/state.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/loader.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>
#include <edgefold/ops/sample/seed_batches.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <training/accuracy.hpp>
#include <training/community_graph.hpp>
#include <training/prepared_nodes.hpp>
#include <training/seed_scores.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;
using integers = basic_tensor<std::int64_t>;

struct run {
  std::string data, json, save;
  bool generated = false, full_batch = false;
  std::int64_t vertices = 100'000, edges = 5'000'000, batch = 1024, hidden = 64;
  std::vector<std::int64_t> fan_outs{15, 10};  // neighbours a vertex draws in a layer, the first layer's first
  double homophily = 0.5, dropout = 0.5, lr = 0.01, weight_decay = 5e-4;
  int epochs = 10, evaluate = 1, workers = 1, threads = num_threads();
  std::uint64_t seed = 0;
};

// Layers of mean aggregators, ReLU and dropout between them.
struct network {
  std::vector<sage_conv> layers;
  dropout_layer drop;

  network(std::int64_t in, std::int64_t classes, const run& o) : drop(o.dropout, o.seed, 1000) {
    const std::int64_t last = std::ssize(o.fan_outs) - 1;
    for (std::int64_t i = 0; i <= last; ++i)
      layers.emplace_back(i == 0 ? in : o.hidden, i == last ? classes : o.hidden, sage_aggregator::mean,
                          sage_conv_options{}, o.seed, static_cast<std::uint64_t>(10 * i));
    require_grad(*this);
  }
  void visit(auto& v) {
    v("layers", layers);
    v("drop", drop);
  }
  // x (sources of the first block, in) gives a row of logits for each destination of the last; a block for each layer.
  tensor operator()(const std::vector<graph>& blocks, const tensor& x) const {
    tensor h = layers[0](blocks[0], x);
    for (std::size_t i = 1; i < layers.size(); ++i) h = layers[i](blocks[i], drop(relu(h)));
    return h;
  }
  // Logits of all vertices: blocks are the graph itself.
  tensor operator()(const graph& g, const tensor& x) const { return (*this)(std::vector(layers.size(), g), x); }
};

// What a step trains on.
struct mini_batch {
  std::vector<graph> blocks;
  tensor x;
  integers labels;
};

struct epoch_result {
  int number;              // from 1 on
  double loss = 0;         // mean over the vertices trained on
  std::int64_t edges = 0;  // of all blocks
  double seconds = 0;      // of training, the evaluation not counted
};

// Accuracies in percent, with all neighbours.
struct accuracies {
  double train = 0, validation = 0, test = 0;
};

class training {
 public:
  training(const run& o, const node_data& data)
      : o_(o),
        data_(data),
        x_(to_dense(data.features)),
        net_(data.features.cols(), data.num_classes, o),
        optimizer_(parameters(net_), {.lr = o.lr, .weight_decay = o.weight_decay}) {}

  network& net() { return net_; }

  epoch_result run_epoch(int number) {
    epoch_result e{number};
    set_training(net_, true);
    const auto start = std::chrono::steady_clock::now();
    if (o_.full_batch) {
      e.loss = step(gather_rows(net_(data_.g, x_), data_.train), gather_rows(data_.labels, data_.train), number);
      e.edges = data_.g.num_edges() * std::ssize(net_.layers);
    } else {
      run_batches(e);
    }
    e.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return e;
  }

  accuracies evaluate() {
    const no_grad scope;
    set_training(net_, false);
    const tensor logits = net_(data_.g, x_);
    const auto of = [&](const integers& ids) {
      return accuracy(gather_rows(logits, ids), gather_rows(data_.labels, ids));
    };
    return {of(data_.train), of(data_.validation), of(data_.test)};
  }

 private:
  // The seeds in a new order, their neighbours sampled by workers while the batches before are trained on.
  void run_batches(epoch_result& e) {
    const auto seeds = seed_batches(data_.train, o_.batch, {.seed = o_.seed, .epoch = e.number});
    const auto sampled = [&](std::int64_t i) {
      return sample(seeds[static_cast<std::size_t>(i)], batch_seed(o_.seed, e.number, i));
    };
    const loader batches(std::ssize(seeds), sampled, {.workers = o_.workers});
    progress line;
    std::int64_t done = 0;
    for (const mini_batch& b : batches) {
      const double loss = step(net_(b.blocks, b.x), b.labels, e.number);
      e.loss += loss * static_cast<double>(b.labels.rows()) / static_cast<double>(data_.train.rows());
      for (const graph& block : b.blocks) e.edges += block.num_edges();
      line.show("epoch " + std::to_string(e.number) + ": batch " + std::to_string(++done) + " of " +
                std::to_string(batches.size()) + ", loss " + std::to_string(loss));
    }
  }
  mini_batch sample(const integers& seeds, std::uint64_t seed) const {
    std::vector<graph> blocks = sample_blocks(data_.g, seeds, o_.fan_outs, {.seed = seed});
    const auto sources = std::as_const(blocks[0]).srcdata[original_id].as<std::int64_t>();
    return {std::move(blocks), gather_rows(x_, sources), gather_rows(data_.labels, seeds)};
  }
  double step(const tensor& logits, const integers& labels, int epoch) {
    const tensor loss = cross_entropy(logits, labels);
    check_runtime(std::isfinite(loss.item()), "graphsage", "the loss is not finite in epoch ", epoch);
    optimizer_.zero_grad();
    loss.backward();
    optimizer_.step();
    stop_if_asked();
    return loss.item();
  }

  const run& o_;
  const node_data& data_;
  const tensor x_;
  network net_;
  adam optimizer_;
};

void train(const run& o) {
  check(o.generated || !o.data.empty(), "graphsage", "expected --data or --generated");
  set_num_threads(o.threads);
  const node_data data =
      o.generated ? community_graph(o.vertices, o.edges, o.homophily, o.seed) : prepared(read_node_data(o.data));
  std::printf("%s: %lld vertices, %lld edges, %lld features, %lld classes, %lld vertices to train on\n",
              o.full_batch ? "full batch" : "mini-batches", static_cast<long long>(data.g.num_vertices()),
              static_cast<long long>(data.g.num_edges()), static_cast<long long>(data.features.cols()),
              static_cast<long long>(data.num_classes), static_cast<long long>(data.train.rows()));
  hold_stop_signals();
  training t(o, data);
  accuracies best;
  int best_epoch = 0;
  seed_scores scores;
  for (int number = 1; number <= o.epochs; ++number) {
    const epoch_result e = t.run_epoch(number);
    scores.seconds += e.seconds;
    scores.epochs = number;
    std::printf("epoch %3d  loss %.4f", number, e.loss);
    if (number % o.evaluate == 0 || number == o.epochs) {
      const accuracies now = t.evaluate();
      std::printf("  train %.2f %%  validation %.2f %%  test %.2f %%", now.train, now.validation, now.test);
      if (now.validation >= best.validation) best = now, best_epoch = number;
    }
    std::printf("  %.2f s  %.2f M edges/s\n", e.seconds, 1e-6 * static_cast<double>(e.edges) / e.seconds);
    std::fflush(stdout);
  }
  std::printf("test accuracy %.2f %%, of epoch %d, the last of the best validation\n", best.test, best_epoch);
  scores.test = {best.test};
  if (!o.save.empty()) save_model(o.save, t.net());
  if (!o.json.empty()) scores.write(o.json);
}

void add_options(CLI::App& app, run& o) {
  CLI::Option* const data = app.add_option("--data", o.data, "Folder of the data set")->option_text("DIR");
  CLI::Option* const generated = app.add_flag("--generated", o.generated, "Communities, made by random numbers");
  generated->excludes(data);
  add_number(app, "--vertices", o.vertices, "Vertices of these", 50, 1'000'000'000)->needs(generated);
  add_number(app, "--edges", o.edges, "Their edges", 0, 2'000'000'000)->needs(generated);
  add_number(app, "--homophily", o.homophily, "How many edges stay in their community", 0.0, 1.0)->needs(generated);
  app.add_option("--fan-outs", o.fan_outs, "Neighbours drawn in each layer, the input's first; -1: all")
      ->delimiter(',')
      ->check(CLI::Range(-1, 1'000'000'000))
      ->option_text("N,N... [15,10]");
  add_number(app, "--batch", o.batch, "Vertices to train on at once", 1, 1'000'000'000);
  app.add_flag("--full-batch", o.full_batch, "Trains on the whole graph at once");
  add_number(app, "--hidden", o.hidden, "Width of hidden layers", 1, 65'536);
  add_number(app, "--dropout", o.dropout, "Probability of dropout", 0.0, 0.999);
  add_number(app, "--lr", o.lr, "Learning rate", 0.0, 1e6);
  add_number(app, "--weight-decay", o.weight_decay, "Weight decay", 0.0, 1e6);
  add_number(app, "--epochs", o.epochs, "Epochs", 1, 1'000'000);
  add_number(app, "--evaluate", o.evaluate, "Epochs from one evaluation, with all neighbours, to the next", 1,
             1'000'000);
  add_number(app, "--seed", o.seed, "Seed of all random numbers", 0, 1'000'000'000);
  add_number(app, "--workers", o.workers, "Threads that sample; 0: the one that trains", 0, 1'024);
  app.add_option("--json", o.json, "Writes the scores; makes the folder if there is none")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the weights after the last epoch")->option_text("FILE.safetensors");
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 1'024))->option_text("N [all]");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Classifies the vertices of a graph by GraphSAGE with sampled neighbours"};
  run o;
  add_options(app, o);
  return run_program(app, argc, argv, [&] { train(o); });
}
