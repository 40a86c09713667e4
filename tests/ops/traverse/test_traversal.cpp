#include <edgefold/core/generators.hpp>
#include <edgefold/ops/traverse/traversal.hpp>

#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

#include <functional>
#include <numeric>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

using lists = std::vector<std::vector<std::int64_t>>;

lists lists_of(const frontiers& f) {
  lists all;
  for (const auto& ids : f) all.emplace_back(ids.values().begin(), ids.values().end());
  return all;
}

// Edges in reach of each other for as many steps as there are vertices: `distance` shrinks, or `depth` grows.
constexpr int unreached = 1000;
std::vector<int> hops_from(const graph& g, const std::vector<std::int64_t>& sources) {
  std::vector<int> hops(static_cast<std::size_t>(g.num_vertices()), unreached);
  for (std::int64_t s : sources) hops[static_cast<std::size_t>(s)] = 0;
  for (std::int64_t round = 0; round < g.num_vertices(); ++round)
    for (edge_id e = 0; e < g.num_edges(); ++e) {
      int& at = hops[static_cast<std::size_t>(g.target(e))];
      at = std::min(at, hops[static_cast<std::size_t>(g.source(e))] + 1);
    }
  return hops;
}
std::vector<int> longest_paths(const graph& g) {
  std::vector<int> length(static_cast<std::size_t>(g.num_vertices()));
  for (std::int64_t round = 0; round < g.num_vertices(); ++round)
    for (edge_id e = 0; e < g.num_edges(); ++e) {
      int& at = length[static_cast<std::size_t>(g.target(e))];
      at = std::max(at, length[static_cast<std::size_t>(g.source(e))] + 1);
    }
  return length;
}

// The search by recursion, and its i-th edges together.
struct naive_search {
  const graph& g;
  dfs_options options;
  std::vector<bool> seen = std::vector<bool>(static_cast<std::size_t>(g.num_vertices()));
  lists edges = {};
  std::vector<std::vector<dfs_label>> labels = {};
  std::size_t met = 0;

  void meet(edge_id e, dfs_label label) {
    if (met == edges.size()) edges.emplace_back(), labels.emplace_back();
    edges[met].push_back(e);
    labels[met++].push_back(label);
  }
  void visit(vertex_id v) {
    seen[static_cast<std::size_t>(v)] = true;
    for (const edge_id e : g.out_edges(v)) {
      if (seen[static_cast<std::size_t>(g.target(e))]) {
        if (options.nontree) meet(e, dfs_label::nontree);
        continue;
      }
      meet(e, dfs_label::forward);
      visit(g.target(e));
      if (options.reverse) meet(e, dfs_label::reverse);
    }
  }
  void visit_all(const std::vector<std::int64_t>& sources) {
    for (const std::int64_t s : sources) {
      met = 0;
      if (!seen[static_cast<std::size_t>(s)]) visit(static_cast<vertex_id>(s));
    }
  }
};

std::vector<std::int64_t> random_sources(const graph& g) {
  return *rc::gen::unique<std::vector<std::int64_t>>(
              static_cast<std::size_t>(*rc::gen::inRange<std::int64_t>(0, g.num_vertices() + 1)),
              rc::gen::inRange<std::int64_t>(0, g.num_vertices()))
              .as("sources");
}

// The example of DGL's documentation.
const graph& documented() {
  static const graph g({{0, 1}, {1, 2}, {1, 3}, {2, 3}, {2, 4}, {3, 5}});
  return g;
}

}  // namespace

TEST_CASE("traversals give what DGL's documentation shows") {
  CHECK(lists_of(bfs_nodes(documented(), {0})) == lists{{0}, {1}, {2, 3}, {4, 5}});
  CHECK(lists_of(bfs_edges(documented(), {0})) == lists{{0}, {1, 2}, {4, 5}});
  CHECK(lists_of(topological_nodes(documented())) == lists{{0}, {1}, {2}, {3, 4}, {5}});
  CHECK(lists_of(dfs_edges(documented(), {0})) == lists{{0}, {1}, {3}, {5}, {4}});
  const labeled_frontiers f = dfs_labeled_edges(documented(), {0}, {.nontree = true});
  using enum dfs_label;
  CHECK(lists_of(f.edges) == lists{{0}, {1}, {3}, {5}, {4}, {2}});
  CHECK(f.labels ==
        std::vector<std::vector<dfs_label>>{{forward}, {forward}, {forward}, {forward}, {forward}, {nontree}});
}

TEST_CASE("dfs_labeled_edges comes back along the edges it went") {
  const graph two_trees({{0, 1}, {0, 2}, {3, 4}, {4, 4}});
  const labeled_frontiers f = dfs_labeled_edges(two_trees, {0, 3}, {.reverse = true, .nontree = true});
  using enum dfs_label;
  CHECK(lists_of(f.edges) == lists{{0, 2}, {0, 3}, {1, 2}, {1}});
  CHECK(f.labels ==
        std::vector<std::vector<dfs_label>>{{forward, forward}, {reverse, nontree}, {forward, reverse}, {reverse}});
}

TEST_CASE("bfs_nodes and bfs_edges: layers by hops, and a tree edge into every vertex but the sources") {
  check_property([] {
    const graph g = random_multigraph();
    const auto sources = random_sources(g);
    const auto hops = hops_from(g, sources);
    const lists nodes = lists_of(bfs_nodes(g, sources)), edges = lists_of(bfs_edges(g, sources));
    std::size_t num_visited = 0;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      RC_ASSERT(std::ranges::is_sorted(nodes[k]));
      for (const std::int64_t v : nodes[k]) {
        ++num_visited;
        RC_ASSERT(hops[static_cast<std::size_t>(v)] == static_cast<int>(k));
      }
    }
    RC_ASSERT(num_visited == hops.size() - static_cast<std::size_t>(std::ranges::count(hops, unreached)));
    RC_ASSERT(edges.size() == (nodes.empty() ? 0 : nodes.size() - 1));
    for (std::size_t k = 0; k < edges.size(); ++k) {
      std::vector<std::int64_t> found;
      for (const edge_id e : edges[k]) {
        found.push_back(g.target(e));
        RC_ASSERT(hops[static_cast<std::size_t>(g.source(e))] == static_cast<int>(k));
      }
      std::ranges::sort(found);
      RC_ASSERT(found == nodes[k + 1]);
    }
  });
}

TEST_CASE("topological_nodes: each vertex behind the longest path that leads to it") {
  check_property([] {
    const graph any = random_multigraph();
    auto place = std::vector<vertex_id>(static_cast<std::size_t>(any.num_vertices()));
    std::iota(place.begin(), place.end(), 0);
    for (std::size_t i = place.size(); i > 1; --i) std::swap(place[i - 1], place[*rc::gen::inRange<std::size_t>(0, i)]);
    std::vector<graph::edge_pair> edges;  // from lower to higher, under other numbers
    for (edge_id e = 0; e < any.num_edges(); ++e)
      if (const auto [u, v] = std::minmax({any.source(e), any.target(e)}); u < v)
        edges.emplace_back(place[static_cast<std::size_t>(u)], place[static_cast<std::size_t>(v)]);
    const graph g(edges, any.num_vertices());
    const auto length = longest_paths(g);
    lists expected(static_cast<std::size_t>(*std::ranges::max_element(length)) + 1);
    for (std::size_t v = 0; v < length.size(); ++v)
      expected[static_cast<std::size_t>(length[v])].push_back(static_cast<std::int64_t>(v));
    RC_ASSERT(lists_of(topological_nodes(g)) == expected);
  });
}

TEST_CASE("dfs_labeled_edges: as a search by recursion") {
  check_property([] {
    const graph g = random_multigraph();
    const auto sources = random_sources(g);
    const dfs_options options{*rc::gen::arbitrary<bool>().as("reverse"), *rc::gen::arbitrary<bool>().as("nontree")};
    naive_search expected{g, options};
    expected.visit_all(sources);
    const labeled_frontiers f = dfs_labeled_edges(g, sources, options);
    RC_ASSERT(lists_of(f.edges) == expected.edges);
    RC_ASSERT(f.labels == expected.labels);
    naive_search forward{g, {}};
    forward.visit_all(sources);
    RC_ASSERT(lists_of(dfs_edges(g, sources)) == forward.edges);
  });
}

TEST_CASE("traversals of the reversed graph go along in-edges, by the same edge ids") {
  const graph back(documented().topology().reversed());
  CHECK(lists_of(bfs_nodes(back, {5})) == lists{{5}, {3}, {1, 2}, {0}});
  CHECK(lists_of(bfs_edges(back, {5})) == lists{{5}, {2, 3}, {0}});
  CHECK(lists_of(topological_nodes(back)) == lists{{4, 5}, {3}, {2}, {1}, {0}});
}

TEST_CASE("traversals of nothing, and from nowhere") {
  CHECK(bfs_nodes(graph(), {}).empty());
  CHECK(topological_nodes(graph()).empty());
  CHECK(dfs_edges(graph(), {}).empty());
  CHECK(bfs_edges(documented(), {}).empty());
  CHECK(bfs_edges(documented(), {5}).empty());
  CHECK(lists_of(topological_nodes(graph(std::vector<graph::edge_pair>{}, 2))) == lists{{0, 1}});
}

TEST_CASE("traversals: a path deeper than any stack of calls") {
  const graph g = generate::path(100000);
  CHECK(bfs_nodes(g, {0}).size() == 100000);
  CHECK(topological_nodes(g).size() == 100000);
  CHECK(dfs_edges(g, {0}).size() == 99999);
}

TEST_CASE("traversals: what they refuse") {
  const auto refused = [](const auto& traverse, std::string_view part) {
    CHECK_THROWS_SAYING(traverse(), std::invalid_argument, part);
  };
  refused([] { return bfs_nodes(documented(), {0, 6}); }, "[bfs_nodes] source 1 is 6");
  refused([] { return bfs_edges(documented(), {-1}); }, "[bfs_edges] source 0 is -1");
  refused([] { return bfs_nodes(documented(), {5, 0, 5}); }, "[bfs_nodes] source 5 is given twice");
  refused([] { return dfs_edges(documented(), {0, 0}); }, "[dfs_edges] source 0 is given twice");
  refused([] { return dfs_edges(documented(), {6}); }, "[dfs_edges] source 0 is 6");
  refused([] { return dfs_labeled_edges(documented(), {6}); }, "[dfs_labeled_edges] source 0 is 6");
  refused(
      [] {
        return topological_nodes(graph({{0, 1}, {1, 2}, {2, 1}}));
      },
      "[topological_nodes] the graph has a cycle: 2 of its 3 vertices");
  refused([] { return topological_nodes(graph({{0, 1}, {1, 1}})); }, "1 of its 2 vertices");
  const graph two = graph::bipartite({0}, {0}, 1, 1);
  CHECK_THROWS_AS(bfs_nodes(two, {0}), std::invalid_argument);
  CHECK_THROWS_AS(dfs_edges(two, {0}), std::invalid_argument);
  CHECK_THROWS_AS(topological_nodes(two), std::invalid_argument);
}
