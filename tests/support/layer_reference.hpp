// Graph layers against what DGL computed, against finite differences, and with several numbers of threads.
#pragma once
#include <edgefold/core/autograd.hpp>
#include <edgefold/core/generators.hpp>
#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <support/shared.hpp>
#include <support/thread_counts.hpp>

namespace edgefold::testing {

// reference/layer_NAME.npz: a graph, the input and the parameters, the result and all gradients.
struct layer_reference {
  std::map<std::string, any_tensor> arrays;
  graph g;
  tensor x;

  explicit layer_reference(const std::string& name) {
    const auto file = shared_file("reference/layer_" + name + ".npz");
    if (file.empty()) return;
    arrays = read_npz(file);
    g = graph::from_coo(whole("src"), whole("dst"), whole("num_nodes").item());
    x = real("x").clone();
    x.set_requires_grad();
  }
  tensor real(const std::string& name) const { return std::get<tensor>(arrays.at(name)); }
  basic_tensor<std::int64_t> whole(const std::string& name) const {
    return std::get<basic_tensor<std::int64_t>>(arrays.at(name));
  }
  // The arrays whose names begin with `prefix`, without it.
  state_map named(const std::string& prefix) const {
    state_map found;
    for (const auto& [name, t] : arrays)
      if (name.starts_with(prefix)) found.emplace(name.substr(prefix.size()), t);
    return found;
  }
};

// How a layer is called that takes the graph and x alone.
inline constexpr auto plain_call = [](const auto& layer, const graph& g, const tensor& x, const layer_reference&) {
  return layer(g, x);
};

// Loads DGL's parameters into `layer` by their names; y, dx and the gradients of all parameters must be DGL's.
template <class Layer, class Call = decltype(plain_call)>
void check_reference(const std::string& name, Layer layer, const Call& call = plain_call) {
  const layer_reference r(name);
  if (r.arrays.empty()) return;
  CAPTURE(name);
  load_state_dict(layer, r.named("param_"));
  const tensor y = call(layer, r.g, r.x, r);
  CHECK(relative_difference(y, r.real("y")) < 1e-4);
  y.backward(r.real("up"));
  CHECK(relative_difference(r.x.grad(), r.real("dx")) < 1e-4);
  const state_map expected = r.named("dparam_");
  const auto parameters = named_parameters(layer);
  CHECK(parameters.size() == expected.size());
  for (const auto& parameter : parameters) {  // (clang 14: no structured binding, which CAPTURE's lambda would use)
    const tensor& t = parameter.second;
    CAPTURE(parameter.first);
    const tensor got = t.grad().defined() ? t.grad() : zeros_like(t);
    CHECK(relative_difference(got, std::get<tensor>(expected.at(parameter.first))) < 1e-4);
  }
}

// sum(y * up), in double.
inline double weighed(const tensor& y, const tensor& up) {
  double s = 0;
  for (std::int64_t i = 0; i < y.size(); ++i)
    s += static_cast<double>(y.values()[static_cast<std::size_t>(i)]) *
         static_cast<double>(up.values()[static_cast<std::size_t>(i)]);
  return s;
}

// Gradients of x and of all parameters of `layer` against central differences in a random direction. `call(x)` runs the
// layer.
template <class Layer, class Call>
void check_slopes(const Layer& layer, const tensor& start, const Call& call) {
  tensor x = start.clone();
  x.set_requires_grad();
  auto all = named_parameters(layer);
  for (auto& each : all) each.second.zero_grad();
  const tensor y = call(x), up = random_normal(y.shape(), 91);
  y.backward(up);
  all.emplace_back("x", x);
  std::uint64_t stream = 0;
  for (auto& each : all) {
    tensor& t = each.second;
    CAPTURE(each.first);
    const tensor direction = random_normal(t.shape(), 92, stream++), before = t.clone();
    const auto moved = [&](double step) {
      for (std::int64_t i = 0; i < t.size(); ++i)
        t.mutable_data()[i] = before.data()[i] + static_cast<float>(step) * direction.data()[i];
      const no_grad scope;
      return weighed(call(x), up);
    };
    const double step = 2e-3, slope = (moved(step) - moved(-step)) / (2 * step);
    moved(0);
    const double claimed = t.grad().defined() ? weighed(t.grad(), direction) : 0;
    CAPTURE(slope);
    CAPTURE(claimed);
    CHECK(std::abs(slope - claimed) < 1e-2 * std::max(1.0, std::abs(slope)));
  }
}

// y and all gradients have the same bits with any number of threads. `call(x)` runs the layer.
template <class Layer, class Call>
void check_layer_threads(const Layer& layer, const tensor& start, const Call& call) {
  check_thread_counts([&] {
    tensor x = start.clone();
    x.set_requires_grad();
    for (tensor t : parameters(layer)) t.zero_grad();
    const tensor y = call(x);
    y.backward(random_normal(y.shape(), 93));
    std::vector<tensor> all{y.detach().reshape({y.size()}), x.grad().reshape({x.size()})};
    for (const tensor& t : parameters(layer))
      if (t.grad().defined()) all.push_back(t.grad().reshape({t.size()}));
    return concat(all, 0);
  });
}

// Graphs and features for the two: small with a vertex that no edge enters if `loops` is false, else with a loop at
// each vertex; and large.
inline graph small_graph(bool loops = true) {
  std::vector<graph::edge_pair> edges{{0, 1}, {2, 1}, {3, 0}, {0, 1}, {4, 3}, {1, 4}, {2, 2}, {3, 4}, {0, 3}, {1, 0}};
  if (loops)
    for (vertex_id v = 0; v < 6; ++v) edges.emplace_back(v, v);
  return graph(edges, 6);
}
inline graph large_graph() {
  const graph random = generate::rmat(10, 9000, 3);
  std::vector<graph::edge_pair> edges;
  for (edge_id e = 0; e < random.num_edges(); ++e) edges.emplace_back(random.source(e), random.target(e));
  for (vertex_id v = 0; v < random.num_vertices(); ++v) edges.emplace_back(v, v);
  return graph(edges, random.num_vertices());
}
inline tensor features_of(const graph& g, std::int64_t width) { return random_normal({g.num_src(), width}, 94); }

}  // namespace edgefold::testing
