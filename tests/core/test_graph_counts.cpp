// Boost's algorithms on our graphs: worked by hand, then on published graphs, whose numbers in meta.json were computed
// with scipy.
#include <doctest/doctest.h>

#include <edgefold/core/boost_graph.hpp>

#include <boost/graph/betweenness_centrality.hpp>
#include <boost/graph/clustering_coefficient.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/kruskal_min_spanning_tree.hpp>
#include <boost/graph/page_rank.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/io/graph_file.hpp>

#include <support/shared.hpp>
#include <support/tensors.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <optional>
#include <set>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

struct data_set {
  nlohmann::json meta;
  graph g;
  std::int64_t fact(const char* name) const { return meta.at(name).get<std::int64_t>(); }
};

std::optional<data_set> load(const std::string& name, const char* edges, const char* count = "num_nodes") {
  const auto about = shared_file("data/" + name + "/meta.json");
  if (about.empty()) return std::nullopt;
  data_set d;
  std::ifstream(about) >> d.meta;
  d.g = read_graph(about.parent_path() / edges, d.fact(count));
  return d;
}

// One edge for each pair, where a file holds both directions.
graph halved(const graph& g) {
  std::vector<edge_id> kept;
  for (edge_id e = 0; e < g.num_edges(); ++e)
    if (g.source(e) < g.target(e)) kept.push_back(e);
  return graph(g.topology().subset(kept));
}

// (number, size of the largest) of the components that `column` tells.
std::pair<std::int64_t, std::int64_t> components(const graph& g, const char* column) {
  std::map<std::int32_t, std::int64_t> sizes;
  std::int64_t largest = 0;
  const basic_tensor<std::int32_t> of = g.ndata[column];
  for (std::int32_t c : of.values()) largest = std::max(largest, ++sizes[c]);
  return {std::ssize(sizes), largest};
}

std::int64_t triangles(const undirected_graph_view& g) {
  std::size_t corners = 0;
  for (auto [v, last] = vertices(g); v != last; ++v) corners += boost::num_triangles_on_vertex(g, *v);
  CHECK(corners % 3 == 0);
  return static_cast<std::int64_t>(corners / 3);
}

// `g` holds each undirected edge once.
void check_counts(graph g, const data_set& d) {
  const auto view = undirected_view(g);
  const int found = boost::connected_components(view, node_map<std::int32_t>(g, "component"));
  CHECK(components(g, "component") == std::pair(d.fact("components"), d.fact("largest_component")));
  CHECK(found == d.fact("components"));
  std::int64_t isolated = 0;
  vertex_id top = 0;
  for (vertex_id v = 0; v < g.num_vertices(); ++v) {
    isolated += degree(v, view) == 0;
    if (degree(v, view) > degree(top, view)) top = v;
  }
  CHECK(isolated == d.fact("isolated"));
  CHECK(static_cast<std::int64_t>(degree(top, view)) == d.fact("max_degree"));
  if (d.meta.contains("argmax_degree")) CHECK(top == d.fact("argmax_degree"));
  CHECK(triangles(view) == d.fact("triangles"));
}

}  // namespace

TEST_CASE("components need the undirected view") {
  graph g({{1, 0}, {2, 0}, {3, 4}}, 6);
  const int count = boost::connected_components(undirected_view(g), node_map<std::int32_t>(g, "component"));
  CHECK(count == 3);
  const basic_tensor<std::int32_t> component = g.ndata["component"];
  CHECK(same_bits(component, basic_tensor<std::int32_t>({6, 1}, {0, 0, 0, 1, 1, 2})));
  CHECK(boost::connected_components(g, node_map<std::int32_t>(g, "wrong")) != 3);  // why the view exists
}

TEST_CASE("strong components, and on the reversed graph the same") {
  graph g({{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}, {4, 3}, {4, 5}});
  CHECK(boost::strong_components(g, node_map<std::int32_t>(g, "scc")) == 3);
  CHECK(boost::strong_components(boost::make_reverse_graph(g), node_map<std::int32_t>(g, "back")) == 3);
  const auto scc = node_map<std::int32_t>(std::as_const(g), "scc");
  const auto back = node_map<std::int32_t>(std::as_const(g), "back");
  for (vertex_id u = 0; u < 6; ++u)
    for (vertex_id v = 0; v < 6; ++v) CHECK((scc[u] == scc[v]) == (back[u] == back[v]));
  CHECK(scc[0] == scc[2]);
  CHECK(scc[3] == scc[4]);
  CHECK(scc[2] != scc[3]);
}

TEST_CASE("topological order of a graph without cycles") {
  const graph g({{3, 1}, {1, 0}, {3, 0}, {0, 2}});
  std::vector<vertex_id> order;
  boost::topological_sort(g, std::back_inserter(order));
  CHECK(order == std::vector<vertex_id>{2, 0, 1, 3});
}

TEST_CASE("Kruskal's tree of an undirected view, by a column of weights") {
  graph g({{0, 1}, {2, 1}, {0, 2}, {3, 2}, {3, 0}});
  g.edata["w"] = tensor({5, 1}, {4, 1, 2, 7, 3});
  std::vector<edge_descriptor> tree;
  boost::kruskal_minimum_spanning_tree(undirected_view(g), std::back_inserter(tree),
                                       boost::weight_map(edge_map<float>(g, "w")));
  std::set<edge_id> ids;
  for (const edge_descriptor& e : tree) ids.insert(e.id);
  CHECK(ids == std::set<edge_id>{1, 2, 4});
}

TEST_CASE("betweenness on a path, undirected and directed") {
  graph g({{0, 1}, {2, 1}, {2, 3}, {3, 4}});
  boost::brandes_betweenness_centrality(undirected_view(g), node_map<double>(g, "between"));
  CHECK(relative_difference<double>(g.ndata["between"], basic_tensor<double>({5, 1}, {0, 3, 4, 3, 0})) < 1e-12);

  graph line = generate::path(4);
  boost::brandes_betweenness_centrality(
      line, boost::centrality_map(node_map<float>(line, "v")).edge_centrality_map(edge_map<float>(line, "e")));
  CHECK(same_bits<float>(line.ndata["v"], tensor({4, 1}, {0, 2, 2, 0})));
  CHECK(same_bits<float>(line.edata["e"], tensor({3, 1}, {3, 4, 3})));
}

TEST_CASE("page_rank writes a column, and a copy made before does not see it") {
  graph g({{0, 1}, {1, 0}, {0, 2}, {2, 0}});
  const graph before = g;
  boost::graph::page_rank(g, node_map<float>(g, "rank"), boost::graph::n_iterations(200), 0.85F);
  // Boost's ranks add up to the number of vertices: r0 = 0.15 + 0.85 (r1 + r2), r1 = r2 = 0.15 + 0.85 r0 / 2
  CHECK(relative_difference<float>(g.ndata["rank"], tensor({3, 1}, {1.4594595F, 0.7702703F, 0.7702703F})) < 1e-5);
  CHECK_FALSE(before.ndata.contains("rank"));
}

TEST_CASE("Zachary's karate club") {
  auto d = load("karate", "edges.txt");
  if (!d) return;
  graph& g = d->g;
  CHECK(g.num_vertices() == 34);
  CHECK(g.num_edges() == d->fact("num_undirected_edges"));
  check_counts(g, *d);
  const auto view = undirected_view(g);
  const auto degrees = d->meta.at("degrees").get<std::vector<std::size_t>>();
  for (vertex_id v = 0; v < 34; ++v) CHECK(degree(v, view) == degrees[static_cast<std::size_t>(v)]);

  boost::graph::page_rank(view, node_map<double>(g, "rank"), boost::graph::n_iterations(200), 0.85);
  basic_tensor<double> rank = g.ndata["rank"];
  rank.mutable_array() /= 34;  // Boost's ranks add up to the number of vertices
  const auto expected = d->meta.at("pagerank_alpha085_unweighted").get<std::vector<double>>();
  const auto error = relative_difference(rank, basic_tensor<double>({34, 1}, expected));
  CHECK(error < 1e-10);
}

TEST_CASE("Cora and CiteSeer") {
  for (const char* name : {"cora", "citeseer"}) {
    CAPTURE(name);
    const auto d = load(name, "edges.npy");
    if (!d) return;
    CHECK(d->g.num_edges() == d->fact("num_directed_edges"));
    const graph half = halved(d->g);
    CHECK(half.num_edges() == d->fact("num_undirected_edges"));
    check_counts(half, *d);
  }
}

TEST_CASE("collaborations in general relativity") {
  const auto d = load("snap-ca-GrQc", "edges.txt");
  if (!d) return;
  CHECK(d->g.num_edges() == d->fact("num_undirected_edges"));
  check_counts(d->g, *d);
}

TEST_CASE("the molecules of MUTAG are the components of one graph") {
  const auto d = load("tu-mutag", "edges.npy", "total_nodes");
  if (!d) return;
  CHECK(d->g.num_edges() == d->fact("total_directed_edges"));
  check_counts(halved(d->g), *d);
}

TEST_CASE("e-mail within an institute is a directed graph with self-loops") {
  auto d = load("snap-email-Eu-core", "edges.txt");
  if (!d) return;
  graph& g = d->g;
  CHECK(g.num_edges() == d->fact("num_directed_edges"));
  boost::connected_components(undirected_view(g), node_map<std::int32_t>(g, "weak"));
  CHECK(components(g, "weak") == std::pair(d->fact("weak_components"), d->fact("largest_wcc")));
  boost::strong_components(g, node_map<std::int32_t>(g, "strong"));
  CHECK(components(g, "strong") == std::pair(d->fact("strong_components"), d->fact("largest_scc")));
  boost::strong_components(boost::make_reverse_graph(g), node_map<std::int32_t>(g, "back"));
  CHECK(components(g, "back") == components(g, "strong"));

  std::int64_t loops = 0, most_in = 0, most_out = 0;
  for (vertex_id v = 0; v < g.num_vertices(); ++v) {
    loops += std::ssize(g.edges(v, v));
    most_in = std::max(most_in, g.in_degree(v));
    most_out = std::max(most_out, g.out_degree(v));
  }
  CHECK(loops == d->fact("self_loops"));
  CHECK(most_in == d->fact("max_in_degree"));
  CHECK(most_out == d->fact("max_out_degree"));
}
