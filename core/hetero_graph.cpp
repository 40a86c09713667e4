#include <edgefold/core/hetero_graph.hpp>

#include <edgefold/core/error.hpp>
#include <edgefold/core/private/name_list.hpp>

#include <algorithm>
#include <limits>

namespace edgefold {
namespace {

constexpr std::string_view hetero_graph_name = "hetero_graph";

}  // namespace

std::string to_string(const edge_type& t) { return t.src + " -" + t.name + "-> " + t.dst; }

void hetero_graph::add_types(const std::vector<vertex_count>& vertices) {
  for (const auto& [type, count] : vertices) {
    check(std::find(vertex_types_.begin(), vertex_types_.end(), type) == vertex_types_.end(), hetero_graph_name,
          "vertex type \"", type, "\" is named twice");
    constexpr std::int64_t most = std::numeric_limits<vertex_id>::max();
    check(count >= 0 && count <= most, hetero_graph_name, "vertex type \"", type, "\" has ", count,
          " vertices, expected from 0 to ", most);
    vertex_types_.push_back(type);
    vertex_data_.emplace_back("nodes(\"" + type + "\")", "vertices", count);
  }
}

void hetero_graph::add_relation(const edge_type& type, adjacency edges) {
  check(std::find(edge_types_.begin(), edge_types_.end(), type) == edge_types_.end(), hetero_graph_name, "relation \"",
        to_string(type), "\" is named twice");
  edge_types_.push_back(type);
  edge_data_.emplace_back("edata of \"" + to_string(type) + "\"", "edges", edges.num_edges());
  edges_.push_back(std::move(edges));
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): moved from, through the names of its parts
hetero_graph::hetero_graph(const std::vector<vertex_count>& vertices, std::vector<relation_edges> relations) {
  add_types(vertices);
  for (auto& [type, sources, targets] : relations) {
    const std::int64_t from = num_vertices(type.src), to = num_vertices(type.dst);
    add_relation(type, adjacency::from_coo(std::move(sources), std::move(targets), from, to));
  }
}

hetero_graph hetero_graph::from_topologies(const std::vector<vertex_count>& vertices,
                                           const std::vector<relation_topology>& relations) {
  hetero_graph g;
  g.add_types(vertices);
  for (const auto& [type, edges] : relations) {
    const std::int64_t sources = g.num_vertices(type.src), targets = g.num_vertices(type.dst);
    check(edges.num_src() == sources && edges.num_dst() == targets, hetero_graph_name, "the edges of \"",
          to_string(type), "\" are between ", edges.num_src(), " and ", edges.num_dst(), " vertices, the types have ",
          sources, " and ", targets);
    g.add_relation(type, edges);
  }
  return g;
}

hetero_graph::hetero_graph(const hetero_graph& other)
    : vertex_types_(other.vertex_types_), edge_types_(other.edge_types_), edges_(other.edges_) {
  for (const frame& f : other.vertex_data_) vertex_data_.push_back(f.copy());
  for (const frame& f : other.edge_data_) edge_data_.push_back(f.copy());
}
hetero_graph& hetero_graph::operator=(const hetero_graph& other) { return *this = hetero_graph(other); }

std::size_t hetero_graph::number_of_type(std::string_view type) const {
  const auto at = std::find(vertex_types_.begin(), vertex_types_.end(), type);
  check(at != vertex_types_.end(), hetero_graph_name, "no vertex type \"", type, "\"",
        detail::name_list(vertex_types_, "; there are none"));
  return static_cast<std::size_t>(at - vertex_types_.begin());
}

std::size_t hetero_graph::number_of(const relation_name& relation) const {
  std::size_t number = edge_types_.size(), found = 0;
  for (std::size_t i = 0; i < edge_types_.size(); ++i)
    if (relation.all_ ? edge_types_[i] == relation.full_ : edge_types_[i].name == relation.name_) number = i, ++found;
  if (found == 1) return number;
  std::vector<std::string> names;
  for (const edge_type& t : edge_types_)
    if (found == 0 || t.name == relation.name_) names.push_back(to_string(t));
  const std::string called = relation.all_ ? to_string(relation.full_) : relation.name_;
  check(found > 0, hetero_graph_name, "no relation \"", called, "\"", detail::name_list(names, "; there are none"));
  check(false, hetero_graph_name, "several relations are called \"", called, "\"",
        detail::name_list(names, "; there are none"), ": say which, edge_type{source, name, destination}");
  __builtin_unreachable();
}

std::int64_t hetero_graph::num_vertices(std::string_view type) const {
  return vertex_data_[number_of_type(type)].num_rows();
}
std::int64_t hetero_graph::num_edges(const relation_name& r) const { return topology(r).num_edges(); }
const edge_type& hetero_graph::full_name(const relation_name& r) const { return edge_types_[number_of(r)]; }
const adjacency& hetero_graph::topology(const relation_name& r) const { return edges_[number_of(r)]; }

frame hetero_graph::nodes(std::string_view type) { return vertex_data_[number_of_type(type)]; }
// NOLINTNEXTLINE(readability-const-return-type): through a const graph, columns are not set
const frame hetero_graph::nodes(std::string_view type) const { return vertex_data_[number_of_type(type)]; }

void hetero_graph::set_columns(std::string_view name, const std::vector<std::pair<std::string, any_tensor>>& by_type) {
  std::vector<std::pair<frame, frame>> changes;  // the columns of a type, and what they shall be
  changes.reserve(by_type.size());
  for (const auto& [type, rows] : by_type) {
    const frame old = nodes(type);
    changes.emplace_back(old, old.copy()).second.set(name, rows);
  }
  for (auto& [old, changed] : changes) old.swap_columns(changed);
}

const edge_type& detail::distinct_relations::operator()(const relation_name& name) {
  const std::size_t number = g_.number_of(name);
  const edge_type& type = g_.edge_types()[number];
  check(!used_[number], operation_, "relation \"", to_string(type), "\" is named twice");
  used_[number] = true;
  return type;
}

graph hetero_graph::relation(std::size_t i) const {
  const edge_type& t = edge_types_[i];
  const auto sets = t.src == t.dst ? graph::vertex_sets::one : graph::vertex_sets::two;
  return graph(edges_[i], sets, vertex_data_[number_of_type(t.src)], vertex_data_[number_of_type(t.dst)],
               edge_data_[i]);
}
graph hetero_graph::operator[](const relation_name& r) { return relation(number_of(r)); }
graph hetero_graph::operator[](const relation_name& r) const {
  const graph shared = relation(number_of(r));
  return graph(shared);  // a copy, with columns of its own
}

}  // namespace edgefold
