// Parts of graphs.
#include <edgefold/ops/transform/subgraph.hpp>

#include <support/derived.hpp>
#include <support/gradients.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

std::int64_t place_of(const row_numbers& list, std::int64_t id) {
  const auto at = std::ranges::find(list, id);
  return at == list.end() ? -1 : at - list.begin();
}

// The edges between `vertices` by the place of their targets, then their ids.
bool is_induced(const graph& h, const graph& g, const row_numbers& vertices) {
  edge_pairs edges;
  row_numbers ids;
  for (std::size_t v = 0; v < vertices.size(); ++v)
    for (edge_id e = 0; e < g.num_edges(); ++e)
      if (g.target(e) == vertices[v] && place_of(vertices, g.source(e)) >= 0) {
        edges.emplace_back(place_of(vertices, g.source(e)), v);
        ids.push_back(e);
      }
  return h.num_vertices() == std::ssize(vertices) && pairs_of(h) == edges &&
         rows_and_ids_are(h.ndata, g.ndata, vertices) && rows_and_ids_are(h.edata, g.edata, ids);
}

// Edges `ids` of g between all vertices.
bool has_edges(const graph& h, const graph& g, const row_numbers& ids) {
  edge_pairs edges;
  for (const edge_id e : ids) edges.emplace_back(g.source(e), g.target(e));
  return h.num_src() == g.num_src() && h.num_dst() == g.num_dst() && pairs_of(h) == edges &&
         shares_columns(h.srcdata, g.srcdata) && shares_columns(h.dstdata, g.dstdata) &&
         rows_and_ids_are(h.edata, g.edata, ids);
}

// h is g without vertices that have no edge.
bool is_compacted(const graph& h, const graph& g) {
  std::set<std::int64_t> src, dst;
  for (const auto& [u, v] : pairs_of(g)) src.insert(u), (g.is_bipartite() ? dst : src).insert(v);
  if (!g.is_bipartite()) dst = src;
  const row_numbers from(src.begin(), src.end()), to(dst.begin(), dst.end());
  edge_pairs edges;
  for (const auto& [u, v] : pairs_of(g)) edges.emplace_back(place_of(from, u), place_of(to, v));
  return pairs_of(h) == edges && h.is_bipartite() == g.is_bipartite() && shares_columns(h.edata, g.edata) &&
         rows_and_ids_are(h.srcdata, g.srcdata, from) && rows_and_ids_are(h.dstdata, g.dstdata, to);
}

TEST_CASE("property: node_subgraph has the edges between its vertices") {
  check_property([] {
    const graph g = random_featured();
    const row_numbers vertices = random_choice(g.num_vertices());
    RC_ASSERT(is_induced(node_subgraph(g, vertices), g, vertices));
  });
}

TEST_CASE("property: edge_subgraph has its edges, and all vertices or their ends") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    const row_numbers edges = random_choice(g.num_edges());
    const graph kept = edge_subgraph(g, edges, subgraph_vertices::keep);
    RC_ASSERT(has_edges(kept, g, edges));
    const graph h = edge_subgraph(g, edges);
    RC_ASSERT(pairs_of(h) == pairs_of(compact(kept)));
    RC_ASSERT(rows_and_ids_are(h.edata, g.edata, edges));
    RC_ASSERT(same_bits(everything(h), everything(compact(kept))));
  });
}

TEST_CASE("property: compact leaves vertices without edges out") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    RC_ASSERT(is_compacted(compact(g), g));
  });
}

TEST_CASE("property: in_subgraph and out_subgraph have the edges at their vertices") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    for (const bool in : {true, false}) {
      const row_numbers vertices = random_choice(in ? g.num_dst() : g.num_src());
      row_numbers ids;
      for (std::int64_t v = 0; v < (in ? g.num_dst() : g.num_src()); ++v)
        for (edge_id e = 0; e < g.num_edges(); ++e)
          if ((in ? g.target(e) : g.source(e)) == v && place_of(vertices, v) >= 0) ids.push_back(e);
      RC_ASSERT(has_edges(in ? in_subgraph(g, vertices) : out_subgraph(g, vertices), g, ids));
    }
  });
}

TEST_CASE("property: k-hop subgraphs are induced by what is within k hops, seeds first") {
  check_property([] {
    const graph g = random_featured();
    const row_numbers seeds = random_choice(g.num_vertices());
    const std::int64_t k = *rc::gen::inRange(0, 4);
    for (const bool in : {true, false}) {
      std::vector<std::int64_t> distance(static_cast<std::size_t>(g.num_vertices()), k + 1);
      for (const std::int64_t s : seeds) distance[static_cast<std::size_t>(s)] = 0;
      for (std::int64_t hop = 0; hop < k; ++hop)
        for (const auto& [u, v] : pairs_of(g)) {
          const auto from = static_cast<std::size_t>(in ? v : u), to = static_cast<std::size_t>(in ? u : v);
          distance[to] = std::min(distance[to], distance[from] + 1);
        }
      const graph h = in ? khop_in_subgraph(g, seeds, k) : khop_out_subgraph(g, seeds, k);
      const auto ids = h.ndata[original_id].as<std::int64_t>();
      const row_numbers vertices(ids.values().begin(), ids.values().end());
      RC_ASSERT(is_induced(h, g, vertices));
      RC_ASSERT(std::equal(seeds.begin(), seeds.end(), vertices.begin()));
      RC_ASSERT(std::ranges::count_if(distance, [k](auto d) { return d <= k; }) == std::ssize(vertices));
      const auto hops = [&](std::int64_t v) { return distance[static_cast<std::size_t>(v)]; };
      RC_ASSERT(std::ranges::is_sorted(vertices, {}, hops) && (vertices.empty() || hops(vertices.back()) <= k));
    }
  });
}

TEST_CASE("the original ids of a subgraph are its own") {
  const graph g({{0, 1}, {2, 1}});
  basic_tensor<std::int64_t> ids({1}, {1});
  const graph edges = edge_subgraph(g, ids), nodes = node_subgraph(g, ids);
  ids.mutable_data()[0] = 0;
  CHECK(edges.edata[original_id].as<std::int64_t>().at(0) == 1);
  CHECK(nodes.ndata[original_id].as<std::int64_t>().at(0) == 1);
}

TEST_CASE("out_subgraph leaves the out-edges with the graph that they were built for") {
  const graph g({{0, 1}, {1, 0}, {0, 0}});
  const edge_groups& out = g.topology().out_edges();
  CHECK(out_subgraph(g, {0}).num_edges() == 2);
  CHECK(&g.topology().out_edges() == &out);
}

TEST_CASE("an original_id of the graph itself is replaced") {
  const graph part = node_subgraph(graph({{0, 1}, {1, 2}, {2, 3}}), {1, 2, 3});
  const graph h = node_subgraph(part, {2, 1});
  CHECK(same_bits(h.ndata[original_id].as<std::int64_t>(), basic_tensor<std::int64_t>({2}, {2, 1})));
  CHECK(same_bits(h.edata[original_id].as<std::int64_t>(), basic_tensor<std::int64_t>({1}, {1})));
}

TEST_CASE("features of subgraphs pass gradients on") {
  using make = std::function<graph(const graph&)>;
  for (const make& part : {make([](const graph& g) {
                             return node_subgraph(g, {4, 1, 0, 3});
                           }),
                           make([](const graph& g) {
                             return edge_subgraph(g, {7, 2, 15, 0});
                           }),
                           make([](const graph& g) {
                             return in_subgraph(g, {1, 4});
                           }),
                           make([](const graph& g) {
                             return out_subgraph(g, {5, 0});
                           }),
                           make([](const graph& g) { return khop_in_subgraph(g, {2}, 1); }),
                           make([](const graph& g) { return compact(g); })}) {
    const checked_function of_vertices = [&](const inputs_of& x) {
      graph g = some_graph();
      g.ndata["h"] = x[0];
      return part(g).ndata["h"].as<double>();
    };
    const checked_function of_edges = [&](const inputs_of& x) {
      graph g = some_graph();
      g.edata["w"] = x[0];
      return part(g).edata["w"].as<double>();
    };
    CHECK_GRADIENTS(of_vertices, {normal(7, {2})});
    CHECK_GRADIENTS(of_edges, {normal(16, {2})});
  }
}

TEST_CASE("subgraphs are the same for any number of threads") {
  const graph& g = many_edges();
  const row_numbers vertices = every_third(g.num_vertices()), edges = every_third(g.num_edges());
  check_thread_counts([&] { return everything(node_subgraph(g, vertices)); });
  check_thread_counts([&] { return everything(edge_subgraph(g, edges)); });
  check_thread_counts([&] { return everything(in_subgraph(g, vertices)); });
  check_thread_counts([&] { return everything(out_subgraph(g, vertices)); });
  check_thread_counts([&] { return everything(khop_out_subgraph(g, {3, 650}, 1)); });
  CHECK(is_compacted(compact(g), g));
}

TEST_CASE("subgraphs of nothing, and what is refused") {
  const graph g({{0, 1}, {1, 2}});
  CHECK(node_subgraph(g, {}).num_vertices() == 0);
  CHECK(edge_subgraph(g, {}).num_vertices() == 0);
  CHECK(edge_subgraph(g, {}, subgraph_vertices::keep).num_vertices() == 3);
  CHECK(in_subgraph(g, {}).num_edges() == 0);
  CHECK(khop_in_subgraph(g, {}, 2).num_vertices() == 0);
  CHECK(compact(graph()).num_vertices() == 0);

  CHECK_THROWS_SAYING(node_subgraph(g, {0, 3}), std::invalid_argument,
                      "[node_subgraph] vertex at position 1 is 3, expected an id from 0 to 2");
  CHECK_THROWS_SAYING(node_subgraph(g, {0, 2, 0}), std::invalid_argument, "[node_subgraph] vertex 0 is given twice");
  CHECK_THROWS_SAYING(edge_subgraph(g, {2}), std::invalid_argument, "[edge_subgraph] edge at position 0 is 2");
  CHECK_THROWS_SAYING(edge_subgraph(g, {1, 1}), std::invalid_argument, "[edge_subgraph] edge 1 is given twice");
  CHECK_THROWS_SAYING(in_subgraph(g, {-1}), std::invalid_argument, "[in_subgraph] vertex at position 0 is -1");
  CHECK_THROWS_SAYING(in_subgraph(g, {2, 1, 2}), std::invalid_argument, "[in_subgraph] vertex 2 is given twice");
  CHECK_THROWS_SAYING(out_subgraph(g, {1, 1}), std::invalid_argument, "[out_subgraph] vertex 1 is given twice");
  CHECK_THROWS_SAYING(out_subgraph(g, {3}), std::invalid_argument, "[out_subgraph] vertex at position 0 is 3");
  CHECK_THROWS_SAYING(khop_in_subgraph(g, {0}, -1), std::invalid_argument, "[khop_in_subgraph] k is -1");
  CHECK_THROWS_SAYING(khop_out_subgraph(g, {9}, 1), std::invalid_argument, "[khop_out_subgraph] seed at position 0");
  CHECK_THROWS_SAYING(khop_out_subgraph(g, {1, 1}, 1), std::invalid_argument, "seed 1 is given twice");
  const graph block = graph::bipartite({0}, {1}, 1, 2);
  CHECK_THROWS_SAYING(node_subgraph(block, {0}), std::invalid_argument, "[node_subgraph] the graph is bipartite");
  CHECK_THROWS_SAYING(khop_in_subgraph(block, {0}, 1), std::invalid_argument, "the graph is bipartite");
}

}  // namespace
}  // namespace edgefold
