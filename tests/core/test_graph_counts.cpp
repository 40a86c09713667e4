// Published graphs, counted by Boost's algorithms on our graphs: the numbers in meta.json were computed with scipy.
#include <doctest/doctest.h>

#include <edgefold/core/boost_graph.hpp>

#include <boost/graph/clustering_coefficient.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/page_rank.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/strong_components.hpp>

#include <edgefold/core/io/graph_file.hpp>

#include <support/shared.hpp>
#include <support/tensors.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>

using namespace edgefold;

namespace {

struct data_set {
  nlohmann::json meta;
  graph g;
  std::int64_t fact(const char* name) const { return meta.at(name).get<std::int64_t>(); }
};

std::optional<data_set> load(const std::string& name, const char* edges, const char* count = "num_nodes") {
  const auto about = testing::shared_file("data/" + name + "/meta.json");
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
  for (std::int32_t c : basic_tensor<std::int32_t>(g.ndata[column]).values()) largest = std::max(largest, ++sizes[c]);
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
  rank.array() /= 34;  // Boost's ranks add up to the number of vertices
  const auto expected = d->meta.at("pagerank_alpha085_unweighted").get<std::vector<double>>();
  const auto error = testing::relative_difference(rank, basic_tensor<double>({34, 1}, expected));
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
