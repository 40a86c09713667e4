// Tells graphs apart (MUTAG: which molecules cause mutations) by a graph isomorphism network (Xu et al. 2019), by the
// paper's protocol: ten folds, and one number of epochs for all, that of the best mean.
#include <chrono>
#include <cmath>
#include <cstdio>

#include <common/program.hpp>
#include <common/stop_signal.hpp>
#include <edgefold/core/io/graph_data.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/layers/batch_norm.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/gin_conv.hpp>
#include <edgefold/models/train/lr_schedule.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/transform/batch.hpp>
#include <edgefold/ops/transform/readout.hpp>
#include <training/accuracy.hpp>
#include <training/json_file.hpp>
#include <training/seed_scores.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

struct run {
  std::string data, json;
  std::int64_t hidden = 32, batch = 32;
  int layers = 5, folds = 10, epochs = 350, steps = 50, threads = num_threads();
  double dropout = 0.5, lr = 0.01;
  std::uint64_t seed = 0;
};

using id_vector = std::vector<std::int64_t>;

// The data as a model starts from it: ndata["x"] is the one-hot of ndata["label"].
graph_data prepared(graph_data d) {
  tensor one_hot({d.num_vertex_labels, d.num_vertex_labels});
  one_hot.mutable_matrix().setIdentity();
  for (graph& g : d.graphs) g.ndata["x"] = gather_rows(one_hot, g.ndata["label"].as<std::int64_t>());
  return d;
}

// Some of the graphs as one, and their labels.
struct labelled_batch {
  graph_batch graphs;
  basic_tensor<std::int64_t> labels;
};
labelled_batch pick(const graph_data& data, const id_vector& ids) {
  std::vector<graph> graphs;
  for (const std::int64_t i : ids) graphs.push_back(data.graphs[static_cast<std::size_t>(i)]);
  return {batch(graphs), gather_rows(data.labels, ids)};
}

// Numbers of graphs, class by class dealt out in turn to the folds after shuffling by the seed: each has its share of
// every class.
std::vector<id_vector> stratified_folds(const graph_data& data, int folds, std::uint64_t seed) {
  std::vector<id_vector> parts(static_cast<std::size_t>(folds));
  const auto order = random_permutation(data.size(), seed);
  std::size_t next = 0;
  for (std::int64_t label = 0; label < data.num_classes; ++label)
    for (const std::int64_t i : order.values())
      if (data.labels.at(i) == label) parts[next++ % parts.size()].push_back(i);
  return parts;
}

struct perceptron {
  linear first, last;
  batch_norm norm;
  perceptron(std::int64_t in, std::int64_t width, std::uint64_t seed, std::uint64_t stream)
      : first(in, width, seed, stream), last(width, width, seed, stream + 2), norm(width) {}
  void visit(auto& v) {
    v("first", first);
    v("norm", norm);
    v("last", last);
  }
  tensor operator()(const tensor& x) const { return last(relu(norm(first(x)))); }
};

// A score from the sum over the vertices of what each layer has made of them, the input among these.
struct gin {
  std::vector<gin_conv<perceptron>> layers;
  std::vector<batch_norm> norms;
  std::vector<linear> scores;
  dropout_layer drop;

  gin(const graph_data& data, const run& o, std::uint64_t seed) : drop(o.dropout, seed) {
    std::int64_t width = data.num_vertex_labels;
    scores.emplace_back(width, data.num_classes, seed, 1);
    for (int i = 1; i < o.layers; ++i, width = o.hidden) {
      const auto stream = 16 * static_cast<std::uint64_t>(i);
      layers.emplace_back(perceptron(width, o.hidden, seed, stream));
      norms.emplace_back(o.hidden);
      scores.emplace_back(o.hidden, data.num_classes, seed, stream + 8);
    }
  }
  void visit(auto& v) {
    v("layers", layers);
    v("norms", norms);
    v("scores", scores);
    v("drop", drop);
  }
  tensor operator()(const graph_batch& b) const {
    tensor h = b.all.ndata["x"];
    tensor score = scores[0](readout_nodes(b, h, reduce::sum{}));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      h = relu(norms[i](layers[i](b.all, h)));
      score = score + drop(scores[i + 1](readout_nodes(b, h, reduce::sum{})));
    }
    return score;
  }
};

// The accuracy on a fold after each epoch of training on the others.
std::vector<double> train(const graph_data& data, const run& o, const std::vector<id_vector>& folds, std::size_t fold) {
  id_vector others;
  for (std::size_t i = 0; i < folds.size(); ++i)
    if (i != fold) others.insert(others.end(), folds[i].begin(), folds[i].end());
  const labelled_batch test = pick(data, folds[fold]);
  const auto size = static_cast<std::size_t>(std::min<std::int64_t>(o.batch, std::ssize(others)));
  gin net(data, o, o.seed + fold);
  adam optimizer(parameters(net), {.lr = o.lr});
  const step_lr schedule{o.lr, 50, 0.5};
  std::vector<double> reached;
  for (int epoch = 0; epoch < o.epochs; ++epoch) {
    optimizer.lr = schedule(epoch);
    set_training(net, true);
    for (int step = 0; step < o.steps; ++step) {
      const auto stream =
          static_cast<std::uint64_t>(epoch) * static_cast<std::uint64_t>(o.steps) + static_cast<std::uint64_t>(step);
      const auto order = random_permutation(std::ssize(others), o.seed + fold, (std::uint64_t{1} << 32) + stream);
      id_vector ids;
      for (std::size_t i = 0; i < size; ++i)
        ids.push_back(others[static_cast<std::size_t>(order.at(static_cast<std::int64_t>(i)))]);
      const labelled_batch b = pick(data, ids);
      const tensor loss = cross_entropy(net(b.graphs), b.labels);
      check_runtime(std::isfinite(loss.item()), "graph_classification", "the loss is not finite in epoch ", epoch + 1,
                    " of fold ", fold);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      stop_if_asked();
    }
    const no_grad scope;
    set_training(net, false);
    reached.push_back(accuracy(net(test.graphs), test.labels));
  }
  return reached;
}

void classify(const run& o) {
  set_num_threads(o.threads);
  const graph_data data = prepared(read_graph_data(o.data));
  std::printf("%lld graphs, %lld vertex labels, %lld classes\n", static_cast<long long>(data.size()),
              static_cast<long long>(data.num_vertex_labels), static_cast<long long>(data.num_classes));
  check(o.folds <= data.size(), "graph_classification", "--folds is ", o.folds, ", there are ", data.size(), " graphs");
  const auto folds = stratified_folds(data, o.folds, o.seed);
  hold_stop_signals();
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::vector<double>> reached;
  for (std::size_t f = 0; f < folds.size(); ++f) {
    reached.push_back(train(data, o, folds, f));
    std::printf("fold %zu  %zu graphs  after the last epoch %.2f %%\n", f, folds[f].size(), reached.back().back());
    std::fflush(stdout);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  seed_scores best;  // of the folds after one of the epochs
  std::size_t at = 0;
  for (std::size_t e = 0; e < static_cast<std::size_t>(o.epochs); ++e) {
    seed_scores now;
    for (const auto& fold : reached) now.test.push_back(fold[e]);
    if (e == 0 || now.mean() > best.mean()) best = now, at = e;
  }
  const double per_epoch = seconds / (o.epochs * static_cast<double>(folds.size()));
  std::printf("test accuracy %.2f +- %.2f %% after epoch %zu  %.4f s an epoch\n", best.mean(), best.deviation(), at + 1,
              per_epoch);
  if (!o.json.empty())
    write_json(o.json, {{"test_accuracy_mean", best.mean()},
                        {"test_accuracy_std", best.deviation()},
                        {"seconds_per_epoch", per_epoch},
                        {"folds", o.folds},
                        {"epoch", static_cast<double>(at + 1)}});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Tells graphs apart by a graph isomorphism network, over ten folds"};
  run o;
  app.add_option("--data", o.data, "Folder of the data set")->required()->option_text("DIR");
  add_number(app, "--hidden", o.hidden, "Width of hidden layers", 1, 65'536);
  add_number(app, "--layers", o.layers, "Layers, the input among them", 1, 100);
  add_number(app, "--batch", o.batch, "Graphs of a step", 2, 65'536);
  add_number(app, "--steps", o.steps, "Steps of an epoch", 1, 1'000'000);
  add_number(app, "--epochs", o.epochs, "Epochs", 1, 1'000'000);
  add_number(app, "--dropout", o.dropout, "Probability of dropout of a layer's scores", 0.0, 0.999);
  add_number(app, "--lr", o.lr, "Learning rate, halved after every 50 epochs", 0.0, 1e6);
  add_number(app, "--folds", o.folds, "Parts, each of which is the test once", 2, 10'000);
  app.add_option("--seed", o.seed, "Of the folds, the weights and the batches")->capture_default_str();
  app.add_option("--json", o.json, "Writes the scores; makes the folder if there is none")->option_text("FILE");
  add_number(app, "--threads", o.threads, "Threads", 1, 1'024);
  return run_program(app, argc, argv, [&] { classify(o); });
}
