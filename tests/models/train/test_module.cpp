#include <edgefold/models/train/module.hpp>

#include <core/io/io_support.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/io/safetensors.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::string_literals;
using names = std::vector<std::string>;

struct linear {
  tensor weight, bias;
  void visit(auto& v) {
    v("weight", weight);
    v("bias", bias);
  }
};

struct norm {
  tensor weight, running_mean;
  basic_tensor<std::int64_t> num_batches_tracked;
  bool training = true;
  void visit(module_visitor& v) {  // no template: may stand in a .cpp
    v("weight", weight);
    v.buffer("running_mean", running_mean);
    v.buffer("num_batches_tracked", num_batches_tracked);
  }
};

struct dropout {
  float p = 0.5F;
  bool training = true;
  void visit(auto&) {}
};

struct net {
  linear a, b;
  std::vector<linear> layers;
  norm n;
  dropout drop;
  std::int64_t seen = 0;
  template <class V>
  void visit(V&& v) {
    v("a", a);
    v("b", b);
    v("layers", layers);
    v("norm", n);
    v("drop", drop);
  }
};

linear linear_of(std::int64_t out, std::int64_t in, float value, bool bias = true) {
  return {full({out, in}, value), bias ? full({out}, value) : tensor()};
}
net net_of(float value) {
  return {linear_of(2, 3, value),
          linear_of(1, 2, value, false),
          {linear_of(2, 2, value), linear_of(2, 2, value)},
          {full({2}, value), full({2}, value), basic_tensor<std::int64_t>({1}, {7})},
          {},
          0};
}

names names_of(const auto& pairs) {
  names all;
  for (const auto& [name, t] : pairs) all.push_back(name);
  return all;
}

const names parameter_names{"a.weight",      "a.bias",          "b.weight",      "layers.0.weight",
                            "layers.0.bias", "layers.1.weight", "layers.1.bias", "norm.weight"};
const names state_names{"a.bias",
                        "a.weight",
                        "b.weight",
                        "layers.0.bias",
                        "layers.0.weight",
                        "layers.1.bias",
                        "layers.1.weight",
                        "norm.num_batches_tracked",
                        "norm.running_mean",
                        "norm.weight"};

struct constant {
  tensor weight;
  void visit(auto& v) const { v("weight", weight); }
};
static_assert(module_like<constant> && module_like<const net> && mutable_module<net>);
static_assert(!module_like<tensor> && !module_like<int> && !mutable_module<const net>);

TEST_CASE("module: parameters by name, in the order of visiting, without undefined ones and buffers") {
  const net m = net_of(1);
  CHECK(names_of(named_parameters(m)) == parameter_names);
  CHECK(parameters(m).size() == parameter_names.size());
  CHECK(num_parameters(m) == 6 + 2 + 2 + 2 * (4 + 2) + 2);
  CHECK(names_of(named_parameters(constant{ones({1})})) == names{"weight"});
}

TEST_CASE("module: parameters are the tensors themselves") {
  net m = net_of(1);
  parameters(m)[0].mutable_data()[4] = 9;
  CHECK(m.a.weight.at(1, 1) == 9);
  require_grad(m);
  for (const auto& [name, t] : named_parameters(m)) CHECK(t.requires_grad());
  CHECK_FALSE(m.n.running_mean.requires_grad());
  m.b.weight.backward(ones({1, 2}));
  CHECK(m.b.weight.grad().defined());
  zero_grad(m);
  CHECK_FALSE(m.b.weight.grad().defined());
  require_grad(m.a, false);
  CHECK_FALSE(m.a.bias.requires_grad());
  CHECK(m.layers[1].bias.requires_grad());
}

TEST_CASE("module: require_grad of a module with a result in it changes nothing") {
  linear m = linear_of(1, 1, 2);
  require_grad(m);
  m.bias = m.weight.reshape({1});
  CHECK_THROWS_SAYING(require_grad(m, false), std::invalid_argument,
                      "[require_grad] \"bias\" is the result of an operation");
  CHECK(m.weight.requires_grad());
}

TEST_CASE("module: set_training reaches every struct with the flag") {
  net m = net_of(1);
  set_training(m, false);
  CHECK_FALSE(m.n.training);
  CHECK_FALSE(m.drop.training);
  set_training(m.drop, true);
  CHECK(m.drop.training);
  CHECK_FALSE(m.n.training);
}

TEST_CASE("module: lists, options and tensors in lists") {
  struct parts {
    std::array<linear, 1> pair;
    std::optional<linear> residual;
    std::vector<tensor> weights;
    void visit(module_visitor& v) {
      v("pair", pair);
      v("residual", residual);
      v("weights", weights);
    }
  };
  parts m{{linear_of(1, 1, 1)}, {}, {ones({1}), ones({2})}};
  CHECK(names_of(named_parameters(m)) == names{"pair.0.weight", "pair.0.bias", "weights.0", "weights.1"});
  m.residual = linear_of(1, 1, 1, false);
  CHECK(names_of(named_parameters(m))[2] == "residual.weight");
}

TEST_CASE("module: a shared parameter is one parameter with two names in the state") {
  struct tied {
    linear in, out;
    void visit(module_visitor& v) {
      v("in", in);
      v("out", out);
    }
  };
  tied m{linear_of(2, 2, 1, false), linear_of(2, 2, 1)};
  m.out.weight = m.in.weight;
  CHECK(names_of(named_parameters(m)) == names{"in.weight", "out.bias"});
  CHECK(num_parameters(m) == 6);
  CHECK(names_of(state_dict(m)) == names{"in.weight", "out.bias", "out.weight"});
}

TEST_CASE("module: names that are given twice, and names that are none") {
  struct visiting {
    std::function<void(module_visitor&)> what;
    void visit(module_visitor& v) { what(v); }
  };
  const linear l = linear_of(1, 1, 1);
  const tensor none;
  const visiting twice{[&](auto& v) { v("x", l.weight), v("x", l.bias); }};
  CHECK_THROWS_SAYING(parameters(twice), std::invalid_argument, "[module] the name \"x\" is given twice");
  const visiting buffer{[&](auto& v) { v("x", none), v.buffer("x", l.bias); }};
  CHECK_THROWS_SAYING(state_dict(buffer), std::invalid_argument, "[module] the name \"x\" is given twice");
  const visiting nested{[&](auto& v) { v("l", l), v("l.bias", l.bias); }};
  CHECK_THROWS_SAYING(parameters(nested), std::invalid_argument, "[module] the name \"l.bias\" is given twice");
  const visiting modules{[&](auto& v) { v("l", dropout{}), v("l", l); }};
  CHECK_THROWS_SAYING(parameters(modules), std::invalid_argument, "[module] the name \"l\" is given twice");
  const visiting nameless{[&](auto& v) { v("", l); }};
  CHECK_THROWS_SAYING(parameters(nameless), std::invalid_argument, "[module] a part of \"\" has no name");
}

TEST_CASE("state_dict: shares the tensors, off the tape, and clone keeps them") {
  net m = net_of(1);
  require_grad(m);
  const state_map state = state_dict(m), kept = clone(state);
  CHECK(names_of(state) == state_names);
  CHECK_FALSE(std::get<tensor>(state.at("a.weight")).requires_grad());
  m.a.weight.mutable_data()[0] = 5;
  CHECK(std::get<tensor>(state.at("a.weight")).at(0) == 5);
  CHECK(std::get<tensor>(kept.at("a.weight")).at(0) == 1);
}

TEST_CASE("load_state_dict: values are copied into the tensors that are there") {
  net m = net_of(1);
  require_grad(m);
  const tensor handle = m.layers[1].weight;
  const std::uint32_t version = handle.version();
  const net other = net_of(3);
  load_state_dict(m, state_dict(other));
  CHECK(handle.at(1, 1) == 3);
  CHECK(handle.version() != version);
  CHECK(handle.requires_grad());
  CHECK(m.n.running_mean.at(1) == 3);
  CHECK_FALSE(m.a.weight.shares_storage_with(other.a.weight));
}

TEST_CASE("load_state_dict: a module's own tensors, exchanged") {
  linear m{full({2}, 1.0F), full({2}, 2.0F)};
  load_state_dict(m, {{"weight", m.bias}, {"bias", m.weight}});
  CHECK(m.weight.at(0) == 2);
  CHECK(m.bias.at(0) == 1);
  load_state_dict(m, state_dict(m));
  CHECK(m.weight.at(1) == 2);
}

TEST_CASE("load_state_dict: everything that does not fit is named, and nothing changes") {
  net m = net_of(1);
  state_map state = clone(state_dict(net_of(3)));
  state.erase("b.weight");
  state["c.weight"] = ones({1});
  state["a.weight"] = ones({3, 2});
  state["norm.num_batches_tracked"] = ones({1});
  CHECK_THROWS_SAYING(load_state_dict(m, state), std::invalid_argument,
                      "[load_state_dict] \"a.weight\" has shape (3, 2), expected (2, 3); \"b.weight\" is missing; "
                      "\"norm.num_batches_tracked\" is float, expected int64; \"c.weight\" is unexpected");
  CHECK(m.a.bias.at(0) == 1);
  CHECK_THROWS_SAYING(load_state_dict(m, state, false), std::invalid_argument,
                      "[load_state_dict] \"a.weight\" has shape (3, 2), expected (2, 3); \"norm.num_");
  CHECK(m.a.bias.at(0) == 1);
  state.erase("a.weight");
  state.erase("norm.num_batches_tracked");
  const unmatched_names rest = load_state_dict(m, state, false);
  CHECK(rest.missing == names{"a.weight", "b.weight", "norm.num_batches_tracked"});
  CHECK(rest.unexpected == names{"c.weight"});
  CHECK(m.a.bias.at(0) == 3);
  CHECK(m.a.weight.at(0) == 1);
  state["a.bias"] = tensor();
  CHECK_THROWS_SAYING(load_state_dict(m, state, false), std::invalid_argument, "\"a.bias\" has no storage");
}

TEST_CASE("load_state_dict: of many names that do not fit, the first are named") {
  struct many {
    std::vector<tensor> w = std::vector<tensor>(30, ones({1}));
    void visit(module_visitor& v) { v("w", w); }
  };
  many m;
  CHECK_THROWS_SAYING(load_state_dict(m, {}), std::invalid_argument, "\"w.9\" is missing; and 20 more");
}

// What safetensors.torch.save makes of the state_dict() of torch.nn.Linear(2, 1) and of
// Sequential(Linear(2, 1), BatchNorm1d(1)).
const std::string torch_linear =
    R"(x.......{"bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"weight":{"dtype":"F32","shape":[1,2],)"
    R"("data_offsets":[4,12]}}  )"
    "\0\0@@\0\0\0?\0\0\0\xc0"s;
const std::string torch_sequential =
    "\xc8\1......"
    R"({"1.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
    R"("0.bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
    R"("0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[12,20]},)"
    R"("1.bias":{"dtype":"F32","shape":[1],"data_offsets":[20,24]},)"
    R"("1.running_mean":{"dtype":"F32","shape":[1],"data_offsets":[24,28]},)"
    R"("1.running_var":{"dtype":"F32","shape":[1],"data_offsets":[28,32]},)"
    R"("1.weight":{"dtype":"F32","shape":[1],"data_offsets":[32,36]}}   )"
    "\4\0\0\0\0\0\0\0\0\0@@\0\0\0?\0\0\0\xc0\0\0\0\0\0\0\x80>\0\0\x80?\0\0\x80?"s;
// The length in front has bytes of 0, which stand as dots above.
std::string with_length(std::string file) {
  std::replace(file.begin(), file.begin() + 8, '.', '\0');
  return file;
}

TEST_CASE("save_model, load_model: the bytes that torch's module makes") {
  const temporary_folder folder;
  linear m{tensor({1, 2}, {0.5F, -2}), tensor({1}, {3})};
  save_model(folder / "linear", m);
  CHECK(file_text(folder / "linear") == with_length(torch_linear));

  struct sequential {
    linear first{zeros({1, 2}), zeros({1})}, scale{zeros({1}), zeros({1})};
    tensor mean = zeros({1}), var = zeros({1});
    basic_tensor<std::int64_t> count{shape_type{1}};
    void visit(module_visitor& v) {
      v("0", first);
      v("1", scale);
      v.buffer("1.running_mean", mean);
      v.buffer("1.running_var", var);
      v.buffer("1.num_batches_tracked", count);
    }
  } s;
  put_file(folder / "sequential", with_length(torch_sequential));
  load_model(folder / "sequential", s);
  CHECK(same_bits(s.first.weight, m.weight));
  CHECK(s.first.bias.item() == 3);
  CHECK(s.mean.item() == 0.25F);
  CHECK(s.var.item() == 1);
  CHECK(s.scale.weight.item() == 1);
  CHECK(s.count.item() == 4);
}

TEST_CASE("save_model, load_model: there and back, with words about it") {
  const temporary_folder folder;
  const net m = net_of(2);
  save_model(folder / "m", m, {{"epoch", "3"}});
  net other = net_of(1);
  load_model(folder / "m", other);
  const state_map a = state_dict(m), b = state_dict(other);
  for (const auto& [name, t] : a) CHECK(same_any(t, b.at(name)));
  CHECK(read_safetensors(folder / "m").metadata.at("epoch") == "3");
}

TEST_CASE("load_model: a file that does not fit is named, and nothing changes") {
  const temporary_folder folder;
  save_model(folder / "m", linear_of(2, 3, 5, false));
  linear m = linear_of(2, 3, 1);
  CHECK_THROWS_SAYING(load_model(folder / "m", m), std::runtime_error, "/m: \"bias\" is missing");
  CHECK(m.weight.at(0) == 1);
  CHECK(load_model(folder / "m", m, false).missing == names{"bias"});
  CHECK(m.weight.at(0) == 5);
  CHECK_THROWS_AS(load_model(folder / "none", m), std::runtime_error);
}

TEST_CASE("load_model: tensors of a type that no tensor has") {
  const temporary_folder folder;
  linear m = linear_of(2, 3, 1);
  state_map state = state_dict(linear_of(2, 3, 5));
  state.emplace("scale", tensor({1}));
  write_safetensors(folder / "m", state);
  std::string bytes = file_text(folder / "m");
  const auto with_unknown = [&](const std::string& name) {
    std::string other = bytes;
    other.replace(other.find("F32", other.find('"' + name + '"')), 3, "F8?");
    put_file(folder / "m", other);
  };
  with_unknown("weight");
  for (const bool strict : {true, false})
    CHECK_THROWS_SAYING(load_model(folder / "m", m, strict), std::runtime_error, "tensor \"weight\": type \"F8?\"");
  with_unknown("scale");
  CHECK_THROWS_SAYING(load_model(folder / "m", m), std::runtime_error, "/m: \"scale\" is unexpected");
  CHECK(m.weight.at(0) == 1);
  CHECK(load_model(folder / "m", m, false).unexpected == names{"scale"});
  CHECK(m.weight.at(0) == 5);
}

}  // namespace
}  // namespace edgefold
