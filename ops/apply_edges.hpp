/// A message on each edge, without a reducer: one row an edge.
#pragma once
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/gradient/message_vjp.hpp>
#include <edgefold/ops/kernel/edge_rows.hpp>
#include <edgefold/ops/kernel/edge_sums.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Calls `body(group, begin, end)` for the edge positions in [begin, end), cut where groups end.
template <class Body>
void for_groups_of(const edge_groups& groups, std::int64_t begin, std::int64_t end, Body&& body) {
  const std::int64_t* o = groups.offsets;
  std::int64_t g = std::upper_bound(o, o + groups.num_groups + 1, begin) - o - 1;
  for (; begin < end; ++g) {
    const std::int64_t stop = std::min(end, o[g + 1]);
    if (begin < stop) body(g, begin, stop);
    begin = std::max(begin, stop);
  }
}

/// Writes the message rows of all edges, by edge id, to where `make_out(features)` says.
template <any_message M, class MakeOut>
void write_messages(const M& m, const edge_groups& groups, side grouped_by, const operand_scope& scope,
                    MakeOut&& make_out) {
  const edge_rows<M> rows(m, groups, grouped_by, scope);
  const std::int64_t width = num_elements(rows.features());
  row_target<typename M::value_type> target{make_out(rows.features()), width, groups.edge_ids, groups.wide_edge_ids};
  target.large = past_caches(target.base, width * groups.num_edges);
  constexpr std::int64_t task_elements = 1 << 15;
  const std::int64_t grain = std::max<std::int64_t>(task_elements / std::max<std::int64_t>(width, 8), 16);
  parallel_for(groups.num_edges, grain, [&](std::int64_t begin, std::int64_t end) {
    for_groups_of(groups, begin, end,
                  [&](std::int64_t g, std::int64_t b, std::int64_t e) { rows.write(g, b, e, target); });
  });
}

/// The same as a new tensor (num_edges, features...).
template <any_message M>
auto edge_messages(const M& m, const edge_groups& groups, side grouped_by, const operand_scope& scope) {
  basic_tensor<typename M::value_type> out;
  write_messages(m, groups, grouped_by, scope, [&](const shape_type& features) {
    shape_type shape{groups.num_edges};
    shape.insert(shape.end(), features.begin(), features.end());
    out = out.uninitialized(std::move(shape));
    return out.data();
  });
  return out;
}

/// The same, recorded: `edges.groups` are grouped by destination, and operands of the sources need the topology.
template <any_message M>
basic_tensor<typename M::value_type> recorded_messages(const M& unbound, const grouped_edges& edges,
                                                       const operand_scope& scope) {
  using T = typename M::scalar_type;
  const M m = bind_all(unbound, scope);
  auto out = edge_messages(m, edges.groups, side::dst, scope);
  if constexpr (std::same_as<typename M::value_type, T> && message_gradient<M> != gradient_kind::none)
    if (message_needs_grad(m, scope.operation))
      if constexpr (message_gradient<M> == gradient_kind::by_duals)
        record_message<T>(out, m.operands, {},
                          [message = without_operands(m), edges](std::span<operand<T>> operands, const auto&,
                                                                 const basic_tensor<T>& g, const vjp_inputs& in) {
                            const M bound = with_operands(message, operands);
                            shape_type row = g.shape();
                            row[0] = 1;
                            const typename vjp_of<M, upstream, 1>::type vjp(bound, upstream{}, {row});
                            auto upstream_rows = [&](const edge_groups& where, side by, std::int64_t) {
                              return std::vector{rows_from(g, side::edge, where, by)};
                            };
                            sweep_both_ways<T>(bound.operands, vjp, edges.groups, edges.topology.get(), upstream_rows,
                                               in);
                          });
  return out;
}

}  // namespace impl

/// The message of every edge: a tensor (num_edges, features...) by edge id. Throws where operands do not fit the graph
/// or each other.
template <any_message M>
auto apply_edges(const graph& g, const M& m) {
  return impl::recorded_messages(m, detail::edges_of(g), detail::scope_of(g, "apply_edges"));
}

}  // namespace EDGEFOLD_ISA

template <class Message>
void graph::apply_edges(const Message& m, std::string_view out) {
  edata[out] = edgefold::apply_edges(*this, m);
}

}  // namespace edgefold
