/// A message on each edge, without a reducer: one row an edge.
#pragma once
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/named_pairs.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
/// The message of every edge: a tensor (num_edges, features...) by edge id. Throws where operands do not fit the graph
/// or each other.
template <any_message M>
auto apply_edges(const graph& g, const M& m) {
  constexpr std::string_view operation = "apply_edges";
  return impl::recorded_messages(impl::bound(m, detail::scope_of(g, operation)), detail::edges_of(g), operation);
}

}  // namespace EDGEFOLD_ISA

template <class Message>
void graph::apply_edges(const Message& m, std::string_view out) {
  edata[out] = edgefold::apply_edges(*this, m);
}

}  // namespace edgefold
