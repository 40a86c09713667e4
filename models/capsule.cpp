#include <edgefold/models/capsule.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/ops/dense/private/row_length.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {
namespace detail {

namespace {

// y = f x with f = |x| / (1 + |x|^2), which is 1 / |x| or |x| where x is scaled before it is squared.
template <class T>
void squash_row(const T* x, std::int64_t n, T* y) {
  const auto [scale, length] = impl::length_of_row(x, n);
  if (scale == 1) {
    const T factor = length / (1 + length * length);
    for (std::int64_t k = 0; k < n; ++k) y[k] = x[k] * factor;
  } else {
    for (std::int64_t k = 0; k < n; ++k) y[k] = scale < 1 ? x[k] * scale / length : x[k] * length / scale;
  }
}

// dx = f (g + r (g . u) u) with u = x / |x| and r = (1 - |x|^2) / (1 + |x|^2); u goes to `dx` first.
template <class T>
void squash_gradient(const T* x, const T* g, std::int64_t n, T* dx) {
  const auto [scale, length] = impl::length_of_row(x, n);
  if (length == 0) return void(std::fill_n(dx, n, T(0)));
  for (std::int64_t k = 0; k < n; ++k) dx[k] = x[k] * scale / length;
  const T square = length * length, r = scale == 1 ? (1 - square) / (1 + square) : scale < 1 ? T(-1) : T(1);
  const T along = r * impl::dot_of_rows(g, dx, n);
  for (std::int64_t k = 0; k < n; ++k) dx[k] = g[k] + along * dx[k];
  if (scale == 1) {
    const T factor = length / (1 + square);
    for (std::int64_t k = 0; k < n; ++k) dx[k] *= factor;
  } else {
    for (std::int64_t k = 0; k < n; ++k) dx[k] = scale < 1 ? dx[k] * scale / length : dx[k] * length / scale;
  }
}

}  // namespace

template <std::floating_point T>
basic_tensor<T> squash_of(const basic_tensor<T>& s) {
  check(s.num_dims() > 1, "squash", "shape ", s.shape(), " has no feature dim");
  const std::int64_t n = s.shape().back();
  auto y = basic_tensor<T>::uninitialized(s.shape());
  impl::for_each_row(n ? s.size() / n : 0, n,
                     [&, from = s.data(), to = y.mutable_data()](std::int64_t i) { squash_row(from + i, n, to + i); });
  if (needs_grad(s))
    record(
        y,
        [n, s = saved(s)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto d = basic_tensor<T>::uninitialized(g.shape());
          impl::for_each_row(n ? g.size() / n : 0, n,
                             [&, from = s.get().data(), of = g.data(), to = d.mutable_data()](std::int64_t i) {
                               squash_gradient(from + i, of + i, n, to + i);
                             });
          in.add(0, d);
        },
        s);
  return y;
}

template <std::floating_point T>
basic_tensor<T> entropy_of(const basic_tensor<T>& p) {
  return sum_last(elementwise([](auto x) { return where(x == 0, x, -x * log(x)); }, p));
}

template basic_tensor<float> squash_of(const basic_tensor<float>&);
template basic_tensor<double> squash_of(const basic_tensor<double>&);
template basic_tensor<float> entropy_of(const basic_tensor<float>&);
template basic_tensor<double> entropy_of(const basic_tensor<double>&);

}  // namespace detail

namespace {

// The mean over the batch: (edges, batch, 1) gives (edges, 1, 1).
tensor mean_of_batch(const tensor& x) {
  if (x.num_dims() < 3) return x;
  const std::int64_t batch = x.width();
  return sum_last(x.reshape({x.rows(), 1, batch})) / batch;
}

}  // namespace

tensor dynamic_routing(const graph& g, const tensor& u_hat, int iterations, routing_logits logits,
                       std::vector<tensor>* couplings) {
  check(iterations >= 1, "dynamic_routing", "iterations is ", iterations, ", expected at least 1");
  check(u_hat.num_dims() > 1 && u_hat.rows() == g.num_edges(), "dynamic_routing", "u_hat has shape ", u_hat.shape(),
        ", expected ", g.num_edges(), " rows of predictions");
  const bool shared = logits == routing_logits::shared;
  shape_type one = with_last_dim(u_hat.shape(), 1);
  if (shared) std::fill(one.begin() + 1, one.end(), 1);
  tensor b = zeros(one), v;
  for (int r = 0; r < iterations; ++r) {
    const tensor c = edge_softmax(g, b, norm_by::src);
    if (couplings) couplings->push_back(c);
    v = squash(update_all(g, mul(edge(c), edge(u_hat)), reduce::sum{}));
    if (r + 1 == iterations) break;
    const tensor agreement = apply_edges(g, dot(edge(u_hat), dst(v)));
    b = b + (shared ? mean_of_batch(agreement) : agreement);
  }
  return v;
}

routing_layer::routing_layer(std::int64_t in, std::int64_t out, std::int64_t features)
    : routing_layer(generate::complete_bipartite(in, out), features) {
  check(in >= 1 && out >= 1, "routing_layer", "in is ", in, " and out is ", out, ", expected at least 1 each");
}

routing_layer::routing_layer(const graph& capsules, std::int64_t features) : g(capsules), features_(features) {
  check(features >= 1, "routing_layer", "features is ", features, ", expected at least 1");
  reset();
}

void routing_layer::reset() { g.edata["b"] = zeros({g.num_edges(), 1}); }

void routing_layer::operator()(const tensor& u_hat, int iterations) {
  check(u_hat.shape() == shape_type{g.num_edges(), features_}, "routing_layer", "u_hat has shape ", u_hat.shape(),
        ", expected ", shape_type{g.num_edges(), features_});
  check(iterations >= 1, "routing_layer", "iterations is ", iterations, ", expected at least 1");
  g.edata["u_hat"] = u_hat;
  for (int r = 0; r < iterations; ++r) {
    g.edata["c"] = edge_softmax(g, g.edata["b"], norm_by::src);
    g.update_all(mul(edge("c"), edge("u_hat")), reduce::sum{}, "s");
    g.dstdata["v"] = squash(g.dstdata["s"]);
    g.apply_edges(e_dot_v("u_hat", "v"), "agreement");
    g.edata["b"] = g.edata["b"] + g.edata["agreement"];
  }
}

}  // namespace edgefold
