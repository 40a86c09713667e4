/// Reductions and softmax over consecutive rows.
#pragma once
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// Reduces segments of rows, `lengths[i]` of them each, with any reducer: (rows, dims...) gives (segments, dims...). An
/// empty segment gets the reducer's `empty`. Throws unless the lengths add up to the rows.
template <tensor_like X, class R>
auto segment_reduce(const id_list& lengths, const X& x, const R& reducer) {
  const edge_groups groups = segments(lengths);
  const auto& t = as_tensor(x);
  check(t.rows() == groups.num_edges, "segment_reduce", "x has ", t.rows(), " rows, the segments have ",
        groups.num_edges);
  return impl::fold_recorded(copy(edge(t)), reducer, {groups, nullptr}, {"segment_reduce", 0, 0, t.rows(), nullptr});
}

/// The same of messages whose operands, edge(...) or shared(...), have a row for each row of the segments: none is
/// stored.
template <any_message M, class R>
auto segment_reduce(const id_list& lengths, const M& m, const R& reducer) {
  const edge_groups groups = segments(lengths);
  return impl::fold_recorded(m, reducer, {groups, nullptr}, {"segment_reduce", 0, 0, groups.num_edges, nullptr});
}

/// Softmax within each segment, feature by feature: shape of x. Throws unless the lengths add up to the rows.
template <tensor_like X>
auto segment_softmax(const id_list& lengths, const X& x) {
  static_assert(std::floating_point<scalar_of<X>>, "a softmax needs float or double scores");
  return detail::softmax_of_groups(as_tensor(x), segments(lengths), "segment_softmax", "rows in the segments");
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
