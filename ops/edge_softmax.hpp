/// Softmax over the edges that share a destination or a source.
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/core/tensor_like.hpp>

namespace edgefold {

/// The edges whose results add up to 1: those of each destination, or of each source.
enum class norm_by : std::uint8_t { dst, src };

namespace detail {

/// Softmax of scores (groups.num_edges, dims...) within each group; float and double. Errors call the rows `rows`.
template <std::floating_point T>
basic_tensor<T> softmax_of_groups(const basic_tensor<T>& scores, const edge_groups& groups, std::string_view operation,
                                  std::string_view rows);

inline const edge_groups& groups_by(const adjacency& a, norm_by norm) {
  return norm == norm_by::dst ? a.in_edges() : a.out_edges();
}

}  // namespace detail

/// exp(score) over the sum of exp(score) of all edges with the same destination (or source), feature by feature and
/// safe from overflow: shape of `scores`, (num_edges, dims...). Where all scores of a node are -inf the result is NaN,
/// as in torch. Throws for another number of rows.
template <tensor_like Scores>
auto edge_softmax(const graph& g, const Scores& scores, norm_by norm = norm_by::dst) {
  static_assert(std::floating_point<scalar_of<Scores>>, "a softmax needs float or double scores");
  return detail::softmax_of_groups(as_tensor(scores), detail::groups_by(g.topology(), norm), "edge_softmax", "edges");
}

/// The same among the edges of `edge_ids` alone: row i of scores and result belongs to edge edge_ids[i].
template <tensor_like Scores>
auto edge_softmax(const graph& g, const Scores& scores, const id_list& edge_ids, norm_by norm = norm_by::dst) {
  static_assert(std::floating_point<scalar_of<Scores>>, "a softmax needs float or double scores");
  const adjacency some = g.topology().subset(edge_ids);
  return detail::softmax_of_groups(as_tensor(scores), detail::groups_by(some, norm), "edge_softmax",
                                   "edges of the subset");
}

}  // namespace edgefold
