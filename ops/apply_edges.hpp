/// A message on each edge, without a reducer: one row an edge.
#pragma once
#include <concepts>

#include <edgefold/ops/gradient/record.hpp>
#include <edgefold/ops/message.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
/// The message of every edge: a tensor (num_edges, features...) by edge id. Throws where operands do not fit the graph
/// or each other.
template <any_message M>
auto apply_edges(const graph& g, const M& m) {
  constexpr std::string_view operation = "apply_edges";
  return impl::recorded_messages(impl::bound(m, detail::scope_of(g, operation)), detail::edges_of(g), operation);
}

/// Says what is wrong with anything else.
template <class G, class M>
requires(!(std::convertible_to<const G&, const graph&> && any_message<M>)) auto apply_edges(const G&, const M&) {
  static_assert(impl::always_false<G>,
                "apply_edges(g, message): first a graph, then a message as of message(f, src(x)) or copy_u(x)");
}

}  // namespace EDGEFOLD_ISA

template <class Message>
void graph::apply_edges(const Message& m, std::string_view out) {
  edata[out] = edgefold::apply_edges(*this, m);
}

}  // namespace edgefold
