#include <edgefold/ops/transform/reverse_edges.hpp>

#include <edgefold/ops/transform/private/columns.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>

namespace edgefold {

graph reverse(const graph& g) {
  graph h = detail::graph_like(g, g.topology().reversed());
  detail::share_columns(g.srcdata, h.dstdata);
  if (g.is_bipartite()) detail::share_columns(g.dstdata, h.srcdata);
  detail::share_columns(g.edata, h.edata);
  return h;
}

graph add_reverse_edges(const graph& g, const reverse_edge_options& options) {
  constexpr std::string_view operation = "add_reverse_edges";
  detail::check_one_vertex_set(g, operation);
  const vertex_id *u = g.topology().sources(), *v = g.topology().targets();
  const auto ids = detail::ids_where(g.num_edges(), [&](edge_id e) { return options.self_loops || u[e] != v[e]; });
  const auto [sources, targets] = detail::ends_of(g.topology().subset(ids));
  frame more("edata", "reverse edges", ids.size());
  if (options.copy_features) detail::gather_columns(g.edata, ids, more);
  return detail::append_edges(g, targets, sources, more, operation);
}

}  // namespace edgefold
