// Layers, optimisers and the state of a training.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/layers/batch_norm.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/train/clip_grad.hpp>
#include <edgefold/models/train/module.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/conv2d.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

#include "scenario.hpp"

namespace stress {
namespace {

using namespace edgefold;

struct net {
  graph_conv first{12, 40, {.allow_zero_in_degree = true}, 1}, second{40, 3, {.allow_zero_in_degree = true}, 1, 5};
  void visit(auto& v) {
    v("first", first);
    v("second", second);
  }
  tensor operator()(const graph& g, const tensor& x) const { return second(g, relu(first(g, x))); }
};

// A net with all it is trained with.
struct trained_net : scenario {
  graph g = generate::random_uniform(500, 3000, 5);
  tensor x = random_normal({500, 12}, 3);
  basic_tensor<std::int64_t> labels{shape_type{500}};
  net model;
  std::optional<adam> opt;

  trained_net() {
    set_num_threads(2);
    for (std::int64_t i = 0; i < 500; ++i) labels.mutable_data()[i] = i % 3;
    require_grad(model);
    opt.emplace(parameters(model), adam_options{.lr = 0.01});
    backward();
    opt->step();
  }
  ~trained_net() override { set_num_threads(0); }
  void backward() const { cross_entropy(model(g, x), labels).backward(); }
  void see_state(digest& d) const {
    d.add(state_dict(model));
    d.add(opt->state());
  }
  void see_gradients(digest& d) const {
    for (const tensor& p : parameters(model)) d.add(p.grad());
  }
};

// A step as a training loop has it: gradients are its scratch.
struct step final : trained_net {
  void run() override {
    opt->zero_grad();
    backward();
    clip_grad_norm(opt->parameters(), 0.1);
    opt->step();
  }
  void see(digest& d) const override { see_state(d); }
};
struct gradients final : trained_net {
  void run() override { backward(); }
  void see(digest& d) const override {
    see_state(d);
    see_gradients(d);
  }
};

// Parameters large enough for several threads.
struct large_update : scenario {
  std::vector<tensor> p{random_normal({200, 400}, 1), random_normal({100'000}, 2)};
  std::optional<adamw> opt;
  large_update() {
    set_num_threads(2);
    for (tensor& t : p) {
      t.set_requires_grad();
      t.backward(random_normal(t.shape(), 3));
    }
    opt.emplace(p, adamw_options{.lr = 0.1});
  }
  ~large_update() override { set_num_threads(0); }
  void see(digest& d) const override {
    for (const tensor& t : p) {
      d.add(t);
      d.add(t.grad());
    }
    d.add(opt->state());
  }
};
struct update final : large_update {
  void run() override { opt->step(); }
};
struct clipping final : large_update {
  void run() override { clip_grad_norm(p, 0.1); }
};

struct normalised final : scenario {
  batch_norm layer{6};
  tensor x = random_normal({50, 6}, 1), y;
  void run() override { y = layer(x); }
  void see(digest& d) const override {
    d.add(y);
    d.add(state_dict(layer));
  }
};
struct dropped final : scenario {
  dropout_layer layer{0.5, 3};
  tensor x = random_normal({50, 6}, 1), y;
  void run() override { y = layer(x); }
  void see(digest& d) const override {
    d.add(y);
    d.add(static_cast<std::int64_t>(layer.calls));
  }
};
struct convolved final : scenario {
  tensor x = random_normal({2, 3, 9, 9}, 1), w = random_normal({5, 3, 3, 3}, 2), y;
  convolved() { w.set_requires_grad(); }
  void run() override {
    tensor result = conv2d(x, w, tensor());
    result.backward(ones(result.shape()));
    y = std::move(result);
  }
  void see(digest& d) const override {
    d.add(y);
    d.add(w.grad());
  }
};

state_map training_state(const trained_net& t) {
  return join({{"model", clone(state_dict(t.model))}, {"optimizer", clone(t.opt->state())}});
}

// A checkpoint over an older one; the runner looks at the folder.
struct saving final : trained_net {
  std::filesystem::path file;
  explicit saving(const std::filesystem::path& folder) : file(folder / "checkpoint.safetensors") {
    write_safetensors(file, {{"old", ones({3})}});
  }
  void run() override { write_safetensors(file, training_state(*this), {{"epoch", "3"}}); }
  void see(digest& d) const override { see_state(d); }
};
struct loading final : trained_net {
  std::filesystem::path file;
  explicit loading(const std::filesystem::path& folder) : file(folder / "checkpoint.safetensors") {
    write_safetensors(file, training_state(*this));
    backward();
    opt->step();
  }
  void run() override {
    const state_map all = read_safetensors(file).tensors;
    const state_map of_model = part(all, "model"), of_optimizer = part(all, "optimizer");
    opt->load_state(of_optimizer);
    of_model_loaded = of_model;
  }
  state_map of_model_loaded;
  void see(digest& d) const override {
    see_state(d);
    d.add(of_model_loaded);
  }
};
struct model_loading final : trained_net {
  std::filesystem::path file;
  explicit model_loading(const std::filesystem::path& folder) : file(folder / "model.safetensors") {
    save_model(file, model);
    opt->step();
  }
  void run() override { load_model(file, model); }
  void see(digest& d) const override { see_state(d); }
};

}  // namespace

std::vector<named_scenario> training_scenarios() {
  return {a_scenario<step>("training step"),
          a_scenario<gradients>("backward"),
          a_scenario<update>("adamw"),
          a_scenario<clipping>("clip_grad_norm"),
          a_scenario<normalised>("batch_norm"),
          a_scenario<dropped>("dropout_layer"),
          a_scenario<convolved>("conv2d"),
          a_scenario<saving>("checkpoint, save"),
          a_scenario<loading>("checkpoint, load"),
          a_scenario<model_loading>("load_model")};
}

}  // namespace stress
