#include <doctest/doctest.h>

#include <edgefold/core/graph.hpp>

#include <support/edge_pairs.hpp>
#include <support/property.hpp>
#include <support/tensors.hpp>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

using ids = std::vector<edge_id>;

struct random_pairs {
  vertex_id n = *rc::gen::inRange<vertex_id>(1, 8);
  pairs edges =
      *rc::gen::container<pairs>(rc::gen::pair(rc::gen::inRange<vertex_id>(0, n), rc::gen::inRange<vertex_id>(0, n)));
};

// Ids of the edges for which `holds(source, target)`.
template <class Holds>
ids chosen(const pairs& edges, Holds&& holds) {
  ids all;
  for (std::size_t e = 0; e < edges.size(); ++e)
    if (holds(edges[e].first, edges[e].second)) all.push_back(static_cast<edge_id>(e));
  return all;
}

graph sample() { return graph({{0, 1}, {0, 2}, {2, 1}, {0, 1}, {2, 2}}, 4); }

}  // namespace

TEST_CASE("a graph from a literal list of pairs") {
  const graph g({{0, 1}, {0, 2}, {2, 1}});
  CHECK(g.num_vertices() == 3);
  CHECK(g.num_edges() == 3);
  CHECK(g.source(1) == 0);
  CHECK(g.target(1) == 2);
  CHECK_FALSE(g.is_bipartite());
  CHECK(graph({{0, 1}}).num_edges() == 1);
  CHECK(graph({{0, 1}, {1, 2}}).num_edges() == 2);  // two pairs, not one made of two
  CHECK(graph({{3, 3}}).num_vertices() == 4);
  CHECK(graph({}, 3).num_vertices() == 3);
  CHECK(graph().num_vertices() == 0);
  CHECK(graph(pairs{}).num_edges() == 0);
}

TEST_CASE("factories make the same graph") {
  const graph expected({{0, 1}, {0, 2}, {2, 1}});
  const graph made[] = {
      graph(pairs{{0, 1}, {0, 2}, {2, 1}}),
      graph::from_coo({0, 0, 2}, {1, 2, 1}),
      graph::from_csr({0, 2, 2, 3}, {1, 2, 1}),
      graph(expected.topology()),
  };
  for (const graph& g : made) {
    CHECK(g.num_vertices() == 3);
    REQUIRE(g.num_edges() == 3);
    for (edge_id e = 0; e < 3; ++e) {
      CHECK(g.source(e) == expected.source(e));
      CHECK(g.target(e) == expected.target(e));
    }
  }
  const graph csc = graph::from_csc({0, 0, 2, 3}, {0, 2, 0});  // the same edges, numbered by destination
  CHECK(csc.edge(0, 1) == 0);
  CHECK(csc.edge(2, 1) == 1);
  CHECK(csc.edge(0, 2) == 2);
  CHECK(graph::from_coo({0}, {1}, 5).num_vertices() == 5);
}

TEST_CASE("queries by vertex, by edge and by pair agree with naive loops") {
  check_property([] {
    const random_pairs r;
    const graph g(r.edges, r.n);
    RC_ASSERT(g.num_vertices() == r.n);
    for (std::size_t e = 0; e < r.edges.size(); ++e) {
      RC_ASSERT(g.source(static_cast<edge_id>(e)) == r.edges[e].first);
      RC_ASSERT(g.target(static_cast<edge_id>(e)) == r.edges[e].second);
    }
    for (vertex_id u = 0; u < r.n; ++u) {
      const ids in = chosen(r.edges, [&](vertex_id, vertex_id to) { return to == u; });
      const ids out = chosen(r.edges, [&](vertex_id from, vertex_id) { return from == u; });
      RC_ASSERT(g.in_edges(u) == in);
      RC_ASSERT(g.out_edges(u) == out);
      RC_ASSERT(g.in_degree(u) == std::ssize(in));
      RC_ASSERT(g.out_degree(u) == std::ssize(out));
      RC_ASSERT(in_degrees(g).at(u) == static_cast<float>(in.size()));
      RC_ASSERT(out_degrees(g).at(u) == static_cast<float>(out.size()));
      for (vertex_id v = 0; v < r.n; ++v) {
        const ids between = chosen(r.edges, [&](vertex_id from, vertex_id to) { return from == u && to == v; });
        RC_ASSERT(g.edges(u, v) == between);
        RC_ASSERT(g.has_edge(u, v) == !between.empty());
        if (between.empty()) RC_ASSERT_THROWS_AS(g.edge(u, v), std::invalid_argument);
        else RC_ASSERT(g.edge(u, v) == between[0]);
      }
    }
  });
}

TEST_CASE("queries in bulk agree with those one at a time") {
  check_property([] {
    const random_pairs r;
    const graph g(r.edges, r.n);
    const auto queries = *rc::gen::container<pairs>(
        rc::gen::pair(rc::gen::inRange<vertex_id>(0, r.n), rc::gen::inRange<vertex_id>(0, r.n)));
    std::vector<std::int32_t> u, v, from, to;
    for (const auto& [a, b] : queries) u.push_back(a), v.push_back(b);
    for (const auto& [a, b] : r.edges) from.push_back(a), to.push_back(b);
    const auto found = g.has_edges(u, v);
    RC_ASSERT(found.shape() == shape_type{std::ssize(queries)});
    for (std::size_t i = 0; i < queries.size(); ++i)
      RC_ASSERT(found.at(static_cast<std::int64_t>(i)) == g.has_edge(u[i], v[i]));

    const auto first = g.edges(from, to);
    std::vector<edge_id> every;
    for (std::size_t e = 0; e < r.edges.size(); ++e) {
      RC_ASSERT(first.at(static_cast<std::int64_t>(e)) == g.edge(from[e], to[e]));
      every.push_back(static_cast<edge_id>(e));
    }
    const auto [sources, targets] = g.find_edges(every);
    RC_ASSERT(same_bits(sources, id_list(from).to_int64()));
    RC_ASSERT(same_bits(targets, id_list(to).to_int64()));
  });
}

TEST_CASE("degrees are columns") {
  const graph g = sample();
  CHECK(same_bits(in_degrees(g), tensor({4, 1}, {0, 3, 2, 0})));
  CHECK(same_bits(out_degrees(g), tensor({4, 1}, {3, 0, 2, 0})));
  const graph block = graph::bipartite({0, 1, 2}, {0, 0, 1}, 3, 2);
  CHECK(same_bits(in_degrees(block), tensor({2, 1}, {2, 1})));
  CHECK(same_bits(out_degrees(block), tensor({3, 1}, {1, 1, 1})));
}

TEST_CASE("ids out of range and absent edges are named") {
  const graph g = sample();
  CHECK_THROWS_SAYING(g.source(5), std::invalid_argument, "[source] edge 5 is not in a graph of 5 edges");
  CHECK_THROWS_SAYING(g.target(-1), std::invalid_argument, "[target] edge -1");
  CHECK_THROWS_SAYING(g.in_degree(4), std::invalid_argument, "[in_degree] vertex 4 is not in a graph of 4");
  CHECK_THROWS_SAYING(g.out_degree(-1), std::invalid_argument, "[out_degree] vertex -1");
  CHECK_THROWS_SAYING(g.in_edges(4), std::invalid_argument, "[in_edges] vertex 4");
  CHECK_THROWS_SAYING(g.out_edges(4), std::invalid_argument, "[out_edges] vertex 4");
  CHECK_THROWS_SAYING(g.has_edge(0, 4), std::invalid_argument, "[has_edge] target 4 is not in a graph of 4");
  CHECK_THROWS_SAYING(g.edge(4, 0), std::invalid_argument, "[edge] source 4");
  CHECK_THROWS_SAYING(g.edge(1, 0), std::invalid_argument, "[edge] there is no edge from 1 to 0");
  CHECK_THROWS_SAYING(g.edges(0, -1), std::invalid_argument, "[edges] target -1");
  CHECK_THROWS_SAYING(g.edges({0, 1}, {1, 3}), std::invalid_argument, "[edges] pair 1: there is no edge from 1 to 3");
  CHECK_THROWS_SAYING(g.edges({0, 1}, ids{1}), std::invalid_argument, "[edges] 2 sources for 1 targets");
  CHECK_THROWS_SAYING(g.has_edges({0, 1}, ids{1}), std::invalid_argument, "[has_edges] 2 sources for 1 targets");
  CHECK_THROWS_SAYING(g.has_edges({0, 9}, {1, 1}), std::invalid_argument, "[has_edges] source 9");
  CHECK_THROWS_SAYING(g.find_edges({0, 5}), std::invalid_argument, "[find_edges] edge id at position 1 is 5");
  CHECK(g.edges(1, 0).empty());
}

TEST_CASE("numbers of vertices that there cannot be are refused") {
  CHECK_THROWS_SAYING(graph({{0, 1}}, -5), std::invalid_argument, "num_vertices is -5, expected 0 or more, or -1");
  CHECK_THROWS_SAYING(graph(std::vector<graph::edge_pair>{}, -2), std::invalid_argument, "num_vertices is -2");
  CHECK_THROWS_SAYING(graph::from_coo({0}, {0}, -2), std::invalid_argument, "[from_coo] num_vertices is -2");
  CHECK_THROWS_SAYING(graph::from_coo({0}, {0}, std::int64_t{1} << 40), std::invalid_argument, "got 1099511627776");
  CHECK_THROWS_SAYING(graph::from_coo({}, {}, 0).edge(0, 0), std::invalid_argument, "[edge] source 0");
  CHECK_THROWS_SAYING(graph::bipartite({0}, {0}, -1, 1), std::invalid_argument, "got -1");
  CHECK_THROWS_SAYING(graph::from_csr(ids{}, ids{}), std::invalid_argument, "[from_csr] offsets is empty");
  CHECK(graph::from_coo({0}, {0}, -1).num_vertices() == 1);
}

TEST_CASE("a graph never changes: its ids are its own") {
  basic_tensor<std::int32_t> u({3}, {0, 1, 2}), v({3}, {1, 2, 0});
  const graph g = graph::from_coo(u, v), two = graph::bipartite(u, v, 3, 3);
  u.mutable_data()[0] = 2;
  v.mutable_data()[2] = 1'000'000;
  for (const graph* some : {&g, &two}) {
    CHECK(some->source(0) == 0);
    CHECK(some->target(2) == 0);
    CHECK(some->in_edges(0) == std::vector<edge_id>{2});
    CHECK(some->out_edges(2) == std::vector<edge_id>{2});
  }
}

TEST_CASE("bad edge lists are refused") {
  CHECK_THROWS_SAYING(graph({{0, 1}, {1, 2}}, 2), std::invalid_argument, "target of edge 1 is 2");
  CHECK_THROWS_SAYING(graph({{-1, 1}}), std::invalid_argument, "source of edge 0 is -1");
  CHECK_THROWS_SAYING(graph({{-5, -3}}), std::invalid_argument, "source of edge 0 is -5");
  CHECK_THROWS_SAYING(graph::from_coo(ids{std::numeric_limits<edge_id>::max()}, ids{0}), std::invalid_argument,
                      "from 0 to 2147483647 vertices");
  CHECK_THROWS_SAYING(graph::from_coo({0, 1}, {0, 1, 2}), std::invalid_argument, "sources has 2 ids, targets has 3");
  CHECK_THROWS_SAYING(graph(adjacency::from_coo({0}, {0}, 1, 2)), std::invalid_argument,
                      "[graph] one vertex set, but 1 sources and 2 destinations");
}

TEST_CASE("one vertex set has one frame under three names") {
  graph g = sample();
  g.ndata["h"] = tensor({4});
  CHECK(g.srcdata.contains("h"));
  CHECK(g.dstdata.contains("h"));
  g.dstdata["y"] = tensor({4});
  CHECK(g.ndata.contains("y"));
  CHECK_FALSE(g.edata.contains("h"));
  g.edata["w"] = tensor({5});
  CHECK_THROWS_SAYING(g.edata["w"] = tensor({4}), std::invalid_argument,
                      "[edata] column \"w\" has 4 rows, the graph has 5 edges");
}

TEST_CASE("a bipartite graph has two vertex sets, each with its frame") {
  graph block = graph::bipartite({0, 2, 2}, {1, 0, 1}, 3, 2);
  CHECK(block.is_bipartite());
  CHECK(block.num_src() == 3);
  CHECK(block.num_dst() == 2);
  CHECK(block.in_edges(1) == ids{0, 2});
  CHECK(block.out_edges(2) == ids{1, 2});
  CHECK(block.has_edge(2, 0));
  block.srcdata["h"] = tensor({3});
  block.dstdata["h"] = tensor({2, 5});
  CHECK(block.srcdata["h"].as().rows() == 3);
  const char* two = "the graph has two vertex sets";
  CHECK_THROWS_SAYING(block.num_vertices(), std::invalid_argument, two);
  CHECK_THROWS_SAYING(block.ndata["h"] = tensor({3}), std::invalid_argument, two);
  CHECK_THROWS_SAYING(block.ndata["h"].as(), std::invalid_argument, two);
  CHECK_THROWS_SAYING(block.srcdata["h"] = tensor({2}), std::invalid_argument,
                      "[srcdata] column \"h\" has 2 rows, the graph has 3 sources");
  CHECK_THROWS_SAYING(block.dstdata["h"] = tensor({3}), std::invalid_argument, "the graph has 2 destinations");
  CHECK_THROWS_SAYING(block.in_edges(2), std::invalid_argument, "vertex 2");
  CHECK_THROWS_SAYING(block.has_edge(0, 2), std::invalid_argument, "target 2 is not in a graph of 2 destinations");
  CHECK(graph::bipartite({0}, {0}, 2, 2).is_bipartite());  // equal counts do not make it one set
}

TEST_CASE("a block is a bipartite graph that says so, and its copies do") {
  const graph block = graph::block({0, 1, 2}, {0, 0, 1}, 3, 2);
  CHECK((block.is_block() && block.is_bipartite()));
  CHECK_FALSE(graph::bipartite({0, 1, 2}, {0, 0, 1}, 3, 2).is_block());
  CHECK_FALSE(sample().is_block());
  graph copy = block, assigned;
  assigned = copy;
  CHECK((copy.is_block() && assigned.is_block() && local_scope(block).is_block()));
  CHECK(graph(std::move(copy)).is_block());
  CHECK(graph::block(block.topology()).in_edges(0) == ids{0, 1});
  CHECK_THROWS_SAYING(graph::block({0}, {1}, 1, 2), std::invalid_argument,
                      "[graph] a block of 1 sources and 2 destinations");
}

TEST_CASE("columns of a copy are its own, their storage and the topology are shared") {
  graph g = sample();
  tensor h({4}, {1, 2, 3, 4});
  g.ndata["h"] = h;
  graph copy = g;
  copy.ndata["new"] = tensor({4});
  copy.ndata["h"] = tensor({4});
  copy.edata["w"] = tensor({5});
  CHECK_FALSE(g.ndata.contains("new"));
  CHECK_FALSE(g.edata.contains("w"));
  CHECK(g.ndata["h"].as().shares_storage_with(h));
  CHECK(copy.srcdata.contains("new"));  // the three names stay one frame in the copy

  const graph again = g;
  CHECK(again.ndata["h"].as().shares_storage_with(h));
  h.mutable_data()[0] = 9;
  CHECK(again.ndata["h"].as().at(0) == 9);
  CHECK(again.topology().sources() == g.topology().sources());
  g.ndata.erase("h");
  CHECK(again.ndata.contains("h"));
}

TEST_CASE("a copy of a bipartite graph keeps two frames of its own") {
  graph block = graph::bipartite({0}, {0}, 2, 1);
  block.srcdata["x"] = tensor({2});
  graph copy = block;
  copy.dstdata["y"] = tensor({1});
  copy.srcdata["z"] = tensor({2});
  CHECK(copy.is_bipartite());
  CHECK(copy.srcdata.names() == std::vector<std::string>{"x", "z"});
  CHECK(block.srcdata.names() == std::vector<std::string>{"x"});
  CHECK(block.dstdata.names().empty());
}

TEST_CASE("assignment copies, also from itself, and moving takes over") {
  graph g = sample(), other({{0, 1}});
  g.ndata["h"] = tensor({4});
  other.ndata["old"] = tensor({2});
  other = g;
  CHECK(other.num_vertices() == 4);
  CHECK(other.ndata.names() == std::vector<std::string>{"h"});
  other.ndata["new"] = tensor({4});
  CHECK_FALSE(g.ndata.contains("new"));
  const graph& self = other;
  other = self;
  CHECK(other.ndata.names() == std::vector<std::string>{"h", "new"});
  const graph moved = std::move(other);
  CHECK(moved.ndata.contains("new"));
  CHECK(moved.num_edges() == 5);
}

TEST_CASE("columns made in a local scope vanish with it") {
  graph g = sample();
  g.ndata["h"] = tensor({4}, {1, 2, 3, 4});
  {
    graph local = local_scope(g);
    CHECK(local.ndata["h"].as().at(2) == 3);
    local.ndata["scratch"] = tensor({4});
    local.ndata["h"] = tensor({4});
    local.edata["w"] = tensor({5});
  }
  CHECK(g.ndata.names() == std::vector<std::string>{"h"});
  CHECK(g.ndata["h"].as().at(2) == 3);
  CHECK(g.edata.names().empty());
}
