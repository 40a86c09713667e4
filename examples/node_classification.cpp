// Classifies the vertices of a citation graph (Cora, Citeseer, or any folder of that format) by one of the published
// networks, over several seeds. Draws how it learned and where the vertices lie.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>

#include <common/file_lock.hpp>
#include <common/program.hpp>
#include <common/stop_signal.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/models/layers/agnn_conv.hpp>
#include <edgefold/models/layers/appnp.hpp>
#include <edgefold/models/layers/cheb_conv.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/gatv2_conv.hpp>
#include <edgefold/models/layers/gin_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/layers/sg_conv.hpp>
#include <edgefold/models/layers/tag_conv.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <training/accuracy.hpp>
#include <training/node_figures.hpp>
#include <training/prepared_nodes.hpp>
#include <training/seed_scores.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

// What a network is made and trained with.
struct settings {
  std::int64_t hidden = 16;  // width of a hidden layer, of one head where there are several
  int layers = 2, heads = 1;
  double dropout = 0.5, lr = 0.01, weight_decay = 5e-4;
  int epochs = 200;
  int patience = 0;  // epochs without an accuracy or a loss as good as the best before it stops; 0: never
};

// Streams of random numbers: sixteen a layer, those of the dropout between layers after all others.
std::uint64_t stream_of(int layer) { return 16 * static_cast<std::uint64_t>(layer); }

// Each network gives logits (vertices, classes) of features (vertices, in), and says which of its parameters weight
// decay is for: all, or, after Kipf and Welling 2017, those of the first layer.

// Layers of one kind with dropout before each and an activation between them.
template <class Layer, bool OnlyFirstDecays = false>
struct stack {
  std::vector<Layer> layers;
  dropout_layer drop;

  stack(std::int64_t in, std::int64_t classes, const settings& s, std::uint64_t seed)
      : drop(s.dropout, seed, stream_of(s.layers)) {
    for (int i = 0; i < s.layers; ++i)
      layers.push_back(make(i == 0 ? in : s.hidden, i + 1 == s.layers ? classes : s.hidden, seed, stream_of(i)));
  }
  static Layer make(std::int64_t in, std::int64_t out, std::uint64_t seed, std::uint64_t stream) {
    if constexpr (std::same_as<Layer, linear>) return linear(in, out, seed, stream);
    else if constexpr (std::same_as<Layer, gin_conv<>>) return gin_conv<>(linear(in, out, seed, stream));
    else if constexpr (std::same_as<Layer, sage_conv>)
      return sage_conv(in, out, sage_aggregator::mean, {}, seed, stream);
    else if constexpr (std::same_as<Layer, cheb_conv>) return cheb_conv(in, out, 3, {}, seed, stream);
    else if constexpr (std::same_as<Layer, sg_conv>) return sg_conv(in, out, {.k = 2}, seed, stream);
    else return Layer(in, out, {}, seed, stream);
  }
  static tensor apply(const Layer& layer, const graph& g, const features& x) {
    if constexpr (requires { layer(g, x); }) return layer(g, x);
    else if constexpr (requires { layer(g, x.dense()); }) return layer(g, x.dense());
    else return layer(x);
  }
  tensor operator()(const graph& g, const features& x) const {
    tensor h = apply(layers[0], g, drop(x));
    for (std::size_t i = 1; i < layers.size(); ++i) h = apply(layers[i], g, drop(relu(h)));
    return h;
  }
  void visit(auto& v) {
    v("layers", layers);
    v("drop", drop);
  }
  std::vector<tensor> decayed() { return OnlyFirstDecays ? parameters(layers[0]) : parameters(*this); }
};

// Velickovic et al. 2018: heads side by side, the last layer has one.
template <class Layer>
struct attention {
  std::vector<Layer> layers;

  attention(std::int64_t in, std::int64_t classes, const settings& s, std::uint64_t seed) {
    decltype(Layer::options) options;
    options.feat_drop = options.attn_drop = s.dropout;
    for (int i = 0; i < s.layers; ++i) {
      const bool last = i + 1 == s.layers;
      layers.emplace_back(i == 0 ? in : s.hidden * s.heads, last ? classes : s.hidden, last ? 1 : s.heads, options,
                          seed, stream_of(i));
    }
  }
  tensor operator()(const graph& g, const features& x) const {
    tensor h = layers[0](g, x);
    for (std::size_t i = 1; i < layers.size(); ++i) h = layers[i](g, elu(h.reshape({h.rows(), -1})));
    return mean(h, 1).reshape({h.rows(), -1});
  }
  void visit(auto& v) { v("layers", layers); }
  std::vector<tensor> decayed() { return parameters(*this); }
};

// Klicpera et al. 2019: predictions by a perceptron, then propagated.
struct propagated {
  linear first, last;
  dropout_layer drop;
  appnp propagate;

  propagated(std::int64_t in, std::int64_t classes, const settings& s, std::uint64_t seed)
      : first(in, s.hidden, seed, stream_of(0), false),
        last(s.hidden, classes, seed, stream_of(1), false),
        drop(s.dropout, seed, stream_of(2)),
        propagate({.k = 10, .alpha = 0.1, .edge_drop = s.dropout}, seed, stream_of(3)) {}
  tensor operator()(const graph& g, const features& x) const { return propagate(g, last(drop(relu(first(drop(x)))))); }
  void visit(auto& v) {
    v("first", first);
    v("last", last);
    v("drop", drop);
    v("propagate", propagate);
  }
  std::vector<tensor> decayed() { return parameters(first); }
};

// Thekumparampil et al. 2018: attention by cosine between two linear layers.
struct cosine_attention {
  linear first, last;
  std::vector<agnn_conv> layers;
  dropout_layer drop;

  cosine_attention(std::int64_t in, std::int64_t classes, const settings& s, std::uint64_t seed)
      : first(in, s.hidden, seed, stream_of(0)),
        last(s.hidden, classes, seed, stream_of(1)),
        drop(s.dropout, seed, stream_of(2)) {
    for (int i = 0; i < s.layers; ++i) layers.emplace_back(agnn_conv_options{.learn_beta = i > 0});
  }
  tensor operator()(const graph& g, const features& x) const {
    tensor h = relu(first(drop(x)));
    for (const agnn_conv& layer : layers) h = layer(g, h);
    return last(drop(h));
  }
  void visit(auto& v) {
    v("first", first);
    v("layers", layers);
    v("last", last);
    v("drop", drop);
  }
  std::vector<tensor> decayed() { return parameters(*this); }
};

// Adam, for parameters with weight decay and for those without.
class two_groups {
 public:
  template <class Network>
  two_groups(Network& net, const settings& s) {
    const std::vector<tensor> decayed = net.decayed();
    std::vector<tensor> others;
    for (const tensor& p : parameters(net))
      if (std::none_of(decayed.begin(), decayed.end(), [&](const tensor& d) { return d.shares_storage_with(p); }))
        others.push_back(p);
    decayed_.emplace(decayed, adam_options{.lr = s.lr, .weight_decay = s.weight_decay});
    if (!others.empty()) others_.emplace(others, adam_options{.lr = s.lr});
  }
  void zero_grad() {
    decayed_->zero_grad();
    if (others_) others_->zero_grad();
  }
  void step() {
    decayed_->step();
    if (others_) others_->step();
  }

 private:
  std::optional<adam> decayed_, others_;
};

// The vertices of one part of the split.
struct part {
  basic_tensor<std::int64_t> ids, labels;
  part(const node_data& d, const basic_tensor<std::int64_t>& which)
      : ids(which), labels(gather_rows(d.labels, which)) {}
  tensor loss(const tensor& logits) const { return cross_entropy(gather_rows(logits, ids), labels); }
  double right(const tensor& logits) const { return accuracy(gather_rows(logits, ids), labels); }
};

bool better(const node_epoch& a, const node_epoch& b) {
  return a.validation_accuracy != b.validation_accuracy ? a.validation_accuracy > b.validation_accuracy
                                                        : a.validation_loss < b.validation_loss;
}

// All of the graph at once; the test vertices are looked at for the report alone.
template <class Network>
node_result train(const node_data& data, const settings& s, std::uint64_t seed) {
  Network net(data.features.cols(), data.num_classes, s, seed);
  const part train(data, data.train), validation(data, data.validation), test(data, data.test);
  const features x = data.features;
  two_groups optimizer(net, s);
  node_result result;
  const auto start = std::chrono::steady_clock::now();
  int waited = 0;  // as in the papers with a patience: the accuracy or the loss has to be the best so far, or equal
  double most_accurate = 0, least_loss = std::numeric_limits<double>::infinity();
  for (int epoch = 0; epoch < s.epochs && (s.patience == 0 || waited < s.patience); ++epoch) {
    set_training(net, true);
    const tensor loss = train.loss(net(data.g, x));
    check_runtime(std::isfinite(loss.item()), "node_classification", "the loss is not finite in epoch ", epoch + 1);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    stop_if_asked();

    const no_grad scope;
    set_training(net, false);
    const tensor logits = net(data.g, x);
    const node_epoch now{loss.item(), train.right(logits), validation.loss(logits).item(), validation.right(logits),
                         test.right(logits)};
    result.epochs.push_back(now);
    ++waited;
    if (now.validation_accuracy >= most_accurate || now.validation_loss <= least_loss) waited = 0;
    most_accurate = std::max(most_accurate, now.validation_accuracy);
    least_loss = std::min(least_loss, now.validation_loss);
    if (epoch == 0 || better(now, result.epochs[result.best])) {
      result.best = static_cast<std::size_t>(epoch);
      result.weights = clone(state_dict(net));
      result.logits = logits;
    }
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

struct model {
  node_result (*train)(const node_data&, const settings&, std::uint64_t seed);
  settings paper{};  // for Cora and Citeseer
};

const std::map<std::string, model>& models() {
  static const settings eight_heads{
      .hidden = 8, .heads = 8, .dropout = 0.6, .lr = 0.005, .epochs = 1000, .patience = 100};
  static const std::map<std::string, model> all{
      {"gcn", {train<stack<graph_conv, true>>}},
      {"gat", {train<attention<gat_conv>>, eight_heads}},
      {"gatv2", {train<attention<gatv2_conv>>, eight_heads}},
      {"sage", {train<stack<sage_conv>>}},
      {"gin", {train<stack<gin_conv<>>>}},
      {"sgc", {train<stack<sg_conv>>, {.layers = 1, .dropout = 0, .lr = 0.2, .weight_decay = 8e-5, .epochs = 100}}},
      {"tagcn", {train<stack<tag_conv>>}},
      {"cheb", {train<stack<cheb_conv, true>>}},
      {"appnp", {train<propagated>, {.hidden = 64, .weight_decay = 5e-3, .epochs = 1000, .patience = 100}}},
      {"agnn", {train<cosine_attention>, {.epochs = 1000, .patience = 100}}},
      {"mlp", {train<stack<linear>>}},
  };
  return all;
}

struct run {
  std::string data, model = "gcn", json, save, output;
  settings given;  // of which those count that the user has set
  int seeds = 10, threads = num_threads();
};

void add_options(CLI::App& app, run& o) {
  app.add_option("--data", o.data, "Folder of the data set")->required()->option_text("DIR");
  app.add_option("--model", o.model, "Network")->check(CLI::IsMember(&models()))->option_text("NAME [gcn]");
  const auto option = [&](const char* name, auto& value, const char* text, auto least, auto most) {
    add_number(app, name, value, text, least, most)->option_text("X [the paper's]");
  };
  option("--hidden", o.given.hidden, "Width of hidden layers, of each head", 1, 65'536);
  option("--layers", o.given.layers, "Layers", 1, 100);
  option("--heads", o.given.heads, "Attention heads of hidden layers", 1, 1'000);
  option("--dropout", o.given.dropout, "Probability of dropout", 0.0, 0.999);
  option("--lr", o.given.lr, "Learning rate", 0.0, 1e6);
  option("--weight-decay", o.given.weight_decay, "Weight decay", 0.0, 1e6);
  option("--epochs", o.given.epochs, "Most epochs", 1, 1'000'000);
  option("--patience", o.given.patience, "Epochs whose validation is worse than the best before it stops; 0: never", 0,
         1'000'000);
  app.add_option("--seeds", o.seeds, "Trainings, of seeds 0, 1, ...")
      ->check(CLI::Range(1, 10'000))
      ->option_text("N [10]");
  app.add_option("--json", o.json, "Writes the scores; makes the folder if there is none")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the weights of the best validation")->option_text("FILE.safetensors");
  app.add_option("--output", o.output, "Draws figures")->option_text("DIR");
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 1'024))->option_text("N [all]");
}

// What the user has not set is the paper's.
settings chosen(const CLI::App& app, const run& o) {
  settings s = models().at(o.model).paper;
  const auto take = [&](const char* name, auto settings::*member, bool is_used = true) {
    if (!app.count(name)) return;
    check(is_used, "node_classification", name, " says nothing to this network");
    s.*member = o.given.*member;
  };
  take("--layers", &settings::layers, o.model != "appnp");
  take("--hidden", &settings::hidden, s.layers > 1);
  take("--heads", &settings::heads, o.model == "gat" || o.model == "gatv2");
  take("--dropout", &settings::dropout);
  take("--lr", &settings::lr);
  take("--weight-decay", &settings::weight_decay);
  take("--epochs", &settings::epochs);
  take("--patience", &settings::patience);
  return s;
}

void classify(const run& o, const settings& s) {
  set_num_threads(o.threads);
  const node_data data = prepared(read_node_data(o.data));
  std::printf("%s: %lld vertices, %lld edges, %lld features, %lld classes\n", o.model.c_str(),
              static_cast<long long>(data.g.num_vertices()), static_cast<long long>(data.g.num_edges()),
              static_cast<long long>(data.features.cols()), static_cast<long long>(data.num_classes));
  std::optional<file_lock> lock;
  if (!o.output.empty()) lock.emplace(file_lock::of_folder(o.output));
  hold_stop_signals();
  std::vector<node_result> results;
  seed_scores scores;
  std::size_t best = 0;
  for (int seed = 0; seed < o.seeds; ++seed) {
    node_result r = models().at(o.model).train(data, s, static_cast<std::uint64_t>(seed));
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
