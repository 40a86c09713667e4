#include <edgefold/ops/transform/edit_graph.hpp>

#include <edgefold/ops/transform/private/derived_graph.hpp>

#include <limits>

namespace edgefold {
namespace {

frame rows_of(const new_features& features, std::string name, std::string row_name, std::int64_t count) {
  frame f(std::move(name), std::move(row_name), count);
  for (const auto& [column, t] : features) f.set(column, t);
  return f;
}

// A flag for each of n: not 0 where it is not in the list.
std::vector<char> others(const id_list& list, std::int64_t n, std::string_view operation, const std::string& kind) {
  list.check_range(n, operation, kind + " at position");
  list.check_distinct(n, operation, kind);
  std::vector<char> kept(static_cast<std::size_t>(n), 1);
  list.visit([&](const auto& t) {
    for (const auto i : t.values()) kept[static_cast<std::size_t>(i)] = 0;
  });
  return kept;
}

}  // namespace

graph add_nodes(const graph& g, std::int64_t count, const new_features& features) {
  detail::check_one_vertex_set(g, "add_nodes");
  const std::int64_t most = std::numeric_limits<vertex_id>::max() - g.num_vertices();
  check(count >= 0 && count <= most, "add_nodes", "count is ", count, ", expected from 0 to ", most, " vertices");
  const auto [sources, targets] = detail::ends_of(g.topology());
  graph h = graph::from_coo(sources, targets, g.num_vertices() + count);
  detail::append_rows(g.ndata, rows_of(features, "ndata", "new vertices", count), h.ndata, "add_nodes");
  detail::share_columns(g.edata, h.edata);
  return h;
}

graph add_edges(const graph& g, const id_list& sources, const id_list& targets, const new_features& features) {
  return detail::append_edges(g, sources, targets, rows_of(features, "edata", "new edges", sources.size()),
                              "add_edges");
}

graph remove_nodes(const graph& g, const id_list& vertices) {
  detail::check_one_vertex_set(g, "remove_nodes");
  const auto kept = others(vertices, g.num_vertices(), "remove_nodes", "vertex");
  const auto stays = [&kept](vertex_id v) { return kept[static_cast<std::size_t>(v)] != 0; };
  const vertex_id *u = g.topology().sources(), *v = g.topology().targets();
  const auto edges = detail::ids_where(g.num_edges(), [&](edge_id e) { return stays(u[e]) && stays(v[e]); });
  return detail::with_vertices(detail::with_edges(g, edges), kept, kept);
}

graph remove_edges(const graph& g, const id_list& edges) {
  const auto kept = others(edges, g.num_edges(), "remove_edges", "edge");
  return detail::with_edges(
      g, detail::ids_where(g.num_edges(), [&](edge_id e) { return kept[static_cast<std::size_t>(e)] != 0; }));
}

}  // namespace edgefold
