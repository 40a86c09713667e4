#include <edgefold/models/capsule.hpp>

#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/grad_check.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/shared.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

tensor member(const std::map<std::string, any_tensor>& arrays, const std::string& name) {
  return std::get<tensor>(arrays.at(name));
}

// Rows begin .. end - 1 as a tensor of its own.
tensor rows(const tensor& t, std::int64_t begin, std::int64_t end) {
  shape_type shape = t.shape();
  shape[0] = end - begin;
  return tensor(shape, t.values().subspan(static_cast<std::size_t>(begin * t.width()),
                                          static_cast<std::size_t>((end - begin) * t.width())));
}

// (batch, in, out, d) of NumPy to edges (in * out, batch, d).
tensor by_edge(const tensor& u_hat) {
  const std::int64_t batch = u_hat.shape()[0], edges = u_hat.shape()[1] * u_hat.shape()[2], d = u_hat.shape()[3];
  tensor out({edges, batch, d});
  for (std::int64_t s = 0; s < batch; ++s)
    for (std::int64_t e = 0; e < edges; ++e)
      for (std::int64_t k = 0; k < d; ++k)
        out.mutable_data()[(e * batch + s) * d + k] = u_hat.values()[static_cast<std::size_t>((s * edges + e) * d + k)];
  return out;
}

// (rows, batch, d) to (batch, rows, d).
tensor by_sample(const tensor& t) {
  const std::int64_t n = t.shape()[0], batch = t.shape()[1], d = t.shape()[2];
  tensor out({batch, n, d});
  for (std::int64_t r = 0; r < n; ++r)
    for (std::int64_t s = 0; s < batch; ++s)
      for (std::int64_t k = 0; k < d; ++k) out.mutable_data()[(s * n + r) * d + k] = t.at(r, s * d + k);
  return out;
}

// The layer's rounds as loops over edges, in double.
struct naive_routing {
  const graph& g;
  std::vector<double> b, c, v;

  explicit naive_routing(const graph& of) : g(of), b(static_cast<std::size_t>(of.num_edges())), c(b) {}

  void round(const tensor& u_hat) {
    const auto d = static_cast<std::size_t>(u_hat.width());
    std::vector<double> total(static_cast<std::size_t>(g.num_src()));
    v.assign(static_cast<std::size_t>(g.num_dst()) * d, 0);
    for (std::size_t e = 0; e < b.size(); ++e) total[from(e)] += std::exp(b[e]);
    for (std::size_t e = 0; e < b.size(); ++e) {
      c[e] = std::exp(b[e]) / total[from(e)];
      for (std::size_t k = 0; k < d; ++k) v[to(e) * d + k] += c[e] * static_cast<double>(u_hat.values()[e * d + k]);
    }
    for (std::size_t j = 0; j < v.size(); j += d) {
      double square = 0;
      for (std::size_t k = 0; k < d; ++k) square += v[j + k] * v[j + k];
      for (std::size_t k = 0; k < d; ++k) v[j + k] *= std::sqrt(square) / (1 + square);
    }
    for (std::size_t e = 0; e < b.size(); ++e)
      for (std::size_t k = 0; k < d; ++k) b[e] += static_cast<double>(u_hat.values()[e * d + k]) * v[to(e) * d + k];
  }
  std::size_t from(std::size_t e) const { return static_cast<std::size_t>(g.source(static_cast<edge_id>(e))); }
  std::size_t to(std::size_t e) const { return static_cast<std::size_t>(g.target(static_cast<edge_id>(e))); }
};

double difference(const tensor& t, const std::vector<double>& expected) {
  return relative_difference(t, basic_tensor<double>(t.shape(), std::span(expected)));
}

// Four rounds by the layer and by loops.
void check_against_loops(const graph& g, std::uint64_t seed) {
  const tensor u_hat = random_normal({g.num_edges(), 5}, seed);
  routing_layer layer(g, 5);
  naive_routing loops(g);
  for (int call = 0; call < 4; ++call) {
    layer(u_hat);
    loops.round(u_hat);
    CHECK(difference(layer.g.edata["c"], loops.c) < 1e-5);
    CHECK(difference(layer.g.dstdata["v"], loops.v) < 1e-5);
    CHECK(difference(layer.g.edata["b"], loops.b) < 1e-5);
  }
  naive_routing pure(g);
  for (int round = 0; round < 3; ++round) pure.round(u_hat);
  CHECK(difference(dynamic_routing(g, u_hat, 3), pure.v) < 1e-5);
}

TEST_CASE("squash: by hand, and 0 for 0") {
  const tensor v = squash(tensor({3, 2}, {3, 4, 0, 0, -0.6F, 0.8F}));
  CHECK(relative_difference(v, tensor({3, 2}, {15.F / 26, 20.F / 26, 0, 0, -0.3F, 0.4F})) < 1e-6);
  CHECK(same_bits(rows(v, 1, 2), tensor({1, 2})));
  const tensor tiny = squash(tensor({1, 2}, {1e-30F, 1e-42F}));  // the square underflows
  CHECK(tiny.at(0, 0) == 0);
  CHECK(tiny.at(0, 1) == 0);
  CHECK(squash(tensor({0, 4})).shape() == shape_type{0, 4});
}

TEST_CASE("entropy: by hand, 0 log 0 is 0") {
  const tensor p({4, 4}, {0.25F, 0.25F, 0.25F, 0.25F, 1, 0, 0, 0, 0.5F, 0.5F, 0, 0, 0, 0, 0, NAN});
  const tensor h = entropy(p);
  CHECK(relative_difference(rows(h, 0, 3), tensor({3, 1}, {1.3862944F, 0, 0.6931472F})) < 1e-6);
  CHECK(std::isnan(h.at(3)));
}

TEST_CASE("routing_layer: two in-capsules, two out-capsules, by hand") {
  // Both in-capsules predict 1 for the first out-capsule, and opposite values for the second.
  routing_layer layer(2, 2, 1);
  const tensor u_hat({4, 1}, {1, 1, 1, -1});
  layer(u_hat);
  // c = 1/2 each; s = (1, 0); v = (1/2, 0); agreement 1/2 with the first, 0 with the second.
  CHECK(same_bits<float>(layer.g.edata["c"], tensor({4, 1}, {0.5F, 0.5F, 0.5F, 0.5F})));
  CHECK(relative_difference<float, float>(layer.g.ndata["v"], tensor({4, 1}, {0, 0, 0.5F, 0})) < 1e-6);
  CHECK(relative_difference<float, float>(layer.g.edata["b"], tensor({4, 1}, {0.5F, 0, 0.5F, 0})) < 1e-6);
  layer(u_hat);
  // c = sigmoid(1/2) and 1 minus it; s = (2 c, 0); v = (s^2 / (1 + s^2), 0).
  const float c = 0.62245933F, v = 4 * c * c / (1 + 4 * c * c);
  CHECK(relative_difference<float, float>(layer.g.edata["c"], tensor({4, 1}, {c, 1 - c, c, 1 - c})) < 1e-6);
  CHECK(relative_difference<float, float>(layer.g.ndata["v"], tensor({4, 1}, {0, 0, v, 0})) < 1e-6);
  CHECK(relative_difference<float, float>(layer.g.edata["b"], tensor({4, 1}, {0.5F + v, 0, 0.5F + v, 0})) < 1e-6);
  layer.reset();
  CHECK(same_bits<float>(layer.g.edata["b"], tensor({4, 1})));
}

TEST_CASE("routing_layer: predictions of 0 keep everything finite") {
  routing_layer layer(3, 4, 2);
  layer(tensor({12, 2}), 3);
  CHECK(same_bits<float>(layer.g.ndata["v"], tensor({7, 2})));
  CHECK(same_bits<float>(layer.g.edata["b"], tensor({12, 1})));
}

TEST_CASE("routing_layer: the capsule tutorial, as DGL computes it") {
  const auto file = shared_file("reference/routing_tutorial.npz");
  if (file.empty()) return;
  const auto reference = read_npz(file);
  const tensor c = member(reference, "c"), v = member(reference, "v"), b = member(reference, "b");
  const tensor in_entropy = member(reference, "entropy"), u_hat = member(reference, "u_hat");
  routing_layer layer(20, 10, 4);
  for (std::int64_t call = 0; call < 10; ++call) {
    CAPTURE(call);
    layer(u_hat);
    const tensor coupling = layer.g.edata["c"].as().reshape({1, 20, 10});
    CHECK(relative_difference(coupling, rows(c, call, call + 1)) < 1e-5);
    CHECK(relative_difference(entropy(cast<double>(coupling)).reshape({1, 20}), rows(in_entropy, call, call + 1)) <
          1e-5);
    CHECK(relative_difference(rows(layer.g.ndata["v"], 20, 30).reshape({1, 10, 4}), rows(v, call, call + 1)) < 1e-5);
    CHECK(relative_difference(layer.g.edata["b"].as().reshape({1, 20, 10}), rows(b, call, call + 1)) < 1e-5);
  }
}

// Through all three rounds, out-capsules a vertex set of their own.
void check_routing_gradient(const std::map<std::string, any_tensor>& reference, routing_logits logits) {
  const graph g = graph::bipartite(
      [] {
        std::vector<std::int32_t> from;
        for (int i = 0; i < 60; ++i) from.push_back(i / 5);
        return from;
      }(),
      [] {
        std::vector<std::int32_t> to;
        for (int i = 0; i < 60; ++i) to.push_back(i % 5);
        return to;
      }(),
      12, 5);
  tensor u_hat = by_edge(member(reference, "u_hat"));
  u_hat.set_requires_grad();
  dynamic_routing(g, u_hat, 3, logits).backward(by_sample(member(reference, "up")));
  CHECK(relative_difference(u_hat.grad(), by_edge(member(reference, "d_u_hat"))) < 1e-5);
}

TEST_CASE("dynamic_routing: a batch, as torch computes it") {
  const auto file = shared_file("reference/routing_batched_per_sample.npz");
  if (file.empty()) return;
  const auto reference = read_npz(file);
  const graph g = generate::complete_bipartite(12, 5);
  const tensor u_hat = by_edge(member(reference, "u_hat"));
  CHECK(relative_difference(by_sample(rows(dynamic_routing(g, u_hat, 3), 12, 17)), member(reference, "v")) < 1e-5);
  check_routing_gradient(reference, routing_logits::per_sample);
  // The third round's couplings follow from the first two rounds' capsules.
  const tensor b = apply_edges(g, dot(edge(u_hat), dst(dynamic_routing(g, u_hat, 1)))) +
                   apply_edges(g, dot(edge(u_hat), dst(dynamic_routing(g, u_hat, 2))));
  const tensor c = by_sample(edge_softmax(g, b, norm_by::src)).reshape({4, 12, 5});
  CHECK(relative_difference(c, member(reference, "c")) < 1e-5);
}

TEST_CASE("routing with logits that the batch shares, as torch computes it") {
  const auto file = shared_file("reference/routing_batched_shared.npz");
  if (file.empty()) return;
  const auto reference = read_npz(file);
  const graph g = generate::complete_bipartite(12, 5);
  const tensor u_hat = by_edge(member(reference, "u_hat"));
  tensor b({60, 1, 1}), c, v;
  for (int r = 0; r < 3; ++r) {
    c = edge_softmax(g, b, norm_by::src);
    v = squash(update_all(g, mul(edge(c), edge(u_hat)), reduce::sum{}));
    b = b + sum_last(apply_edges(g, dot(edge(u_hat), dst(v))).reshape({60, 1, 4})) / 4;
  }
  CHECK(relative_difference(by_sample(rows(v, 12, 17)), member(reference, "v")) < 1e-5);
  CHECK(relative_difference(c.reshape({1, 12, 5}), rows(member(reference, "c"), 0, 1)) < 1e-5);
  std::vector<tensor> couplings;
  CHECK(relative_difference(dynamic_routing(g, u_hat, 3, routing_logits::shared, &couplings), v) < 1e-6);
  CHECK(relative_difference(couplings.at(2), c) < 1e-6);
  check_routing_gradient(reference, routing_logits::shared);
}

// To rounding: how many scores share a pack, and with it the order in which a softmax adds them up, follows from the
// width.
TEST_CASE("dynamic_routing: a batch is its samples") {
  const graph g = generate::complete_bipartite(6, 3);
  const tensor u_hat = random_normal({18, 4, 5}, 7);
  const tensor whole = by_sample(dynamic_routing(g, u_hat, 3)), by_one = by_sample(u_hat);
  for (std::int64_t s = 0; s < 4; ++s)
    CHECK(relative_difference(dynamic_routing(g, rows(by_one, s, s + 1).reshape({18, 5}), 3),
                              rows(whole, s, s + 1).reshape({9, 5})) < 1e-6);
}

TEST_CASE("routing_layer: ten calls of one iteration are one call of ten") {
  const tensor u_hat = random_normal({200, 4}, 3);
  routing_layer one(20, 10, 4), ten(20, 10, 4);
  for (int call = 0; call < 10; ++call) one(u_hat);
  ten(u_hat, 10);
  for (const char* name : {"c", "b"}) CHECK(same_bits<float>(one.g.edata[name], ten.g.edata[name]));
  CHECK(same_bits<float>(one.g.ndata["v"], ten.g.ndata["v"]));
  ten.reset();
  ten(u_hat, 3);
  CHECK(same_bits<float>(ten.g.ndata["v"], dynamic_routing(ten.g, u_hat, 3)));  // whose last update nobody sees
}

TEST_CASE("routing: any bipartite graph, against loops over edges") {
  check_against_loops(generate::complete_bipartite(7, 3), 1);
  // Not complete, edges in no order, parallel ones, an in-capsule and an out-capsule without edges.
  const std::vector<std::int32_t> from{3, 0, 2, 0, 3, 2, 2, 0}, to{5, 6, 4, 4, 5, 6, 4, 5};
  check_against_loops(graph::from_coo(from, to, 8), 2);
  const std::vector<std::int32_t> to_own{1, 2, 0, 0, 1, 2, 0, 1};
  check_against_loops(graph::bipartite(from, to_own, 4, 4), 3);
  const tensor chance = random_uniform({400}, 4);
  std::vector<std::int32_t> some_from, some_to;
  for (std::int32_t e = 0; e < 400; ++e) {
    if (chance.at(e) > 0.3F) continue;
    some_from.push_back(e % 25);
    some_to.push_back(e / 25);
  }
  check_against_loops(graph::bipartite(some_from, some_to, 25, 16), 5);
}

TEST_CASE("routing: no edges, no batch") {
  const graph g = graph::bipartite({}, {}, 3, 2);
  CHECK(same_bits(dynamic_routing(g, tensor({0, 4}), 2), tensor({2, 4})));
  routing_layer layer(g, 4);
  layer(tensor({0, 4}), 2);
  CHECK(same_bits<float>(layer.g.dstdata["v"], tensor({2, 4})));
}

TEST_CASE("routing: equal bits for 1, 2, 3 and 8 threads") {
  const graph g = generate::complete_bipartite(1152, 10);
  const tensor u_hat = random_normal({11520, 16}, 5), batch = random_normal({11520, 3, 16}, 6);
  tensor v, c, b, of_batch;
  for (int threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    const thread_scope scope(threads);
    routing_layer layer(g, 16);
    layer(u_hat, 3);
    const tensor batched = dynamic_routing(g, batch, 2);
    if (threads > 1) {
      CHECK(same_bits<float>(layer.g.ndata["v"], v));
      CHECK(same_bits<float>(layer.g.edata["c"], c));
      CHECK(same_bits<float>(layer.g.edata["b"], b));
      CHECK(same_bits(batched, of_batch));
    }
    v = layer.g.ndata["v"], c = layer.g.edata["c"], b = layer.g.edata["b"], of_batch = batched;
  }
}

TEST_CASE("routing: what does not fit is refused, and changes nothing") {
  using invalid = std::invalid_argument;
  CHECK_THROWS_SAYING(routing_layer(0, 3, 2), invalid,
                      "[routing_layer] in is 0 and out is 3, expected at least 1 each");
  CHECK_THROWS_SAYING(routing_layer(-1, 3, 2), invalid, "in is -1, expected from 0");
  CHECK_THROWS_SAYING(routing_layer(2, 3, 0), invalid, "[routing_layer] features is 0, expected at least 1");
  routing_layer layer(2, 3, 4);
  const tensor u_hat = random_normal({6, 4}, 1);
  layer(u_hat);
  const tensor b = layer.g.edata["b"].as().clone();
  CHECK_THROWS_SAYING(layer(tensor({5, 4})), invalid, "[routing_layer] u_hat has shape (5, 4), expected (6, 4)");
  CHECK_THROWS_SAYING(layer(tensor({6, 3})), invalid, "[routing_layer] u_hat has shape (6, 3), expected (6, 4)");
  CHECK_THROWS_SAYING(layer(tensor({6, 1, 4})), invalid, "u_hat has shape (6, 1, 4), expected (6, 4)");
  CHECK_THROWS_SAYING(layer(tensor()), invalid, "[routing_layer] u_hat has shape ()");
  CHECK_THROWS_SAYING(layer(u_hat, 0), invalid, "[routing_layer] iterations is 0, expected at least 1");
  CHECK(same_bits<float>(layer.g.edata["b"], b));
  CHECK(same_bits<float>(layer.g.edata["u_hat"], u_hat));
  const graph& g = layer.g;
  CHECK_THROWS_SAYING(dynamic_routing(g, tensor({5, 4}), 1), invalid,
                      "[dynamic_routing] u_hat has shape (5, 4), expected 6 rows");
  CHECK_THROWS_SAYING(dynamic_routing(g, tensor({6}), 1), invalid, "[dynamic_routing] u_hat has shape (6)");
  CHECK_THROWS_SAYING(dynamic_routing(g, u_hat, 0), invalid, "[dynamic_routing] iterations is 0, expected at least 1");
}

TEST_CASE_TEMPLATE("squash: lengths whose squares overflow or vanish", T, float, double) {
  const T large = sizeof(T) == 4 ? T(1e19) : static_cast<T>(1e200),
          small = sizeof(T) == 4 ? T(1e-17) : static_cast<T>(1e-155);
  const T most = std::numeric_limits<T>::max();
  basic_tensor<T> s({4, 2}, {3 * large, 4 * large, 3 * small, -4 * small, most, -most, 0, 0});
  s.set_requires_grad();
  const basic_tensor<T> v = squash(s);
  const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-6); };
  CHECK(v.data()[0] == near(.6));
  CHECK(v.data()[1] == near(.8));
  CHECK(v.data()[2] / small / small == near(15));
  CHECK(v.data()[3] / small / small == near(-20));
  CHECK(v.data()[4] == near(std::sqrt(.5)));
  CHECK(v.data()[5] == near(-std::sqrt(.5)));
  CHECK(v.data()[6] == 0);
  v.backward(basic_tensor<T>({4, 2}, {1, 2, 1, 2, 0, 0, 1, 2}));
  // g - (g . u) u over |s| where |s| is large, |s| (g + (g . u) u) where it is small; u = (.6, -+.8).
  const basic_tensor<T> ds = s.grad();
  CHECK(ds.data()[0] * large == near((1 - 2.2 * .6) / 5));
  CHECK(ds.data()[1] * large == near((2 - 2.2 * .8) / 5));
  CHECK(ds.data()[2] / small == near(5 * (1 - .6)));
  CHECK(ds.data()[3] / small == near(5 * (2 + .8)));
  for (std::size_t k = 4; k < 8; ++k) CHECK(ds.values()[k] == 0);
}

TEST_CASE("squash: gradient of rows of any width, the same bits for any number of threads") {
  for (const std::int64_t d : {1, 7, 16, 33})
    CHECK(grad_check([](const std::vector<basic_tensor<double>>& in) { return squash(in[0]); },
                     {random_normal<double>({5, 2, d}, 4)}));
  check_thread_counts([x = random_normal({3000, 40}, 1)] { return squash(x); });
  CHECK_THROWS_SAYING(squash(tensor({3})), std::invalid_argument, "[squash] shape (3) has no feature dim");
}

}  // namespace
}  // namespace edgefold
