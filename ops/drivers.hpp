/// Message passing on parts of a graph, functions of vertices, and filters.
#pragma once
#include <edgefold/core/row_writes.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/traverse/frontier.hpp>
#include <edgefold/ops/traverse/traversal.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Folds into the destinations of `part`; gives one row for each of them.
template <any_message M, class R>
auto fold_part(const graph& g, M given, const R& r, const partial_groups& part, std::string_view operation) {
  M m = bound(std::move(given), scope_of(g, operation));  // a new one: a callable that captures cannot be assigned
  for (auto& o : m.operands) {  // bound to the whole graph; the kernels see rows of these destinations and edges
    if (o.where == side::dst) o.value = gather_rows(o.value, part.vertices);
    if (o.where == side::edge && part.edges.defined()) o.value = gather_rows(o.value, part.edges);
  }
  return recorded_fold(m, r, {part.groups, nullptr}, operation);
}

/// As many rows as `num_rows` of the reducer's `empty`, to write rows of `like` into.
template <element T, class R>
basic_tensor<T> empty_rows(std::int64_t num_rows, const basic_tensor<T>& like, const R& r) {
  shape_type shape = like.shape();
  shape[0] = num_rows;
  return full<T>(shape, static_cast<T>(empty_of(r)));
}
template <element T, class... Rs>
basic_tensor<T> empty_rows(std::int64_t num_rows, const basic_tensor<T>& like, const reduce::multi<Rs...>& r) {
  const std::int64_t last = like.shape().back() / static_cast<std::int64_t>(sizeof...(Rs));
  const basic_tensor<T> one(with_last_dim(like.shape(), last));
  return std::apply([&](const auto&... each) { return concat({empty_rows(num_rows, one, each)...}, -1); }, r.reducers);
}

/// The column to write rows of `like` into, or a new one.
template <element T, class R>
basic_tensor<T> column_for(const frame& columns, std::string_view name, const basic_tensor<T>& like, const R& r,
                           std::string_view operation) {
  shape_type shape = like.shape();
  shape[0] = columns.num_rows();
  if (!columns.contains(name)) return empty_rows(columns.num_rows(), like, r);
  basic_tensor<T> old = columns.template get_as<T>(name);
  check(old.shape() == shape, operation, "column \"", name, "\" has shape ", old.shape(), ", the result needs ", shape);
  return old;
}

template <any_message M, class R>
void fold_part_into(graph& g, const M& m, const R& r, const partial_groups& part, std::string_view out,
                    std::string_view operation) {
  const auto rows = fold_part(g, m, r, part, operation);
  g.dstdata[out] = detail::with_rows(column_for(g.dstdata, out, rows, r, operation), part.vertices, rows);
}

/// Folds frontier after frontier into column `out`; `part_of` says what belongs to one.
template <any_message M, class R>
void propagate(graph& g, const frontiers& order, const M& m, const R& r, decltype(detail::groups_into)& part_of,
               std::string_view out, std::string_view operation) {
  graph work = g;  // `g` changes when all is done, or not at all
  bool own = false;
  for (const auto& frontier : order) {
    const auto part = part_of(work.topology(), frontier, operation);
    const auto rows = fold_part(work, m, r, part, operation);
    std::remove_const_t<decltype(rows)> column = column_for(work.dstdata, out, rows, r, operation);
    if (own && !needs_grad(rows, column)) detail::write_rows_at(column, part.vertices, rows);
    else work.dstdata[out] = detail::with_rows(column, part.vertices, rows);
    own = true;
  }
  if (own) g.dstdata[out] = work.dstdata[out];
}

/// A message of vertices alone, its operands bound as rows that follow one another.
template <any_message M>
auto vertex_messages(const graph& g, M given, std::string_view operation) {
  for (std::size_t i = 0; i < M::num_operands; ++i)
    check(given.operands[i].where == side::dst || given.operands[i].where == side::shared, operation, "operand ", i,
          " is ", side_name(given.operands[i].where), "(...), expected node(...) or shared(...)");
  M m = bound(std::move(given), scope_of(g, operation));
  for (auto& o : m.operands)
    if (o.where == side::dst) o.where = side::edge;
  return recorded_messages(m, rows_as_edges(g.num_dst()), operation);
}

inline basic_tensor<std::int64_t> rows_that_hold(const basic_tensor<bool>& t, std::string_view operation) {
  check(t.width() == 1, operation, "the predicate has feature shape ", t.shape(), ", expected one value a row");
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < t.rows(); ++i)
    if (t.data()[i]) ids.push_back(i);
  return basic_tensor<std::int64_t>({std::ssize(ids)}, std::span<const std::int64_t>(ids));
}

}  // namespace impl

/// The message of each vertex, of operands node(x) and shared(x): (num_dst, features...). Throws for other operands.
/// As all drivers below, also where operands do not fit the graph or each other, and for ids out of range.
template <any_message M>
auto apply_nodes(const graph& g, const M& m) {
  return impl::vertex_messages(g, m, "apply_nodes");
}

/// Folds over the edges of `edge_ids` alone, each as often as it stands there: (num_dst, features...), the reducer's
/// `empty` where none arrives.
template <any_message M, class R>
auto send_and_recv(const graph& g, const id_list& edge_ids, const M& m, const R& r) {
  const auto part = detail::groups_among(g.topology(), edge_ids, "send_and_recv");
  const auto rows = impl::fold_part(g, m, r, part, "send_and_recv");
  return detail::with_rows(impl::empty_rows(g.num_dst(), rows, r), part.vertices, rows);
}

/// Folds over all in-edges of `vertices`: row i belongs to vertices[i].
template <any_message M, class R>
auto pull(const graph& g, const id_list& vertices, const M& m, const R& r) {
  const auto part = detail::groups_into(g.topology(), vertices, "pull");
  const auto rows = impl::fold_part(g, m, r, part, "pull");
  auto position = basic_tensor<std::int32_t>::uninitialized({vertices.size()});
  const auto known = part.vertices.values();
  for (std::int64_t i = 0; i < vertices.size(); ++i)
    position.mutable_data()[i] =
        static_cast<std::int32_t>(std::lower_bound(known.begin(), known.end(), vertices[i]) - known.begin());
  return gather_rows(rows, position);
}

/// Folds over all out-edges of `vertices`, those of each as often as it stands there: (num_dst, features...), the
/// reducer's `empty` where none arrives.
template <any_message M, class R>
auto push(const graph& g, const id_list& vertices, const M& m, const R& r) {
  return send_and_recv(g, detail::edges_out_of(g.topology(), vertices, "push"), m, r);
}

/// Pulls frontier after frontier of vertices, each seeing what the ones before it wrote into column `out`. A visited
/// vertex without in-edges gets the reducer's `empty`; `g` is changed when all is done, or not at all.
template <any_message M, class R>
void prop_nodes(graph& g, const frontiers& order, const M& m, const R& r, std::string_view out) {
  impl::propagate(g, order, m, r, detail::groups_into, out, "prop_nodes");
}
/// prop_nodes over the breadth-first layers from `sources`.
template <any_message M, class R>
void prop_nodes_bfs(graph& g, const id_list& sources, const M& m, const R& r, std::string_view out) {
  prop_nodes(g, bfs_nodes(g, sources), m, r, out);
}
/// prop_nodes in topological order; throws where the graph has a cycle.
template <any_message M, class R>
void prop_nodes_topo(graph& g, const M& m, const R& r, std::string_view out) {
  prop_nodes(g, topological_nodes(g), m, r, out);
}

/// send_and_recv along frontier after frontier of edges, each seeing what the ones before it wrote into column `out`;
/// only the vertices that its edges arrive at change. `g` is changed when all is done, or not at all.
template <any_message M, class R>
void prop_edges(graph& g, const frontiers& order, const M& m, const R& r, std::string_view out) {
  impl::propagate(g, order, m, r, detail::groups_among, out, "prop_edges");
}
/// prop_edges along depth-first searches from `sources`.
template <any_message M, class R>
void prop_edges_dfs(graph& g, const id_list& sources, const M& m, const R& r, std::string_view out,
                    const dfs_options& options = {}) {
  prop_edges(g, dfs_labeled_edges(g, sources, options).edges, m, r, out);
}

/// Vertices, ascending, for which a predicate of node(x) and shared(x) holds; one truth value a vertex.
template <any_message M>
basic_tensor<std::int64_t> filter_nodes(const graph& g, const M& predicate) {
  static_assert(std::same_as<typename M::value_type, bool>,
                "filter_nodes needs a functor that compares: a mask, not numbers");
  return impl::rows_that_hold(impl::vertex_messages(g, predicate, "filter_nodes"), "filter_nodes");
}
/// Edge ids, ascending, for which a predicate holds; one truth value an edge.
template <any_message M>
basic_tensor<std::int64_t> filter_edges(const graph& g, const M& predicate) {
  static_assert(std::same_as<typename M::value_type, bool>,
                "filter_edges needs a functor that compares: a mask, not numbers");
  constexpr std::string_view operation = "filter_edges";
  const auto m = impl::bound(predicate, detail::scope_of(g, operation));
  return impl::rows_that_hold(impl::edge_messages(m, g.topology().in_edges(), operation), operation);
}

}  // namespace EDGEFOLD_ISA

template <class Message>
void graph::apply_nodes(const Message& m, std::string_view out) {
  dstdata[out] = edgefold::apply_nodes(*this, m);
}
template <class Message, class Reducer>
void graph::send_and_recv(const id_list& edge_ids, const Message& m, const Reducer& r, std::string_view out) {
  impl::fold_part_into(*this, m, r, detail::groups_among(topology_, edge_ids, "send_and_recv"), out, "send_and_recv");
}
template <class Message, class Reducer>
void graph::pull(const id_list& vertices, const Message& m, const Reducer& r, std::string_view out) {
  impl::fold_part_into(*this, m, r, detail::groups_into(topology_, vertices, "pull"), out, "pull");
}
template <class Message, class Reducer>
void graph::push(const id_list& vertices, const Message& m, const Reducer& r, std::string_view out) {
  impl::fold_part_into(*this, m, r,
                       detail::groups_among(topology_, detail::edges_out_of(topology_, vertices, "push"), "push"), out,
                       "push");
}

}  // namespace edgefold
