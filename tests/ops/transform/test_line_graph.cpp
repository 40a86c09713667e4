// Edges as vertices.
#include <edgefold/ops/transform/line_graph.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <support/edge_pairs.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// Every pair of edges looked at.
pairs naive(const graph& g, bool backtracking) {
  pairs all;
  for (vertex_id e = 0; e < g.num_edges(); ++e)
    for (vertex_id f = 0; f < g.num_edges(); ++f)
      if (g.target(e) == g.source(f) && (backtracking || g.source(e) != g.target(f))) all.emplace_back(e, f);
  return all;
}

TEST_CASE("line_graph of the example in DGL's sources") {
  const graph g({{0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}});
  CHECK(edges_of(line_graph(g)) == pairs{{0, 3}, {0, 4}, {1, 0}, {2, 3}, {2, 4}, {3, 0}, {4, 1}, {4, 2}});
  CHECK(edges_of(line_graph(g, false)) == pairs{{0, 4}, {1, 0}, {2, 3}, {4, 1}});
}

TEST_CASE("line_graph: loops, edges in no order, and none") {
  const graph loop({{1, 1}, {0, 1}, {1, 1}});
  CHECK(edges_of(line_graph(loop)) == pairs{{0, 0}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 2}});
  CHECK(edges_of(line_graph(loop, false)) == pairs{{1, 0}, {1, 2}});
  CHECK(line_graph(graph({}, 3)).num_vertices() == 0);
  CHECK(line_graph(graph({{0, 1}, {2, 3}})).num_edges() == 0);
}

TEST_CASE("property: line_graph joins what the definition joins, and shares the columns") {
  check_property([] {
    graph g = random_multigraph();
    g.edata["w"] = random_normal({g.num_edges(), 2}, 1);
    for (const bool backtracking : {true, false}) {
      const graph lines = line_graph(g, backtracking);
      RC_ASSERT(lines.num_vertices() == g.num_edges());
      RC_ASSERT(edges_of(lines) == naive(g, backtracking));
      RC_ASSERT(lines.ndata["w"].as().shares_storage_with(g.edata["w"].as()));
    }
  });
}

TEST_CASE("line_graph does not depend on the number of threads") {
  const graph random = generate::rmat(9, 20'000, 5);
  for (const bool backtracking : {true, false})
    check_thread_counts([&] {
      const adjacency lines = line_graph(random, backtracking).topology();
      return basic_tensor<vertex_id>({lines.num_edges()},
                                     std::span(lines.targets(), static_cast<std::size_t>(lines.num_edges())));
    });
}

TEST_CASE("line_graph refuses two vertex sets and too many edges") {
  CHECK_THROWS_SAYING(line_graph(graph::bipartite({0}, {1}, 2, 2)), std::invalid_argument,
                      "[line_graph] the graph is bipartite");
  constexpr std::int64_t half = (std::int64_t{1} << 20) + 1;
  const basic_tensor<std::int32_t> zeros({half}), ones = full<std::int32_t>({half}, 1);
  const graph hub = graph::from_coo(concat({zeros, ones}, 0), concat({ones, zeros}, 0));
  for (const bool backtracking : {true, false})
    CHECK_THROWS_SAYING(line_graph(hub, backtracking), std::invalid_argument,
                        "[line_graph] the line graph has 2199027449858 edges, expected at most 1099511627776");
}

}  // namespace
}  // namespace edgefold
