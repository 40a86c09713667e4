/// Boost.Graph algorithms on our graphs. The only header that includes Boost, because it costs seconds to compile.
///
/// `graph` models VertexListGraph, EdgeListGraph, BidirectionalGraph, AdjacencyGraph, AdjacencyMatrix and
/// ReadablePropertyGraph (vertex_index, edge_index). Algorithms for undirected graphs take `undirected_view(g)`:
/// connected_components, for one, compiles on a directed graph and answers wrongly. A bipartite graph is no Boost
/// graph: every function but `source`, `target` and `get` throws std::invalid_argument on one.
#pragma once
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/property_map/property_map.hpp>
#ifdef EDGEFOLD_BOOST_ALGORITHMS  // what the library itself calls; others include what they call
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/graphviz.hpp>
#endif

#include <edgefold/core/graph.hpp>
#include <edgefold/core/position_iterator.hpp>

namespace edgefold {
namespace detail {

struct graph_traversal : boost::bidirectional_graph_tag,
                         boost::adjacency_graph_tag,
                         boost::vertex_list_graph_tag,
                         boost::edge_list_graph_tag,
                         boost::adjacency_matrix_tag {};

inline const adjacency& one_vertex_set(const graph& g) {
  check(!g.is_bipartite(), "boost_graph", "a bipartite graph has two vertex sets, a Boost graph has one");
  return g.topology();
}

}  // namespace detail

/// What the concepts of Boost.Graph ask for, in their words. Ranges are pairs of iterators, which the graph must
/// outlive; descriptors are not checked.
/// @{
inline std::size_t num_vertices(const graph& g) {
  return static_cast<std::size_t>(detail::one_vertex_set(g).num_src());
}
inline std::size_t num_edges(const graph& g) { return static_cast<std::size_t>(detail::one_vertex_set(g).num_edges()); }
inline detail::position_range<detail::read_vertex> vertices(const graph& g) {
  return detail::positions(detail::read_vertex(), 0, detail::one_vertex_set(g).num_src());
}
inline detail::position_range<detail::read_edge> edges(const graph& g) {
  const adjacency& a = detail::one_vertex_set(g);
  return detail::positions(detail::read_edge{a.sources(), a.targets()}, 0, a.num_edges());
}
inline vertex_id source(const edge_descriptor& e, const graph&) { return e.source; }
inline vertex_id target(const edge_descriptor& e, const graph&) { return e.target; }

inline detail::position_range<detail::read_out_edge> out_edges(vertex_id v, const graph& g) {
  const edge_groups& out = detail::one_vertex_set(g).out_edges();
  return detail::positions(detail::read_out_edge{&out, v}, out.offsets[v], out.offsets[v + 1]);
}
inline detail::position_range<detail::read_in_edge> in_edges(vertex_id v, const graph& g) {
  const edge_groups& in = detail::one_vertex_set(g).in_edges();
  return detail::positions(detail::read_in_edge{&in, v}, in.offsets[v], in.offsets[v + 1]);
}
inline detail::position_range<detail::read_neighbor> adjacent_vertices(vertex_id v, const graph& g) {
  const edge_groups& out = detail::one_vertex_set(g).out_edges();
  return detail::positions(detail::read_neighbor{&out}, out.offsets[v], out.offsets[v + 1]);
}
inline std::size_t out_degree(vertex_id v, const graph& g) {
  return static_cast<std::size_t>(detail::one_vertex_set(g).out_edges().degree(v));
}
inline std::size_t in_degree(vertex_id v, const graph& g) {
  return static_cast<std::size_t>(detail::one_vertex_set(g).in_edges().degree(v));
}
inline std::size_t degree(vertex_id v, const graph& g) { return in_degree(v, g) + out_degree(v, g); }
/// @}

/// The first edge from u to v, and whether there is one.
inline std::pair<edge_descriptor, bool> edge(vertex_id u, vertex_id v, const graph& g) {
  detail::one_vertex_set(g);
  if (!g.has_edge(u, v)) return {edge_descriptor(), false};
  return {{u, v, g.edge(u, v)}, true};
}

/// A graph's topology, every directed edge seen as one undirected edge of the same id. An edge is met once from each
/// end, a self-loop twice from its vertex, as in Boost's own undirected graphs. Edges u -> v and v -> u are two
/// parallel edges: what counts paths, as betweenness does, sees both. Owns a share of the topology; features stay with
/// the graph.
class undirected_graph_view {
 public:
  /// The names by which Boost.Graph knows the class.
  /// @{
  using vertex_descriptor = vertex_id;
  using edge_descriptor = edgefold::edge_descriptor;
  using directed_category = boost::undirected_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using traversal_category = detail::graph_traversal;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = graph::vertex_iterator;
  using edge_iterator = graph::edge_iterator;
  using out_edge_iterator = detail::position_iterator<detail::read_incident_out>;
  using in_edge_iterator = detail::position_iterator<detail::read_incident_in>;
  using adjacency_iterator = detail::position_iterator<detail::read_incident_neighbor>;
  using vertex_property_type = boost::no_property;
  using edge_property_type = boost::no_property;
  using graph_property_type = boost::no_property;
  static vertex_descriptor null_vertex() { return -1; }  ///< stands for no vertex
  /// @}

  undirected_graph_view() = default;
  /// Throws std::invalid_argument for a bipartite graph.
  explicit undirected_graph_view(const graph& g) : directed_(detail::one_vertex_set(g)) {}
  /// The same vertices and edges, directed, without features.
  const graph& directed() const { return directed_; }

 private:
  graph directed_;
};

/// Throws std::invalid_argument for a bipartite graph.
inline undirected_graph_view undirected_view(const graph& g) { return undirected_graph_view(g); }

namespace detail {
template <class Read>
position_range<Read> all_incident(vertex_id v, const undirected_graph_view& g) {
  Read read;
  read.out = &g.directed().topology().out_edges();
  read.in = &g.directed().topology().in_edges();
  read.v = v;
  return positions(read, 0, read.degree());
}
}  // namespace detail

/// The same of a view. The edges of a vertex are first those that leave it, then those that arrive, with the vertex as
/// source in `out_edges`, as target in `in_edges`; its degree counts them all. `edge` is the first from u to v, else
/// the first from v to u.
/// @{
inline std::size_t num_vertices(const undirected_graph_view& g) { return num_vertices(g.directed()); }
inline std::size_t num_edges(const undirected_graph_view& g) { return num_edges(g.directed()); }
inline auto vertices(const undirected_graph_view& g) { return vertices(g.directed()); }
inline auto edges(const undirected_graph_view& g) { return edges(g.directed()); }
inline vertex_id source(const edge_descriptor& e, const undirected_graph_view&) { return e.source; }
inline vertex_id target(const edge_descriptor& e, const undirected_graph_view&) { return e.target; }
inline auto out_edges(vertex_id v, const undirected_graph_view& g) {
  return detail::all_incident<detail::read_incident_out>(v, g);
}
inline auto in_edges(vertex_id v, const undirected_graph_view& g) {
  return detail::all_incident<detail::read_incident_in>(v, g);
}
inline auto adjacent_vertices(vertex_id v, const undirected_graph_view& g) {
  return detail::all_incident<detail::read_incident_neighbor>(v, g);
}
inline std::size_t degree(vertex_id v, const undirected_graph_view& g) { return degree(v, g.directed()); }
inline std::size_t out_degree(vertex_id v, const undirected_graph_view& g) { return degree(v, g); }
inline std::size_t in_degree(vertex_id v, const undirected_graph_view& g) { return degree(v, g); }
inline std::pair<edge_descriptor, bool> edge(vertex_id u, vertex_id v, const undirected_graph_view& g) {
  if (const auto forth = edge(u, v, g.directed()); forth.second) return forth;
  const auto [back, found] = edge(v, u, g.directed());
  return {{u, v, back.id}, found};
}
/// @}

/// An edge's id: the row of its features.
struct edge_index_map {
  /// What Boost asks of a readable property map.
  /// @{
  using key_type = edge_descriptor;
  using value_type = edge_id;
  using reference = edge_id;
  using category = boost::readable_property_map_tag;
  edge_id operator[](const edge_descriptor& e) const { return e.id; }
  friend edge_id get(const edge_index_map&, const edge_descriptor& e) { return e.id; }
  /// @}
};
/// A vertex's number, which is the vertex.
using vertex_index_map = boost::typed_identity_property_map<vertex_id>;

/// What copy_graph copies along by default: nothing, because features are reached by name.
template <class Key>
struct no_property_map {
  /// What Boost asks of a readable property map.
  /// @{
  using key_type = Key;
  using value_type = boost::no_property;
  using reference = boost::no_property;
  using category = boost::readable_property_map_tag;
  boost::no_property operator[](const Key&) const { return {}; }
  friend boost::no_property get(const no_property_map&, const Key&) { return {}; }
  /// @}
};

/// The graphs that this header makes Boost graphs of.
template <class G>
concept boost_viewed = std::same_as<G, graph> || std::same_as<G, undirected_graph_view>;

namespace detail {
// The property maps of graphs and views by tag.
template <class Tag>
struct tagged_map;
template <>
struct tagged_map<boost::vertex_index_t> : std::type_identity<vertex_index_map> {};
template <>
struct tagged_map<boost::edge_index_t> : std::type_identity<edge_index_map> {};
template <>
struct tagged_map<boost::vertex_all_t> : std::type_identity<no_property_map<vertex_id>> {};
template <>
struct tagged_map<boost::edge_all_t> : std::type_identity<no_property_map<edge_descriptor>> {};

// Without members for a tag that graphs do not have: Boost asks for the maps of weights that it then does not use.
template <class Tag>
struct tagged_types {};
template <class Tag>
requires requires { typename tagged_map<Tag>::type; }
struct tagged_types<Tag> {
  using type = typename tagged_map<Tag>::type;
  using const_type = type;
};
}  // namespace detail

/// The property map of a tag, boost::vertex_index or boost::edge_index; with a vertex or an edge: its value there.
/// @{
template <class Tag, boost_viewed G>
typename detail::tagged_map<Tag>::type get(Tag, const G&) {
  return {};
}
template <class Tag, boost_viewed G>
typename detail::tagged_map<Tag>::type::value_type get(Tag tag, const G& g,
                                                       const typename detail::tagged_map<Tag>::type::key_type& x) {
  return get(get(tag, g), x);
}
/// @}

/// A column as an lvalue property map: reads and writes the column's own storage, which it keeps alive. Making a
/// writable one counts as one write into the tensor; later ones through the map are not counted.
template <class T, class Key>
class column_map : public boost::put_get_helper<T&, column_map<T, Key>> {
 public:
  /// What Boost asks of an lvalue property map; that of a constant T is only to be read.
  /// @{
  using key_type = Key;
  using value_type = std::remove_const_t<T>;
  using reference = T&;
  using category = boost::lvalue_property_map_tag;
  /// @}

  column_map() = default;
  /// `values` has one number a row, which node_map and edge_map check.
  explicit column_map(basic_tensor<value_type> values) : values_(std::move(values)) {
    if constexpr (std::is_const_v<T>) data_ = values_.data();
    else data_ = values_.mutable_data();
  }
  /// The number of a vertex or an edge; not checked.
  T& operator[](const Key& key) const {
    if constexpr (std::same_as<Key, edge_descriptor>) return data_[key.id];
    else return data_[key];
  }

 private:
  basic_tensor<value_type> values_;
  T* data_ = nullptr;
};

namespace detail {
template <element T>
basic_tensor<T> number_column(const frame& f, std::string_view name, std::string_view operation) {
  basic_tensor<T> values = f.get_as<T>(name);
  check(values.width() == 1, operation, "column \"", name, "\" has shape ", values.shape(),
        ", expected one number a row");
  return values;
}
template <element T>
basic_tensor<T> number_column(frame& f, std::string_view name, std::string_view operation) {
  if (!f.contains(name)) f[name] = zeros<T>({f.num_rows(), 1});
  return number_column<T>(std::as_const(f), name, operation);
}
}  // namespace detail

/// ndata[name], a column of shape (n) or (n, 1), as a map from vertices; a missing one is made, (n, 1) zeros. Throws
/// std::invalid_argument for another scalar type or shape. A constant graph gives a map to read, of an existing column.
/// @{
template <element T>
column_map<T, vertex_id> node_map(graph& g, std::string_view name) {
  return column_map<T, vertex_id>(detail::number_column<T>(g.ndata, name, "node_map"));
}
template <element T>
column_map<const T, vertex_id> node_map(const graph& g, std::string_view name) {
  return column_map<const T, vertex_id>(detail::number_column<T>(g.ndata, name, "node_map"));
}
/// @}
/// The same of edata, as a map from edges.
/// @{
template <element T>
column_map<T, edge_descriptor> edge_map(graph& g, std::string_view name) {
  return column_map<T, edge_descriptor>(detail::number_column<T>(g.edata, name, "edge_map"));
}
template <element T>
column_map<const T, edge_descriptor> edge_map(const graph& g, std::string_view name) {
  return column_map<const T, edge_descriptor>(detail::number_column<T>(g.edata, name, "edge_map"));
}
/// @}

/// A graph of the vertices and edges of any Boost graph: vertex get(index, v), edges in the order of `edges(g)`. An
/// undirected edge becomes one directed edge, from its source to its target. Throws for an index out of range.
template <class BoostGraph, class VertexIndexMap>
graph from_boost(const BoostGraph& g, const VertexIndexMap& index) {
  using boost::get;
  std::vector<std::int64_t> sources, targets;
  for (auto [e, last] = edges(g); e != last; ++e) {
    sources.push_back(static_cast<std::int64_t>(get(index, source(*e, g))));
    targets.push_back(static_cast<std::int64_t>(get(index, target(*e, g))));
  }
  return graph::from_coo(sources, targets, static_cast<std::int64_t>(num_vertices(g)));
}
/// The same by the graph's own vertex_index.
template <class BoostGraph>
graph from_boost(const BoostGraph& g) {
  return from_boost(g, get(boost::vertex_index, g));
}

}  // namespace edgefold

namespace boost {
template <class G, class Tag>
requires edgefold::boost_viewed<std::remove_const_t<G>>
struct property_map<G, Tag> : edgefold::detail::tagged_types<Tag> {
};
}  // namespace boost
