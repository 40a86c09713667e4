#include <common/node_networks.hpp>

#include <algorithm>
#include <map>

#include <edgefold/models/layers/agnn_conv.hpp>
#include <edgefold/models/layers/appnp.hpp>
#include <edgefold/models/layers/cheb_conv.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/gatv2_conv.hpp>
#include <edgefold/models/layers/gin_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/linear.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/layers/sg_conv.hpp>
#include <edgefold/models/layers/tag_conv.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::examples {
namespace {

constexpr std::uint64_t streams_of_a_layer = 16;

// Streams of random numbers: sixteen a layer, those of the dropout between layers after all others.
std::uint64_t stream_of(int layer) { return static_cast<std::uint64_t>(layer) * streams_of_a_layer; }

// Layers of one kind with dropout before each and an activation between them.
template <class Layer>
class stack : public node_network {
 public:
  // `make(layer, in, out)`.
  template <class Make>
  stack(std::int64_t in, std::int64_t classes, const node_settings& s, std::uint64_t seed, const Make& make)
      : drop_(s.dropout, seed, stream_of(s.layers)) {
    for (int i = 0; i < s.layers; ++i)
      layers_.push_back(make(i, i == 0 ? in : s.hidden, i + 1 == s.layers ? classes : s.hidden));
  }
  tensor operator()(const graph& g, const features& x) const override {
    tensor h = apply(layers_[0], g, drop_(x));
    for (std::size_t i = 1; i < layers_.size(); ++i) h = apply(layers_[i], g, drop_(relu(h)));
    return h;
  }
  void visit(module_visitor& v) override {
    v("layers", layers_);
    v("drop", drop_);
  }

 protected:
  static tensor apply(const Layer& layer, const graph& g, const features& x) {
    if constexpr (requires { layer(g, x); }) return layer(g, x);
    else if constexpr (requires { layer(g, x.dense()); }) return layer(g, x.dense());
    else return layer(x);
  }
  std::vector<Layer> layers_;
  dropout_layer drop_;
};

// Kipf, Welling 2017, and others after them: weight decay of the first layer alone.
template <class Layer>
class first_decayed final : public stack<Layer> {
 public:
  using stack<Layer>::stack;
  std::vector<tensor> decayed() const override { return parameters(this->layers_[0]); }
};

// Velickovic et al. 2018: heads side by side, the last layer has one.
template <class Layer>
class attention final : public node_network {
 public:
  attention(std::int64_t in, std::int64_t classes, const node_settings& s, std::uint64_t seed) {
    for (int i = 0; i < s.layers; ++i) {
      const bool last = i + 1 == s.layers;
      layers_.emplace_back(i == 0 ? in : s.hidden * s.heads, last ? classes : s.hidden, last ? 1 : s.heads,
                           options_of(s), seed, stream_of(i));
    }
  }
  tensor operator()(const graph& g, const features& x) const override {
    tensor h = layers_[0](g, x);
    for (std::size_t i = 1; i < layers_.size(); ++i) h = layers_[i](g, elu(h.reshape({h.rows(), -1})));
    return mean(h, 1).reshape({h.rows(), -1});
  }
  void visit(module_visitor& v) override { v("layers", layers_); }

 private:
  static auto options_of(const node_settings& s) {
    decltype(Layer::options) o;
    o.feat_drop = o.attn_drop = s.dropout;
    return o;
  }
  std::vector<Layer> layers_;
};

// Klicpera et al. 2019: predictions by a perceptron, then propagated.
class propagated final : public node_network {
 public:
  propagated(std::int64_t in, std::int64_t classes, const node_settings& s, std::uint64_t seed)
      : first_(in, s.hidden, seed, stream_of(0), false),
        last_(s.hidden, classes, seed, stream_of(1), false),
        drop_(s.dropout, seed, stream_of(2)),
        propagate_({.k = 10, .alpha = 0.1, .edge_drop = s.dropout}, seed, stream_of(3)) {}
  tensor operator()(const graph& g, const features& x) const override {
    return propagate_(g, last_(drop_(relu(first_(drop_(x))))));
  }
  void visit(module_visitor& v) override {
    v("first", first_);
    v("last", last_);
    v("drop", drop_);
    v("propagate", propagate_);
  }
  std::vector<tensor> decayed() const override { return parameters(first_); }

 private:
  linear first_, last_;
  dropout_layer drop_;
  appnp propagate_;
};

// Thekumparampil et al. 2018: attention by cosine between two linear layers.
class cosine_attention final : public node_network {
 public:
  cosine_attention(std::int64_t in, std::int64_t classes, const node_settings& s, std::uint64_t seed)
      : first_(in, s.hidden, seed, stream_of(0)),
        last_(s.hidden, classes, seed, stream_of(1)),
        drop_(s.dropout, seed, stream_of(2)) {
    for (int i = 0; i < s.layers; ++i) layers_.emplace_back(agnn_conv_options{.learn_beta = i > 0});
  }
  tensor operator()(const graph& g, const features& x) const override {
    tensor h = relu(first_(drop_(x)));
    for (const agnn_conv& layer : layers_) h = layer(g, h);
    return last_(drop_(h));
  }
  void visit(module_visitor& v) override {
    v("first", first_);
    v("layers", layers_);
    v("last", last_);
    v("drop", drop_);
  }

 private:
  linear first_, last_;
  std::vector<agnn_conv> layers_;
  dropout_layer drop_;
};

using maker = std::unique_ptr<node_network> (*)(std::int64_t in, std::int64_t classes, const node_settings&,
                                                std::uint64_t seed);

// Layers made as Layer(in, out, options, seed, stream).
template <class Network, class Layer>
std::unique_ptr<node_network> stacked(std::int64_t in, std::int64_t classes, const node_settings& s,
                                      std::uint64_t seed) {
  return std::make_unique<Network>(in, classes, s, seed, [seed](int i, std::int64_t from, std::int64_t to) {
    const std::uint64_t stream = stream_of(i);
    if constexpr (std::same_as<Layer, linear>) return linear(from, to, seed, stream);
    else if constexpr (std::same_as<Layer, gin_conv<>>) return gin_conv<>(linear(from, to, seed, stream));
    else if constexpr (std::same_as<Layer, sage_conv>)
      return sage_conv(from, to, sage_aggregator::mean, {}, seed, stream);
    else if constexpr (std::same_as<Layer, cheb_conv>) return cheb_conv(from, to, 3, {}, seed, stream);
    else if constexpr (std::same_as<Layer, sg_conv>) return sg_conv(from, to, {.k = 2}, seed, stream);
    else return Layer(from, to, {}, seed, stream);
  });
}
template <class Network>
std::unique_ptr<node_network> made(std::int64_t in, std::int64_t classes, const node_settings& s, std::uint64_t seed) {
  return std::make_unique<Network>(in, classes, s, seed);
}

struct model {
  maker make;
  node_settings settings;
};

const std::map<std::string, model>& models() {
  static const std::map<std::string, model> all{
      {"gcn", {stacked<first_decayed<graph_conv>, graph_conv>, {}}},
      {"gat",
       {made<attention<gat_conv>>,
        {.hidden = 8, .heads = 8, .dropout = 0.6, .lr = 0.005, .epochs = 1000, .patience = 100}}},
      {"gatv2",
       {made<attention<gatv2_conv>>,
        {.hidden = 8, .heads = 8, .dropout = 0.6, .lr = 0.005, .epochs = 1000, .patience = 100}}},
      {"sage", {stacked<stack<sage_conv>, sage_conv>, {}}},
      {"gin", {stacked<stack<gin_conv<>>, gin_conv<>>, {}}},
      {"sgc",
       {stacked<stack<sg_conv>, sg_conv>, {.layers = 1, .dropout = 0, .lr = 0.2, .weight_decay = 8e-5, .epochs = 100}}},
      {"tagcn", {stacked<stack<tag_conv>, tag_conv>, {}}},
      {"cheb", {stacked<first_decayed<cheb_conv>, cheb_conv>, {}}},
      {"appnp", {made<propagated>, {.hidden = 64, .weight_decay = 5e-3, .epochs = 1000, .patience = 100}}},
      {"agnn", {made<cosine_attention>, {.epochs = 1000, .patience = 100}}},
      {"mlp", {stacked<stack<linear>, linear>, {}}},
  };
  return all;
}

const model& find(const std::string& name) {
  const auto found = models().find(name);
  if (found == models().end()) {
    std::string names;
    for (const std::string& each : node_models()) names += (names.empty() ? "" : ", ") + each;
    check(false, "make_network", "there is no model \"", name, "\", expected one of ", names);
  }
  return found->second;
}

}  // namespace

std::vector<tensor> node_network::decayed() const { return parameters(*this); }

const std::vector<std::string>& node_models() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, _] : models()) all.push_back(name);
    return all;
  }();
  return names;
}

node_settings default_settings(const std::string& name) { return find(name).settings; }

std::unique_ptr<node_network> make_network(const std::string& name, std::int64_t in, std::int64_t classes,
                                           const node_settings& settings, std::uint64_t seed) {
  check(settings.layers >= 1 && settings.hidden >= 1 && settings.heads >= 1, "make_network", "there are ",
        settings.layers, " layers of ", settings.heads, " heads of width ", settings.hidden, ", expected 1 or more");
  return find(name).make(in, classes, settings, seed);
}

}  // namespace edgefold::examples
