// Walks along edges.
#include <edgefold/ops/sample/random_walk.hpp>

#include <edgefold/core/generators.hpp>

#include <support/chi_square.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using ids = basic_tensor<std::int64_t>;

constexpr std::int64_t many = 40000;

// How often the walks of `many` from `start` end at each vertex.
std::map<std::int64_t, double> ends_of(const graph& g, std::int64_t start, std::int64_t length, const walk_options& o) {
  const ids walks = random_walk(g, std::vector<std::int64_t>(many, start), length, o);
  std::map<std::int64_t, double> counts;
  for (std::int64_t i = 0; i < many; ++i) ++counts[walks.at(i, length)];
  return counts;
}

TEST_CASE("property: walks follow edges, and stop only at dead ends") {
  check_property([] {
    graph g = random_multigraph();
    tensor w = random_uniform({g.num_edges(), 1}, 1, -0.5F, 1.0F);
    for (std::int64_t e = 0; e < w.size(); ++e) w.data()[e] = std::max(w.data()[e], 0.0F);
    g.edata["w"] = w;
    const std::string weight = *rc::gen::element<std::string>("", "w");
    const double p = *rc::gen::element(1.0, 0.25, 8.0), q = *rc::gen::element(1.0, 0.25, 8.0);
    const auto starts =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, g.num_vertices()));
    const std::int64_t length = *rc::gen::inRange(0, 7);
    const ids walks = random_walk(g, starts, length, {.weight = weight, .p = p, .q = q, .seed = 3});
    RC_ASSERT((walks.shape() == shape_type{std::ssize(starts), length + 1}));
    const auto can = [&](edge_id e) { return weight.empty() || std::as_const(w).data()[e] > 0; };
    for (std::int64_t i = 0; i < walks.rows(); ++i) {
      RC_ASSERT(walks.at(i) == starts[static_cast<std::size_t>(i)]);
      for (std::int64_t k = 0; k < length; ++k) {
        const std::int64_t u = walks.at(i, k), v = walks.at(i, k + 1);
        if (u < 0) {
          RC_ASSERT(v == -1);
          continue;
        }
        bool taken = false, possible = false;
        for (const edge_id e : g.out_edges(static_cast<vertex_id>(u))) {
          possible |= can(e);
          taken |= can(e) && g.target(e) == v;
        }
        RC_ASSERT((possible ? taken : v == -1));
      }
    }
  });
}

TEST_CASE("each step is uniform, or by weight, or by where the walk came from") {
  graph g({{0, 1}, {0, 2}, {0, 2}, {0, 3}, {0, 4}}, 5);  // two edges to 2
  CHECK(chi_square(ends_of(g, 0, 1, {}), {{1, 0.2}, {2, 0.4}, {3, 0.2}, {4, 0.2}}) < 5);
  g.edata["w"] = tensor({5}, {2, 1, 0, 5, 0});
  CHECK(chi_square(ends_of(g, 0, 1, {.weight = "w"}), {{1, 0.25}, {2, 0.125}, {3, 0.625}}) < 5);
  // From 0 to 1; then back, on to 2, which 0 has no edge to, or to 3, which 0 has one to (but never takes).
  graph h({{0, 1}, {1, 0}, {1, 2}, {1, 3}, {0, 3}}, 4);
  h.edata["w"] = tensor({5}, {1, 1, 1, 2, 0});
  const double all = 1 / 4.0 + 1 / 0.5 + 2;
  CHECK(chi_square(ends_of(h, 0, 2, {.weight = "w", .p = 4, .q = 0.5}), {{0, 0.25 / all}, {2, 2 / all}, {3, 2 / all}}) <
        5);
}

TEST_CASE("restart_prob ends walks") {
  const graph g({{0, 0}});
  CHECK(chi_square(ends_of(g, 0, 2, {.restart_prob = 0.25}), {{0, 0.5625}, {-1, 0.4375}}) < 5);
  CHECK(ends_of(g, 0, 1, {.restart_prob = 1}).at(-1) == many);
  CHECK(random_walk(g, {}, 3).rows() == 0);
  CHECK(same_bits(random_walk(graph({{0, 1}}), {1, 0}, 2), ids({2, 3}, {1, -1, -1, 0, 1, -1})));
}

TEST_CASE("walks do not depend on threads") {
  graph g = generate::rmat(10, 20000, 1);
  g.edata["w"] = random_uniform({g.num_edges()}, 1);
  const ids starts = random_permutation(g.num_vertices(), 1);
  check_thread_counts([&] { return random_walk(g, starts, 10, {.seed = 1}); });
  check_thread_counts([&] { return random_walk(g, starts, 10, {.weight = "w", .restart_prob = 0.1, .p = 2, .q = 3}); });
  CHECK(!same_bits(random_walk(g, starts, 10, {.seed = 1}), random_walk(g, starts, 10, {.seed = 2})));
}

TEST_CASE("walks that cannot be are refused") {
  graph g({{0, 1}});
  g.edata["w"] = tensor({1}, {-2});
  CHECK_THROWS_SAYING(random_walk(g, {2}, 1), std::invalid_argument, "[random_walk] start 0 is 2");
  CHECK_THROWS_SAYING(random_walk(g, {0}, -1), std::invalid_argument, "[random_walk] length is -1");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.restart_prob = 1.5}), std::invalid_argument, "restart_prob is 1.5");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.restart_prob = NAN}), std::invalid_argument, "restart_prob is nan");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.p = 0}), std::invalid_argument, "p and q are 0");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.q = -1}), std::invalid_argument, "p and q are 1");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.weight = "w"}), std::invalid_argument, "weight of edge 0 is -2");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.weight = "v"}), std::invalid_argument, "\"v\"");
  CHECK_THROWS_SAYING(random_walk(graph::bipartite({0}, {0}, 1, 1), {0}, 1), std::invalid_argument, "two vertex sets");
}

}  // namespace
}  // namespace edgefold
