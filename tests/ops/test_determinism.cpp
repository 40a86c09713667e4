// The same bits for any number of threads: every kind of reducer and of message, on a graph with a hub of 100,000
// in-edges, and on few destinations with many features.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/segment.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/oracle.hpp>
#include <support/thread_counts.hpp>
#include <support/user_reducers.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// 300 vertices, 120,000 edges: 100,000 of them into vertex 7, spread among the ids of the others.
const graph& hub_graph() {
  static const graph g = [] {
    const std::int64_t n = 300, edges = 120000;
    const auto u = random_integers({edges}, n, 1), v = random_integers({edges}, n, 2);
    basic_tensor<std::int64_t> to = v.clone();
    for (std::int64_t e = 0; e < edges; ++e)
      if (e % 6 != 0) to.mutable_data()[e] = 7;
    return graph::from_coo(u, to, n);
  }();
  return g;
}

// Ten destinations of 40 edges and 2,048 features each.
const graph& wide_graph() {
  static const graph g = graph::bipartite(random_integers({400}, 30, 3), random_integers({400}, 10, 4), 30, 10);
  return g;
}

const auto average = reduce::fold<1>(
    {0},
    [](auto s, auto m) {
      s[0] += (m - s[0]) * 0.01;
      return s;
    },  // no merge
    [](auto s, auto) { return s[0]; });
const auto box_mean = reduce::mailbox([](const auto& box) { return box.colwise().mean().eval(); });

template <class M>
void check_reducers(const graph& g, const M& m) {
  check_thread_counts([&] { return update_all(g, m, reduce::sum{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::mean{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::max{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::std{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::log_sum_exp{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::softmax{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::power_mean{.p = 2}); });
  check_thread_counts([&] { return update_all(g, m, range{}); });
  check_thread_counts([&] { return update_all(g, m, average); });
  check_thread_counts([&] { return update_all(g, m, box_mean); });
  check_thread_counts([&] { return update_all(g, m, reduce::median{}); });
  check_thread_counts([&] { return update_all(g, m, reduce::multi(reduce::sum{}, reduce::var{})); });
}

TEST_CASE("threads: reducers on a hub") {
  const graph& g = hub_graph();
  REQUIRE(g.in_degree(7) >= 100000);
  check_reducers(g, u_mul_e(random_normal({300, 19}, 5), random_normal({120000, 1}, 6)));
}

TEST_CASE("threads: few destinations, many features") {
  check_reducers(wide_graph(), u_mul_e(random_normal({30, 2048}, 7), random_normal({400, 1}, 8)));
}

TEST_CASE("threads: kinds of messages") {
  const auto check_messages = [](const graph& g, std::int64_t width) {
    const tensor x = random_normal({g.num_src(), width}, 1), y = random_normal({g.num_dst(), width}, 2);
    const tensor w = random_normal({g.num_edges(), 2}, 3);
    const auto check = [&](const auto& m) {
      check_thread_counts([&] { return update_all(g, m, reduce::sum{}); });
      check_thread_counts([&] { return apply_edges(g, m); });
    };
    check(copy_u(x));
    check(message([](auto a, auto b, auto c) { return c * exp(-abs(a - b)); }, src(x), dst(y),
                  shared(random_normal({1, width}, 4))));
    check(u_dot_v(x, y));
    check(sum_last(message([](auto a, auto b) { return tanh(a + b); }, src(x), dst(y))));
    check(message_rows(
        2, [](const auto& a, const auto& b) { return b * a.squaredNorm(); }, src(x), edge(w)));
  };
  check_messages(hub_graph(), 21);
  check_messages(wide_graph(), 2048);
}

TEST_CASE("threads: edge_softmax, segments, sum_last") {
  for (std::int64_t width : {1, 3, 8, 40}) {
    CAPTURE(width);
    const tensor s = random_normal({120000, width}, 9);
    for (norm_by by : {norm_by::dst, norm_by::src})
      check_thread_counts([&] { return edge_softmax(hub_graph(), s, by); });
    check_thread_counts([&] { return sum_last(s); });
    check_thread_counts([&] { return segment_softmax({100000, 0, 19999, 1}, s); });
    check_thread_counts([&] { return segment_reduce({100000, 0, 19999, 1}, s, reduce::std{}); });
  }
  const tensor wide = random_normal({400, 2048}, 10);
  for (norm_by by : {norm_by::dst, norm_by::src})
    check_thread_counts([&] { return edge_softmax(wide_graph(), wide, by); });
  check_thread_counts([&] { return exp(wide) * 2 - wide; });
}

// Splitting a hub must not merely be the same for all thread counts: it must be right.
TEST_CASE("a hub's chunks give what the naive loop gives") {
  const graph& g = hub_graph();
  const basic_tensor<double> x = random_normal<double>({300, 2}, 5), w = random_normal<double>({120000, 2}, 6);
  const auto m = mul(src(x), edge(w));
  const naive_rows expected =
      naive_messages(g, {naive(src(x)), naive(edge(w))}, [](const double* v) { return v[0] * v[1]; });
  const auto close = [&](const auto& reducer, const naive_reducer& r) {
    return difference(update_all(g, m, reducer), naive_reduce(g, expected, 0, r)) <= 1e-9;
  };
  CHECK(close(reduce::sum{}, oracle::sum));
  CHECK(close(reduce::mean{}, oracle::mean));
  CHECK(close(reduce::min{}, oracle::min));
  CHECK(close(reduce::std{}, oracle::std));
  CHECK(close(reduce::log_sum_exp{}, oracle::log_sum_exp));
  CHECK(close(reduce::softmax{}, [](const auto& v) { return oracle::softmax(v, 1); }));
  CHECK(close(range{}, [](const auto& v) { return oracle::max(v) - oracle::min(v); }));
  CHECK(close(average, [](const auto& v) {
    double s = 0;
    for (double z : v) s += (z - s) * 0.01;
    return s;
  }));
  CHECK(close(reduce::median{}, [](const auto& v) { return oracle::quantile(v, 0.5); }));
}

}  // namespace
}  // namespace edgefold
