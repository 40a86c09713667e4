/// A graph: shared topology and its columns of features.
#pragma once
#include <compare>
#include <functional>
#include <initializer_list>
#include <utility>

#include <edgefold/core/adjacency.hpp>
#include <edgefold/core/frame.hpp>

namespace boost {
struct bidirectional_tag;
struct allow_parallel_edge_tag;
struct no_property;
}  // namespace boost

namespace edgefold {
namespace detail {
// Boost.Graph looks for its types among the members of a graph, and must not be included here. Defined in
// core/position_iterator.hpp and core/boost_graph.hpp.
struct graph_traversal;
struct read_vertex;
struct read_edge;
struct read_out_edge;
struct read_in_edge;
struct read_neighbor;
template <class Read>
class position_iterator;
}  // namespace detail

/// An edge with its ends, as Boost.Graph passes it around. Equality, order and hash look at the id alone: seen from
/// either end, an edge of an undirected view is the same edge.
struct edge_descriptor {
  vertex_id source = -1;  ///< the end that it leaves
  vertex_id target = -1;  ///< the end that it enters
  edge_id id = -1;        ///< its row in edata

  /// Of the id alone; `hash_value` is what boost::hash calls.
  /// @{
  friend bool operator==(const edge_descriptor& a, const edge_descriptor& b) { return a.id == b.id; }
  friend std::strong_ordering operator<=>(const edge_descriptor& a, const edge_descriptor& b) { return a.id <=> b.id; }
  friend std::size_t hash_value(const edge_descriptor& e) { return std::hash<edge_id>()(e.id); }
  /// @}
};

/// A directed multigraph with features. Copies share topology and feature storage; a column added or replaced
/// afterwards belongs to that copy alone. Sources and destinations are one vertex set, or two (`bipartite`), or two of
/// which one is a part of the other (`block`).
class graph {
 public:
  using edge_pair = std::pair<vertex_id, vertex_id>;  ///< (source, target)

  /// The names by which Boost.Graph knows the class; usable where core/boost_graph.hpp is included.
  /// @{
  using vertex_descriptor = vertex_id;
  using edge_descriptor = edgefold::edge_descriptor;
  using directed_category = boost::bidirectional_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using traversal_category = detail::graph_traversal;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = detail::position_iterator<detail::read_vertex>;
  using edge_iterator = detail::position_iterator<detail::read_edge>;
  using out_edge_iterator = detail::position_iterator<detail::read_out_edge>;
  using in_edge_iterator = detail::position_iterator<detail::read_in_edge>;
  using adjacency_iterator = detail::position_iterator<detail::read_neighbor>;
  using vertex_property_type = boost::no_property;
  using edge_property_type = boost::no_property;
  using graph_property_type = boost::no_property;
  static vertex_descriptor null_vertex() { return -1; }  ///< stands for no vertex
  /// @}

  /// No vertices, no edges.
  graph();
  /// Edge i is edges[i]; vertices 0 .. the greatest id (num_vertices -1), or num_vertices of them. Throws for an id out
  /// of range, and less than -1 vertices.
  /// @{
  graph(std::initializer_list<edge_pair> edges, std::int64_t num_vertices = -1);
  explicit graph(const std::vector<edge_pair>& edges, std::int64_t num_vertices = -1);
  /// @}
  /// One vertex set; throws where `topology` has unlike numbers of sources and destinations.
  explicit graph(adjacency topology);

  // Of ids a graph takes over what is moved in, and copies the rest: see adjacency.

  /// Edge i goes from sources[i] to targets[i]; num_vertices -1: one more than the greatest id.
  static graph from_coo(id_list sources, id_list targets, std::int64_t num_vertices = -1);
  /// Out-edges by source: those of u go to targets[offsets[u]] .. targets[offsets[u + 1] - 1]. Edge id: the position.
  static graph from_csr(id_list offsets, id_list targets);
  /// In-edges by destination: those of v come from sources[offsets[v]] .. sources[offsets[v + 1] - 1].
  static graph from_csc(id_list offsets, id_list sources);
  /// Two vertex sets: `srcdata` belongs to the sources, `dstdata` to the destinations, `ndata` is refused.
  /// @{
  static graph bipartite(id_list sources, id_list targets, std::int64_t num_src, std::int64_t num_dst);
  static graph bipartite(adjacency topology);
  /// @}
  /// The same where the destinations are the first num_dst of the sources, as to_block and sample_blocks make it:
  /// layers then find a destination's own features among those of the sources. Throws for more destinations than
  /// sources.
  /// @{
  static graph block(id_list sources, id_list targets, std::int64_t num_src, std::int64_t num_dst);
  static graph block(adjacency topology);
  /// @}

  /// The same topology and tensors, with a list of columns of its own.
  /// @{
  graph(const graph& other);
  graph& operator=(const graph& other);
  /// @}
  /// What is moved from may only be assigned to or destroyed.
  /// @{
  graph(graph&& other) noexcept = default;
  graph& operator=(graph&& other) noexcept = default;
  /// @}
  ~graph() = default;

  /// Which edge goes where, without features.
  const adjacency& topology() const { return topology_; }
  /// Whether sources and destinations are two vertex sets; of a block too.
  bool is_bipartite() const { return sets_ != vertex_sets::one; }
  /// Whether it was made as a block: the destinations are the first of the sources.
  bool is_block() const { return sets_ == vertex_sets::block; }

  /// Throws on a bipartite graph: say num_src or num_dst.
  std::int64_t num_vertices() const;
  std::int64_t num_src() const { return topology_.num_src(); }      ///< vertices that edges may leave
  std::int64_t num_dst() const { return topology_.num_dst(); }      ///< vertices that edges may enter
  std::int64_t num_edges() const { return topology_.num_edges(); }  ///< parallel ones counted one by one

  vertex_id source(edge_id e) const;  ///< throws for an id out of range, as all below
  vertex_id target(edge_id e) const;  ///< likewise
  /// Edges that arrive at v, and that leave it; a self-loop counts in both.
  /// @{
  std::int64_t in_degree(vertex_id v) const;
  std::int64_t out_degree(vertex_id v) const;
  /// @}
  std::vector<edge_id> in_edges(vertex_id v) const;   ///< ids, ascending
  std::vector<edge_id> out_edges(vertex_id v) const;  ///< ids, ascending

  bool has_edge(vertex_id u, vertex_id v) const;               ///< is there an edge from u to v?
  edge_id edge(vertex_id u, vertex_id v) const;                ///< the first from u to v; throws where there is none
  std::vector<edge_id> edges(vertex_id u, vertex_id v) const;  ///< all parallel edges from u to v, ascending

  // In bulk: one row a query.
  basic_tensor<bool> has_edges(const id_list& u, const id_list& v) const;  ///< from u[i] to v[i]? shape (u.size())
  basic_tensor<std::int64_t> edges(const id_list& u,
                                   const id_list& v) const;  ///< the first of each pair; throws if none
  /// (sources, targets) of edges, each (edge_ids.size()).
  std::pair<basic_tensor<std::int64_t>, basic_tensor<std::int64_t>> find_edges(const id_list& edge_ids) const;

  /// `update_all` on the columns of this graph, the result in dstdata[out]; defined in ops/update_all.hpp, as the rest
  /// of these are in ops.
  template <class Message, class Reducer>
  void update_all(const Message& m, const Reducer& r, std::string_view out);
  /// The message of each edge, in edata[out].
  template <class Message>
  void apply_edges(const Message& m, std::string_view out);
  /// The message of each destination, of operands node(x) and shared(x), in dstdata[out].
  template <class Message>
  void apply_nodes(const Message& m, std::string_view out);
  /// Folds over the edges of `edge_ids` alone, each as often as it stands there. Writes the rows of dstdata[out] where
  /// one arrives; the others keep what they had, or have the reducer's `empty` in a new column. Throws for an id out of
  /// range, and a column of another scalar type or shape than the result's.
  template <class Message, class Reducer>
  void send_and_recv(const id_list& edge_ids, const Message& m, const Reducer& r, std::string_view out);
  /// The same over all in-edges of `vertices`, whose rows are written: to the reducer's `empty` where there is none.
  template <class Message, class Reducer>
  void pull(const id_list& vertices, const Message& m, const Reducer& r, std::string_view out);
  /// The same over all out-edges of `vertices`, those of each as often as it stands there.
  template <class Message, class Reducer>
  void push(const id_list& vertices, const Message& m, const Reducer& r, std::string_view out);

 private:
  friend class hetero_graph;  // whose relations share the columns of their vertex types
  enum class vertex_sets : std::uint8_t { one, two, block };
  graph(adjacency topology, vertex_sets sets);
  graph(adjacency topology, vertex_sets sets, const frame& of_sources, const frame& of_destinations,
        const frame& of_edges);
  void check_edge(edge_id e, std::string_view operation) const;
  void check_ends(std::int64_t u, std::int64_t v, std::string_view operation) const;

  adjacency topology_;
  vertex_sets sets_ = vertex_sets::one;

 public:
  frame ndata;    ///< one row a vertex
  frame srcdata;  ///< one row a source; the same columns as ndata where there is one vertex set
  frame dstdata;  ///< one row a destination; likewise
  frame edata;    ///< one row an edge, by edge id
};

/// A copy of `g` to work in: its new columns vanish with it, `g` keeps its own.
inline graph local_scope(const graph& g) { return g; }

/// The column of a graph that was taken from another, int64 (rows): which vertex (`ndata`, `srcdata`, `dstdata`) or
/// edge
/// (`edata`) of that graph a row was.
inline constexpr std::string_view original_id = "_ID";

/// Degrees as a column: shape (num_dst, 1), and (num_src, 1).
/// @{
tensor in_degrees(const graph& g);
tensor out_degrees(const graph& g);
/// @}

}  // namespace edgefold

// (Doxygen takes std for a scope that it does not find.)
/// @cond
template <>
struct std::hash<edgefold::edge_descriptor> {
  std::size_t operator()(const edgefold::edge_descriptor& e) const { return hash_value(e); }
};
/// @endcond
