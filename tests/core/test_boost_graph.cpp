#include <doctest/doctest.h>

#include <edgefold/core/boost_graph.hpp>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/copy.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/transpose_graph.hpp>

#include <edgefold/core/generators.hpp>

#include <support/tensors.hpp>

#include <map>
#include <set>
#include <unordered_set>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

template <class G>
void assert_concepts() {
  BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::VertexAndEdgeListGraphConcept<G>));
}
template <class G>
void assert_own_concepts() {
  assert_concepts<G>();
  using edge = typename boost::graph_traits<G>::edge_descriptor;
  BOOST_CONCEPT_ASSERT((boost::AdjacencyMatrixConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<G, vertex_id, boost::vertex_index_t>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<G, edge, boost::edge_index_t>));
}

using boost_directed = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, boost::no_property,
                                             boost::property<boost::edge_index_t, edge_id>>;
using boost_undirected = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                               boost::property<boost::edge_index_t, edge_id>>;

template <class Boost>
Boost twin(const graph& g) {
  Boost b(static_cast<std::size_t>(g.num_vertices()));
  for (edge_id e = 0; e < g.num_edges(); ++e)
    add_edge(static_cast<std::size_t>(g.source(e)), static_cast<std::size_t>(g.target(e)), e, b);
  return b;
}

// (edge id, far end) of the edges that `range` holds.
template <class Range, class G>
std::multiset<std::pair<edge_id, vertex_id>> met(const Range& range, const G& g, bool far_is_target) {
  std::multiset<std::pair<edge_id, vertex_id>> all;
  for (auto [e, last] = range; e != last; ++e)
    all.emplace(get(boost::edge_index, g, *e), static_cast<vertex_id>(far_is_target ? target(*e, g) : source(*e, g)));
  return all;
}

template <class G>
std::multiset<vertex_id> neighbors(vertex_id v, const G& g) {
  std::multiset<vertex_id> all;
  for (auto [u, last] = adjacent_vertices(static_cast<typename boost::graph_traits<G>::vertex_descriptor>(v), g);
       u != last; ++u)
    all.insert(static_cast<vertex_id>(*u));
  return all;
}

// Self-loops, parallel and antiparallel edges, an isolated vertex.
graph awkward() { return graph({{0, 1}, {2, 1}, {1, 2}, {0, 1}, {3, 3}, {1, 3}, {4, 0}}, 6); }

template <class G, class Boost>
void check_same_incidence(const G& g, const Boost& b) {
  REQUIRE(num_vertices(g) == num_vertices(b));
  REQUIRE(num_edges(g) == num_edges(b));
  for (auto [v, last] = vertices(g); v != last; ++v) {
    const auto w = static_cast<std::size_t>(*v);
    CHECK(met(out_edges(*v, g), g, true) == met(out_edges(w, b), b, true));
    CHECK(met(in_edges(*v, g), g, false) == met(in_edges(w, b), b, false));
    CHECK(neighbors(*v, g) == neighbors(*v, b));
    CHECK(out_degree(*v, g) == out_degree(w, b));
    CHECK(in_degree(*v, g) == in_degree(w, b));
    CHECK(degree(*v, g) == degree(w, b));
    for (auto [e, end] = out_edges(*v, g); e != end; ++e) CHECK(source(*e, g) == *v);
    for (auto [e, end] = in_edges(*v, g); e != end; ++e) CHECK(target(*e, g) == *v);
  }
}

}  // namespace

TEST_CASE("the concepts of Boost.Graph hold, also of Boost's adaptors") {
  assert_own_concepts<graph>();
  assert_own_concepts<undirected_graph_view>();
  assert_concepts<boost::reverse_graph<graph>>();
  using edge_filter = std::function<bool(edge_descriptor)>;
  assert_concepts<boost::filtered_graph<graph, edge_filter>>();
  assert_concepts<boost::filtered_graph<const graph, edge_filter>>();
  assert_concepts<boost::filtered_graph<undirected_graph_view, edge_filter>>();
  BOOST_CONCEPT_ASSERT((boost::LvaluePropertyMapConcept<column_map<const float, edge_descriptor>, edge_descriptor>));
  BOOST_CONCEPT_ASSERT((boost::ReadWritePropertyMapConcept<column_map<float, vertex_id>, vertex_id>));
  BOOST_CONCEPT_ASSERT((boost::Mutable_LvaluePropertyMapConcept<column_map<float, vertex_id>, vertex_id>));
  CHECK(boost::is_directed_bidirectional_graph<graph>::value);
  CHECK(boost::is_undirected_graph<undirected_graph_view>::value);
  CHECK(boost::is_multigraph<graph>::value);
  CHECK(boost::graph_traits<graph>::null_vertex() == -1);
}

TEST_CASE("a graph is met as Boost's bidirectional graph of the same edges") {
  const graph g = awkward();
  check_same_incidence(g, twin<boost_directed>(g));
  std::vector<edge_id> ids;
  for (auto [e, last] = edges(g); e != last; ++e) ids.push_back((*e).id);
  CHECK(ids == std::vector<edge_id>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("an undirected view is met as Boost's undirected graph of the same edges") {
  const graph g = awkward();
  const auto view = undirected_view(g);
  check_same_incidence(view, twin<boost_undirected>(g));
  CHECK(degree(3, view) == 3);  // a self-loop counts twice
  CHECK(met(out_edges(3, view), view, true) == std::multiset<std::pair<edge_id, vertex_id>>{{4, 3}, {4, 3}, {5, 1}});
}

TEST_CASE("an undirected view outlives the graph it was made of") {
  const auto view = undirected_view(graph({{0, 1}, {2, 1}}));
  CHECK(num_vertices(view) == 3);
  CHECK(neighbors(1, view) == std::multiset<vertex_id>{0, 2});
}

TEST_CASE("edge(u, v) finds the first edge, of a view in either direction") {
  const graph g = awkward();
  CHECK(edge(0, 1, g).second);
  CHECK(edge(0, 1, g).first.id == 0);
  CHECK_FALSE(edge(1, 0, g).second);
  const auto [e, found] = edge(1, 0, undirected_view(g));
  CHECK(found);
  CHECK(e.id == 0);
  CHECK(e.source == 1);
  CHECK(e.target == 0);
  CHECK(edge(3, 3, undirected_view(g)).first.id == 4);
  CHECK_FALSE(edge(5, 0, undirected_view(g)).second);
}

TEST_CASE("edge descriptors compare and hash by id") {
  const edge_descriptor forth{0, 1, 7}, back{1, 0, 7}, other{0, 1, 8};
  CHECK(forth == back);
  CHECK(forth != other);
  CHECK(forth < other);
  CHECK_FALSE(forth < back);
  CHECK(std::unordered_set<edge_descriptor>{forth, back, other}.size() == 2);
  CHECK(boost::hash<edge_descriptor>()(forth) == boost::hash<edge_descriptor>()(back));
}

TEST_CASE("index maps read the ids") {
  const graph g = awkward();
  const edge_descriptor e = *std::next(edges(g).first, 3);
  CHECK(get(boost::vertex_index, g, 4) == 4);
  CHECK(get(get(boost::vertex_index, g), 4) == 4);
  CHECK(get(boost::edge_index, g, e) == 3);
  CHECK(get(get(boost::edge_index, undirected_view(g)), e) == 3);
  CHECK(get(boost::edge_index, g)[e] == 3);
}

TEST_CASE("a bipartite graph is refused with a sentence") {
  const graph block = graph::bipartite({0, 1}, {0, 0}, 2, 2);
  const char* sentence = "a bipartite graph has two vertex sets";
  CHECK_THROWS_SAYING(num_vertices(block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(num_edges(block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(vertices(block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(edges(block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(out_edges(0, block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(in_edges(0, block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(adjacent_vertices(0, block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(degree(0, block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(edge(0, 0, block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(undirected_view(block), std::invalid_argument, sentence);
  CHECK_THROWS_SAYING(node_map<float>(block, "x"), std::invalid_argument, "two vertex sets");
}

TEST_CASE("breadth-first and Dijkstra's distances land in columns") {
  graph g({{0, 1}, {1, 2}, {0, 2}, {2, 3}, {4, 0}});
  g.edata["w"] = tensor({5}, {1, 1, 5, 2, 1});
  const auto hops = node_map<std::int64_t>(g, "hops");
  boost::breadth_first_search(
      g, 0, boost::visitor(boost::make_bfs_visitor(boost::record_distances(hops, boost::on_tree_edge()))));
  CHECK(same_bits<std::int64_t>(g.ndata["hops"], basic_tensor<std::int64_t>({5, 1}, {0, 1, 1, 2, 0})));

  boost::dijkstra_shortest_paths(g, 0,
                                 boost::weight_map(edge_map<float>(g, "w"))
                                     .distance_map(node_map<float>(g, "d"))
                                     .predecessor_map(node_map<std::int32_t>(g, "from")));
  const float far = std::numeric_limits<float>::max();
  CHECK(same_bits<float>(g.ndata["d"], tensor({5, 1}, {0, 1, 2, 4, far})));
  CHECK(same_bits<std::int32_t>(g.ndata["from"], basic_tensor<std::int32_t>({5, 1}, {0, 0, 1, 2, 4})));

  boost::dijkstra_shortest_paths(
      undirected_view(g), 3,
      boost::weight_map(edge_map<float>(std::as_const(g), "w")).distance_map(node_map<float>(g, "d")));
  CHECK(same_bits<float>(g.ndata["d"], tensor({5, 1}, {4, 3, 2, 0, 5})));
}

TEST_CASE("Dijkstra on a reversed graph, weights by the underlying edge") {
  graph g({{0, 1}, {1, 2}, {0, 2}, {2, 3}});
  g.edata["w"] = tensor({4}, {1, 1, 5, 2});
  const auto back = boost::make_reverse_graph(g);
  const auto w =
      boost::detail::reverse_graph_edge_property_map<column_map<float, edge_descriptor>>(edge_map<float>(g, "w"));
  boost::dijkstra_shortest_paths(back, 3, boost::weight_map(w).distance_map(node_map<float>(g, "d")));
  CHECK(same_bits<float>(g.ndata["d"], tensor({4, 1}, {4, 3, 2, 0})));
  CHECK(get(boost::edge_index, back, *out_edges(3, back).first) == 3);
}

TEST_CASE("a filtered graph sees the edges and vertices its predicates let through") {
  graph g({{0, 1}, {1, 2}, {2, 3}, {0, 3}});
  const std::function<bool(edge_descriptor)> odd = [](const edge_descriptor& e) { return e.id % 2 == 1; };
  const auto some = boost::make_filtered_graph(g, odd);
  std::vector<edge_id> ids;
  for (auto [e, last] = edges(some); e != last; ++e) ids.push_back(get(boost::edge_index, some, *e));
  CHECK(ids == std::vector<edge_id>{1, 3});
  CHECK(out_degree(0, some) == 1);
  CHECK(in_degree(1, some) == 0);
  CHECK(boost::strong_components(some, node_map<std::int32_t>(g, "scc")) == 4);

  const graph kept = from_boost(some);
  CHECK(kept.num_vertices() == 4);
  CHECK(kept.num_edges() == 2);
  CHECK(kept.has_edge(0, 3));

  const std::function<bool(vertex_id)> not_two = [](vertex_id v) { return v != 2; };
  const auto rest = boost::make_filtered_graph(std::as_const(g), boost::keep_all(), not_two);
  CHECK(std::distance(edges(rest).first, edges(rest).second) == 2);
}

TEST_CASE("a reversed graph has in-edges for out-edges") {
  const graph g = awkward();
  const auto back = boost::make_reverse_graph(g);
  for (vertex_id v = 0; v < 6; ++v) {
    CHECK(met(out_edges(v, back), back, true) == met(in_edges(v, g), g, false));
    CHECK(met(in_edges(v, back), back, false) == met(out_edges(v, g), g, true));
    CHECK(out_degree(v, back) == in_degree(v, g));
  }
  const graph turned = from_boost(back);
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    CHECK(turned.source(e) == g.target(e));
    CHECK(turned.target(e) == g.source(e));
  }
}

TEST_CASE("copy_graph and transpose_graph read our graph, from_boost brings theirs back") {
  const graph g = awkward();
  boost::adjacency_list<> copied, transposed;
  boost::copy_graph(g, copied);
  boost::transpose_graph(g, transposed);
  const graph same = from_boost(copied), turned = from_boost(transposed);
  REQUIRE(same.num_edges() == g.num_edges());
  REQUIRE(turned.num_edges() == g.num_edges());
  REQUIRE(same.num_vertices() == 6);
  for (vertex_id u = 0; u < 6; ++u)
    for (vertex_id v = 0; v < 6; ++v) {
      CHECK(same.edges(u, v).size() == g.edges(u, v).size());
      CHECK(turned.edges(v, u).size() == g.edges(u, v).size());
    }
}

TEST_CASE("from_boost takes undirected graphs and index maps of one's own") {
  using listed = boost::adjacency_list<boost::vecS, boost::listS, boost::undirectedS>;
  listed b;
  const auto x = add_vertex(b), y = add_vertex(b), z = add_vertex(b);
  add_edge(x, y, b);
  add_edge(z, y, b);
  std::map<listed::vertex_descriptor, int> number{{x, 2}, {y, 0}, {z, 1}};
  const graph g = from_boost(b, boost::make_assoc_property_map(number));
  CHECK(g.num_vertices() == 3);
  CHECK(g.source(0) == 2);
  CHECK(g.target(0) == 0);
  CHECK(g.source(1) == 1);
  CHECK(g.target(1) == 0);
  number[x] = 3;
  CHECK_THROWS_SAYING(from_boost(b, boost::make_assoc_property_map(number)), std::invalid_argument,
                      "source of edge 0 is 3, expected an id from 0 to 2");
  CHECK(from_boost(boost::adjacency_list<>()).num_vertices() == 0);
}

TEST_CASE("column maps write into the column's storage and make a missing column of zeros") {
  graph g({{0, 1}, {1, 2}});
  const tensor rank({3}, {1, 2, 3});
  g.ndata["rank"] = rank;
  const graph shares = g;
  put(node_map<float>(g, "rank"), 1, 20.0F);
  node_map<float>(g, "rank")[2] = 30;
  CHECK(same_bits(rank, tensor({3}, {1, 20, 30})));
  CHECK(same_bits<float>(shares.ndata["rank"], tensor({3}, {1, 20, 30})));
  CHECK(get(node_map<float>(shares, "rank"), 2) == 30);

  edge_map<bool>(g, "seen")[edge_descriptor{1, 2, 1}] = true;
  CHECK(same_bits<bool>(g.edata["seen"], basic_tensor<bool>({2, 1}, {false, true})));
}

TEST_CASE("a map to read counts no write, a map to write counts one") {
  graph g({{0, 1}});
  const tensor x({2, 1}, {1, 2});
  g.ndata["x"] = x;
  const auto version = x.version();
  CHECK(node_map<float>(std::as_const(g), "x")[1] == 2);
  CHECK(x.version() == version);
  node_map<float>(g, "x");
  CHECK(x.version() == version + 1);
}

TEST_CASE("columns that are no map are refused, and stay as they were") {
  graph g({{0, 1}, {1, 2}});
  const tensor wide({3, 2}, {1, 2, 3, 4, 5, 6});
  g.ndata["wide"] = wide;
  CHECK_THROWS_SAYING(node_map<float>(g, "wide"), std::invalid_argument,
                      "[node_map] column \"wide\" has shape (3, 2), expected one number a row");
  CHECK_THROWS_SAYING(node_map<double>(g, "wide"), std::invalid_argument, "column \"wide\" is float, expected double");
  CHECK_THROWS_SAYING(edge_map<float>(std::as_const(g), "none"), std::invalid_argument, "no column \"none\"");
  CHECK(g.edata.names().empty());
  CHECK(same_bits<float>(g.ndata["wide"], wide));
}
