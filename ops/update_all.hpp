/// Message passing: messages along the edges, folded at their destinations.
#pragma once
#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/gradient/fold_vjp.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/named_pairs.hpp>
#include <edgefold/ops/reduce.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// Sends the message of every edge to its destination and folds there: a tensor (num_dst, features...). A destination
/// without in-edges gets the reducer's `empty`, and sends no gradient anywhere. Throws where operands do not fit the
/// graph or each other.
template <any_message M, class R>
auto update_all(const graph& g, const M& m, const R& reducer) {
  return impl::fold_recorded(m, reducer, detail::edges_of(g), detail::scope_of(g, "update_all"));
}

}  // namespace EDGEFOLD_ISA

template <class Message, class Reducer>
void graph::update_all(const Message& m, const Reducer& r, std::string_view out) {
  dstdata[out] = edgefold::update_all(*this, m, r);
}

}  // namespace edgefold
