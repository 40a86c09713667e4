/// One row a graph of a batch: features of its vertices or edges reduced, each batch in one pass.
#pragma once
#include <edgefold/ops/segment.hpp>
#include <edgefold/ops/transform/batch.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// Features of the vertices reduced graph by graph: (vertices, dims...) gives (graphs, dims...). `x` is a tensor, a
/// column, or a message of operands edge(...), which stand for the vertices here: readout_nodes(b, mul(edge(w),
/// edge(x)), reduce::sum{}) is the sum weighted by w. A graph without vertices gets the reducer's `empty`. Throws for
/// another number of rows.
template <class X, class R>
auto readout_nodes(const graph_batch& b, const X& x, const R& reducer) {
  return segment_reduce(b.num_vertices, x, reducer);
}
/// The same over the edges of each graph.
template <class X, class R>
auto readout_edges(const graph_batch& b, const X& x, const R& reducer) {
  return segment_reduce(b.num_edges, x, reducer);
}

/// Softmax over the vertices of each graph, or its edges, feature by feature: shape of x.
/// @{
template <tensor_like X>
auto softmax_nodes(const graph_batch& b, const X& x) {
  return segment_softmax(b.num_vertices, x);
}
template <tensor_like X>
auto softmax_edges(const graph_batch& b, const X& x) {
  return segment_softmax(b.num_edges, x);
}
/// @}

/// Sums of the vertices' features weighted by the softmax of their scores over the graph: scores (vertices, 1), or of
/// any shape that broadcasts against x, (vertices, dims...), give (graphs, dims...). (Li et al. 2016, "Gated graph
/// sequence neural networks", eq. 7, with a softmax for the gate.)
template <tensor_like Scores, tensor_like X>
auto attention_readout(const graph_batch& b, const Scores& scores, const X& x) {
  return readout_nodes(b, mul(edge(softmax_nodes(b, scores)), edge(as_tensor(x))), reduce::sum{});
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
