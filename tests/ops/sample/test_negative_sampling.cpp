// Pairs that no edge joins.
#include <edgefold/ops/sample/negative_sampling.hpp>

#include <edgefold/core/generators.hpp>

#include <support/chi_square.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

#include <set>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using pair_set = std::set<std::pair<std::int64_t, std::int64_t>>;

// All pairs that are allowed, by looking at each.
pair_set allowed_pairs(const graph& g, const negative_options& o) {
  pair_set all;
  for (vertex_id u = 0; u < g.num_src(); ++u)
    for (vertex_id v = 0; v < g.num_dst(); ++v) {
      bool edge = false;
      for (edge_id e = 0; e < g.num_edges(); ++e) edge |= g.source(e) == u && g.target(e) == v;
      if (!(o.exclude_edges && edge) && !(o.exclude_self_loops && !g.is_bipartite() && u == v)) all.emplace(u, v);
    }
  return all;
}

std::map<std::pair<std::int64_t, std::int64_t>, double> counted(const vertex_pairs& pairs) {
  std::map<std::pair<std::int64_t, std::int64_t>, double> counts;
  for (std::int64_t i = 0; i < pairs.first.size(); ++i) ++counts[{pairs.first.at(i), pairs.second.at(i)}];
  return counts;
}

// 60 vertices and all edges but these three.
graph nearly_complete() {
  std::vector<graph::edge_pair> edges;
  for (int u = 0; u < 60; ++u)
    for (int v = 0; v < 60; ++v)
      if (u != v && !(u == 3 && (v == 0 || v == 59)) && !(u == 40 && v == 41)) edges.emplace_back(u, v);
  return graph(edges, 60);
}

TEST_CASE("property: pairs are allowed, where there are none, that is an error") {
  check_property([] {
    const graph square = random_multigraph();
    const adjacency& a = square.topology();
    const graph g = *rc::gen::arbitrary<bool>() ? square : graph::bipartite(a);
    const negative_options o{*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), 5};
    const pair_set allowed = allowed_pairs(g, o);
    if (allowed.empty()) {
      RC_ASSERT_THROWS_AS(negative_edges(g, 1, o), std::invalid_argument);
    } else {
      for (const auto& [pair, count] : counted(negative_edges(g, 50, o))) RC_ASSERT(allowed.count(pair) == 1U);
    }
    for (edge_id e = 0; e < g.num_edges(); ++e) {
      const vertex_id u = g.source(e);
      const bool some = allowed.lower_bound({u, 0}) != allowed.lower_bound({u + 1, 0});
      if (!some) {
        RC_ASSERT_THROWS_AS(corrupt_targets(g, {0, static_cast<std::int32_t>(e)}, 3, o), std::invalid_argument);
        continue;
      }
      const vertex_pairs pairs = corrupt_targets(g, std::vector<std::int64_t>{e}, 3, o);
      RC_ASSERT(pairs.first.size() == 3);
      for (std::int64_t i = 0; i < 3; ++i) {
        RC_ASSERT(pairs.first.at(i) == u);
        RC_ASSERT(allowed.count({u, pairs.second.at(i)}) == 1U);
      }
    }
  });
}

TEST_CASE("every allowed pair is as likely, whether many are or few") {
  const graph path = generate::path(6);
  CHECK(chi_square_uniform(counted(negative_edges(path, 50000)), 25) < 5);
  CHECK(chi_square_uniform(counted(negative_edges(path, 50000, {.exclude_edges = false, .seed = 1})), 30) < 5);
  CHECK(chi_square_uniform(counted(negative_edges(path, 50000, {.exclude_self_loops = false, .seed = 2})), 31) < 5);
  CHECK(chi_square_uniform(counted(corrupt_targets(path, {2}, 50000)), 4) < 5);
  const graph full = nearly_complete();
  const auto few = counted(negative_edges(full, 6000));
  CHECK(few.count({3, 0}) + few.count({3, 59}) + few.count({40, 41}) == 3);
  CHECK(chi_square_uniform(few, 3) < 5);
  CHECK(chi_square_uniform(counted(corrupt_targets(full, std::vector{full.edge(3, 1)}, 6000)), 2) < 5);
}

TEST_CASE("pairs come in the order of the edges") {
  const graph g({{0, 1}, {2, 1}, {1, 0}}, 50);
  const vertex_pairs pairs = corrupt_targets(g, {2, 0, 1}, 2);
  CHECK(same_bits(pairs.first, basic_tensor<std::int64_t>({6}, {1, 1, 0, 0, 2, 2})));
  CHECK(negative_edges(g, 0).first.size() == 0);
  CHECK(corrupt_targets(g, {}, 2).first.size() == 0);
}

TEST_CASE("pairs do not depend on threads") {
  const graph sparse = generate::rmat(10, 20000, 1), full = nearly_complete();
  for (const graph* g : {&sparse, &full}) {
    check_thread_counts([&] { return negative_edges(*g, 5000, {.seed = 1}).first; });
    check_thread_counts([&] { return negative_edges(*g, 5000, {.seed = 1}).second; });
    const std::vector<edge_id> of_3{g->out_edges(3)[0]};
    check_thread_counts([&] { return corrupt_targets(*g, of_3, 5000).second; });
  }
  CHECK(!same_bits(negative_edges(sparse, 50, {.seed = 1}).first, negative_edges(sparse, 50, {.seed = 2}).first));
}

TEST_CASE("where there is nothing to find, that is said") {
  const graph complete({{0, 1}, {1, 0}}), one({}, 1), none({}, 0);
  CHECK_THROWS_SAYING(negative_edges(complete, 1), std::invalid_argument,
                      "[negative_edges] every pair of vertices is excluded");
  CHECK_THROWS_SAYING(negative_edges(one, 1), std::invalid_argument, "every pair of vertices is excluded");
  CHECK_THROWS_SAYING(negative_edges(none, 1), std::invalid_argument, "every pair of vertices is excluded");
  CHECK(negative_edges(one, 1, {.exclude_self_loops = false}).first.size() == 1);
  CHECK_THROWS_SAYING(negative_edges(one, -1), std::invalid_argument, "[negative_edges] count is -1");
  CHECK_THROWS_SAYING(corrupt_targets(complete, {1}, 1), std::invalid_argument,
                      "[corrupt_targets] source 1: every destination is excluded");
  CHECK_THROWS_SAYING(corrupt_targets(complete, {2}, 1), std::invalid_argument, "[corrupt_targets] edge 0 is 2");
  CHECK_THROWS_SAYING(corrupt_targets(complete, {1}, 0), std::invalid_argument, "[corrupt_targets] k is 0");
  CHECK_THROWS_SAYING(corrupt_targets(complete, {1, 0, 1, 0}, std::int64_t{1} << 62), std::invalid_argument,
                      "[corrupt_targets] k is 4611686018427387904");
}

}  // namespace
}  // namespace edgefold
