// Whole training steps, and the construction of a graph. The learning rate is 0: every step costs what it costs and
// gives the same result.
#include <edgefold/models/capsnet.hpp>
#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include "peer_case.hpp"

namespace edgefold::bench {
namespace {

basic_tensor<std::int64_t> labels_of(const input& in) {
  const auto ids = in.ids("labels");
  auto labels = basic_tensor<std::int64_t>::uninitialized({ids.size()});
  std::copy_n(ids.data(), ids.size(), labels.mutable_data());
  return labels;
}

template <class Net>
void load(Net& net, const input& in) {
  state_map state;
  for (const auto& [name, t] : state_dict(net)) state.emplace(name, in(name));
  load_state_dict(net, state);
}

struct gcn {
  graph_conv conv1{1433, 16}, conv2{16, 7};
  void visit(auto& v) {
    v("conv1", conv1);
    v("conv2", conv2);
  }
  tensor operator()(const graph& g, const features& x) const { return conv2(g, relu(conv1(g, x))); }
};

struct gat {
  gat_conv conv1{1433, 8, 8}, conv2{64, 7, 1};
  void visit(auto& v) {
    v("conv1", conv1);
    v("conv2", conv2);
  }
  tensor operator()(const graph& g, const features& x) const {
    return conv2(g, elu(conv1(g, x)).reshape({-1, 64})).reshape({-1, 7});
  }
};

// An epoch on a graph of Cora's size, its bags of words kept sparse: the logits.
template <class Net>
void add_epoch(const std::string& name) {
  add("epoch/" + name, [name]() -> operation {
    const input in("cora");
    auto net = std::make_shared<Net>();
    load(*net, input("cora/" + name));
    auto opt = std::make_shared<adam>(parameters(*net), adam_options{.lr = 0});
    const features x = sparse_matrix::from_dense(in("x"));
    const auto labels = labels_of(in);
    return [=, g = in.g()] {
      opt->zero_grad();
      const tensor y = (*net)(g, x);
      cross_entropy(slice(y, 0, 0, labels.size()), labels).backward();
      opt->step();
      return y.detach();
    };
  });
}

// A training step of CapsNet with its decoder, 128 images: the class capsules.
void add_capsnet() {
  add("capsnet/128", []() -> operation {
    const input in("capsnet");
    auto net = std::make_shared<capsnet>();
    load(*net, in);
    auto opt = std::make_shared<adam>(parameters(*net), adam_options{.lr = 0});
    const auto labels = labels_of(in);
    return [=, images = in("images")] {
      opt->zero_grad();
      const tensor v = net->capsules(images);
      capsnet_loss(v, labels, net->reconstruct(v, labels), images).backward();
      opt->step();
      return v.detach();
    };
  });
  add("capsnet/1/inference", []() -> operation {
    const input in("capsnet");
    auto net = std::make_shared<capsnet>();
    load(*net, in);
    return [=, image = slice(in("images"), 0, 0, 1)] {
      const no_grad scope;
      return net->capsules(image);
    };
  });
}

// Both compressed forms of 50 million random edges: the degrees.
void add_construction() {
  add("construction/50M", []() -> operation {
    const input in("construction");
    return [src = in.ids("src"), dst = in.ids("dst")] {
      const graph g = graph::from_coo(src, dst, 1 << 20);
      g.topology().in_edges(), g.topology().out_edges();
      return concat({in_degrees(g), out_degrees(g)}, 0);
    };
  });
}

}  // namespace

void add_models() {
  add_epoch<gcn>("gcn");
  add_epoch<gat>("gat");
  add_capsnet();
  add_construction();
}

}  // namespace edgefold::bench
