/// Message passing: messages along the edges, folded at their destinations.
#pragma once
#include <concepts>

#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/reduce.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// Sends the message of every edge to its destination and folds there: a tensor (num_dst, features...). A destination
/// without in-edges gets the reducer's `empty`, and sends no gradient anywhere. Throws where operands do not fit the
/// graph or each other.
template <any_message M, class R>
auto update_all(const graph& g, const M& m, const R& reducer) {
  constexpr std::string_view operation = "update_all";
  return impl::recorded_fold(impl::bound(m, detail::scope_of(g, operation)), reducer, detail::edges_of(g), operation);
}

/// Says what is wrong with anything else.
template <class G, class M, class R>
requires(!(std::convertible_to<const G&, const graph&> && any_message<M>)) auto update_all(const G&, const M&,
                                                                                           const R&) {
  static_assert(impl::always_false<G>,
                "update_all(g, message, reducer): first a graph, then a message as of message(f, src(x)) or copy_u(x), "
                "then a reducer as reduce::sum{}");
}

}  // namespace EDGEFOLD_ISA

template <class Message, class Reducer>
void graph::update_all(const Message& m, const Reducer& r, std::string_view out) {
  dstdata[out] = edgefold::update_all(*this, m, r);
}

}  // namespace edgefold
