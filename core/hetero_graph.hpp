/// A graph of several types of vertices and edges.
#pragma once
#include <compare>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// The full name of a relation: its edges go from vertices of one type to vertices of another, or of the same.
struct edge_type {
  std::string src,  ///< type of the vertices that its edges leave
      name,         ///< several relations may have it
      dst;          ///< type of the vertices that its edges enter
  /// By src, then name, then dst.
  friend auto operator<=>(const edge_type&, const edge_type&) = default;
};
/// "user -follows-> user".
std::string to_string(const edge_type& t);

/// The edges of one relation, for the constructor of a hetero_graph: edge i goes from sources[i] to targets[i].
struct relation_edges {
  edge_type type;   ///< the relation's full name
  id_list sources,  ///< vertices of the type that edges leave, by edge id
      targets;      ///< likewise of the type that they enter
};

/// The same of edges that are grouped already, for from_topologies.
struct relation_topology {
  edge_type type;   ///< the relation's full name
  adjacency edges;  ///< between as many vertices as the types have
};

/// How many vertices of a type there are.
struct vertex_count {
  std::string type;    ///< its name, that no other type has
  std::int64_t count;  ///< from 0 to 2^31 - 1
};

/// What a relation is called: its full name, or its name alone where no other has it.
class relation_name {
 public:
  /// The name alone.
  /// @{
  relation_name(std::string_view name) : name_(name) {}    // NOLINT(google-explicit-constructor)
  relation_name(const char* name) : name_(name) {}         // NOLINT(google-explicit-constructor)
  relation_name(const std::string& name) : name_(name) {}  // NOLINT(google-explicit-constructor)
  /// @}
  /// The full name.
  relation_name(const edge_type& full)  // NOLINT(google-explicit-constructor)
      : name_(full.name), full_(full), all_(true) {}

 private:
  friend class hetero_graph;
  std::string name_;
  edge_type full_;
  bool all_ = false;
};

/// Types of vertices, each with its columns, and relations between them, each of which is a graph. Vertices and edges
/// are numbered from 0 within their type. Copies share topology and feature storage, as those of a graph.
///
///     hetero_graph g({{"user", 3}, {"game", 2}}, {{{"user", "follows", "user"}, {0, 1}, {1, 2}},
///                                                 {{"user", "plays", "game"}, {0, 1, 2}, {0, 0, 1}}});
///     g.nodes("user")["h"] = h;
///     g["plays"].update_all(copy_u("h"), reduce::sum{}, "heard");    // into g.nodes("game")["heard"]
class hetero_graph {
 public:
  /// No types.
  hetero_graph() = default;
  /// Throws for a type or a relation that is named twice, a type that there is not, negative numbers or more than
  /// 2^31 - 1 of vertices, and what graph::bipartite refuses. Ids that are moved in are taken over, others copied.
  hetero_graph(const std::vector<vertex_count>& vertices, std::vector<relation_edges> relations);
  /// Throws for a name as the constructor does, and for edges between other numbers of vertices than the types have.
  static hetero_graph from_topologies(const std::vector<vertex_count>& vertices,
                                      const std::vector<relation_topology>& relations);

  /// The same topology and tensors, with lists of columns of its own.
  /// @{
  hetero_graph(const hetero_graph& other);
  hetero_graph& operator=(const hetero_graph& other);
  /// @}
  /// What is moved from may only be assigned to or destroyed.
  /// @{
  hetero_graph(hetero_graph&& other) noexcept = default;
  hetero_graph& operator=(hetero_graph&& other) noexcept = default;
  /// @}
  ~hetero_graph() = default;

  const std::vector<std::string>& vertex_types() const { return vertex_types_; }  ///< in the order of the constructor
  const std::vector<edge_type>& edge_types() const { return edge_types_; }        ///< likewise

  /// Vertices of a type. As all below, throws for a type or a relation that there is not, and a name that several
  /// relations have.
  std::int64_t num_vertices(std::string_view type) const;
  std::int64_t num_edges(const relation_name& relation) const;      ///< parallel ones counted one by one
  const edge_type& full_name(const relation_name& relation) const;  ///< as it stands in edge_types()
  const adjacency& topology(const relation_name& relation) const;   ///< which edge goes where, without features
  /// Its place in edge_types(), and in vertex_types().
  /// @{
  std::size_t number_of(const relation_name& relation) const;
  std::size_t number_of_type(std::string_view type) const;
  /// @}

  /// The columns of a vertex type.
  /// @{
  frame nodes(std::string_view type);
  const frame nodes(std::string_view type) const;  // NOLINT(readability-const-return-type): a frame is a handle
  /// @}

  /// One relation as a graph whose columns are those of this graph: what is written there is written here. Bipartite,
  /// unless both ends are of one type. The one of a constant graph is a copy in what concerns columns.
  /// @{
  graph operator[](const relation_name& relation);
  graph operator[](const relation_name& relation) const;
  /// @}

  /// What the relations of `parts` send, folded by relation and then across relations, into column `out` of all vertex
  /// types that they reach; defined in ops/multi_update_all.hpp.
  template <class Cross, class... Parts>
  void multi_update_all(std::string_view out, const Cross& cross, const Parts&... parts);

 private:
  graph relation(std::size_t i) const;
  // Column `name` of several vertex types: all of them, or where one is refused none.
  void set_columns(std::string_view name, const std::vector<std::pair<std::string, any_tensor>>& by_type);
  void add_types(const std::vector<vertex_count>& vertices);
  void add_relation(const edge_type& type, adjacency edges);

  std::vector<std::string> vertex_types_;
  std::vector<edge_type> edge_types_;
  std::vector<frame> vertex_data_, edge_data_;  // by type
  std::vector<adjacency> edges_;
};

namespace detail {

/// Relations that an operation is given, each of which may come once.
class distinct_relations {
 public:
  distinct_relations(const hetero_graph& g, std::string_view operation)
      : g_(g), operation_(operation), used_(g.edge_types().size()) {}
  /// The full name of the next; throws where there is no such relation, or it has come before.
  const edge_type& operator()(const relation_name& name);

 private:
  const hetero_graph& g_;
  std::string_view operation_;
  std::vector<bool> used_;
};

}  // namespace detail
}  // namespace edgefold
