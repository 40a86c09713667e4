/// Reductions and softmax over consecutive rows.
#pragma once
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {
template <any_message M, class R>
auto fold_segments(const edge_groups& segments, const M& m, const R& reducer) {
  const operand_scope scope{"segment_reduce", detail::no_vertices, detail::no_vertices, segments.num_edges, nullptr};
  return recorded_fold(bound(m, scope), reducer, {segments, nullptr}, scope.operation);
}
}  // namespace impl

/// Reduces segments of rows, `lengths[i]` of them each, with any reducer: (rows, dims...) gives (segments, dims...). An
/// empty segment gets the reducer's `empty`. Throws unless the lengths add up to the rows.
template <tensor_like X, class R>
auto segment_reduce(const id_list& lengths, const X& x, const R& reducer) {
  const edge_groups groups = segments(lengths);
  const auto& t = as_tensor(x);
  check(t.rows() == groups.num_edges, "segment_reduce", "x has ", t.rows(), " rows, the segments have ",
        groups.num_edges);
  return impl::fold_segments(groups, copy(edge(t)), reducer);
}

/// The same of messages whose operands, edge(...) or shared(...), have a row for each row of the segments: none is
/// stored. Throws for operands of vertices, which segments do not have.
template <any_message M, class R>
auto segment_reduce(const id_list& lengths, const M& m, const R& reducer) {
  return impl::fold_segments(segments(lengths), m, reducer);
}

/// Softmax within each segment, feature by feature: shape of x. Throws unless the lengths add up to the rows.
template <tensor_like X>
auto segment_softmax(const id_list& lengths, const X& x) {
  static_assert(std::floating_point<scalar_of<X>>, "a softmax needs float or double scores");
  return detail::softmax_of_groups(as_tensor(x), segments(lengths), "segment_softmax", "rows in the segments");
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
