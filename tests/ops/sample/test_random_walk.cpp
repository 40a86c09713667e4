// Walks along edges.
#include <edgefold/ops/sample/random_walk.hpp>

#include <edgefold/core/generators.hpp>

#include <support/chi_square.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using id_tensor = basic_tensor<std::int64_t>;

constexpr std::int64_t many = 40000;

// How often the walks of `many` from `start` end at each vertex.
std::map<std::int64_t, double> ends_of(const graph& g, std::int64_t start, std::int64_t length, const walk_options& o) {
  const id_tensor walks = random_walk(g, std::vector<std::int64_t>(many, start), length, o);
  std::map<std::int64_t, double> counts;
  for (std::int64_t i = 0; i < many; ++i) ++counts[walks.at(i, length)];
  return counts;
}

TEST_CASE("property: walks follow edges, and stop only at dead ends") {
  check_property([] {
    graph g = random_multigraph();
    tensor w = random_uniform({g.num_edges(), 1}, 1, -0.5F, 1.0F);
    for (std::int64_t e = 0; e < w.size(); ++e) w.mutable_data()[e] = std::max(w.data()[e], 0.0F);
    g.edata["w"] = w;
    const std::string weight = *rc::gen::element<std::string>("", "w");
    const double p = *rc::gen::element(1.0, 0.25, 8.0), q = *rc::gen::element(1.0, 0.25, 8.0);
    const auto starts =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, g.num_vertices()));
    const std::int64_t length = *rc::gen::inRange(0, 7);
    const id_tensor walks = random_walk(g, starts, length, {.weight = weight, .p = p, .q = q, .seed = 3});
    RC_ASSERT((walks.shape() == shape_type{std::ssize(starts), length + 1}));
    const auto can = [&](edge_id e) { return weight.empty() || w.data()[e] > 0; };
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
  CHECK(same_bits(random_walk(graph({{0, 1}}), {1, 0}, 2), id_tensor({2, 3}, {1, -1, -1, 0, 1, -1})));
}

TEST_CASE("walks end, and are as likely as they should be, whatever p and q") {
  // The only way on is back.
  const graph pair({{0, 1}, {1, 0}});
  for (const double p : {1e18, 1e300, 1e-300})
    for (const double q : {1e-300, 1.0, 1e300})
      CHECK(same_bits(random_walk(pair, {0}, 3, {.p = p, .q = q}), id_tensor({1, 4}, {0, 1, 0, 1})));
  // From 0 to 1; then back, to 2, or to 3, to which 0 has an edge; weights so that few draws are accepted.
  graph h({{0, 1}, {1, 0}, {1, 2}, {1, 3}, {0, 3}}, 4);
  h.edata["w"] = tensor({5}, {1, 1e-4F, 1, 2, 0});
  const double back = 1e-4 / 1e-5, all = back + 1 / 2.0 + 2;
  CHECK(chi_square(ends_of(h, 0, 2, {.weight = "w", .p = 1e-5, .q = 2}),
                   {{0, back / all}, {2, 0.5 / all}, {3, 2 / all}}) < 5);
  // The same at a vertex of many neighbours: 40 more that 0 has no edge to.
  std::vector<graph::edge_pair> edges{{0, 1}, {1, 0}, {1, 2}, {1, 3}, {0, 3}};
  tensor w = full<float>({45}, 0.025F);
  for (int i = 0; i < 5; ++i) w.mutable_data()[i] = h.edata["w"].as().at(i);
  for (vertex_id v = 4; v < 44; ++v) edges.emplace_back(1, v);
  graph star(edges);
  star.edata["w"] = w;
  std::map<std::int64_t, double> expected{{0, back}, {2, 0.5}, {3, 2}};
  for (vertex_id v = 4; v < 44; ++v) expected[v] = 0.0125;
  for (auto& [v, share] : expected) share /= all + 0.5;
  CHECK(chi_square(ends_of(star, 0, 2, {.weight = "w", .p = 1e-5, .q = 2}), expected) < 2);
}

TEST_CASE("a walk takes time with its length, not with 1 / p") {
  const graph g = generate::random_uniform(100, 1000, 1);
  const id_tensor starts = random_permutation(100, 1);  // with 1e9 draws a step it would not end
  check_thread_counts([&] { return random_walk(g, starts, 1000, {.p = 1e-9, .q = 1e9}); });
}

TEST_CASE("walks do not depend on threads") {
  graph g = generate::rmat(10, 20000, 1);
  g.edata["w"] = random_uniform({g.num_edges()}, 1);
  const id_tensor starts = random_permutation(g.num_vertices(), 1);
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
  CHECK_THROWS_SAYING(random_walk(g, {0}, std::numeric_limits<std::int64_t>::max()), std::invalid_argument,
                      "[random_walk] length is 9223372036854775807");
  for (const double bad : {static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
    CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.p = bad}), std::invalid_argument, "expected finite numbers");
    CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.q = bad}), std::invalid_argument, "expected finite numbers");
  }
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.p = 0}), std::invalid_argument, "p and q are 0");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.q = -1}), std::invalid_argument, "p and q are 1");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.weight = "w"}), std::invalid_argument, "weight of edge 0 is -2");
  CHECK_THROWS_SAYING(random_walk(g, {0}, 1, {.weight = "v"}), std::invalid_argument, "\"v\"");
  CHECK_THROWS_SAYING(random_walk(graph::bipartite({0}, {0}, 1, 1), {0}, 1), std::invalid_argument, "two vertex sets");
}

}  // namespace
}  // namespace edgefold
