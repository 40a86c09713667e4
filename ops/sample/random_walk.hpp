/// Random walks along edges.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// How steps are chosen, and when a walk ends.
struct walk_options {
  std::string weight = {};  ///< column of `edata`, float (edges) or (edges, 1): how likely each out-edge is, up to a
                            ///< factor; edges of weight 0 are never taken. Empty: all alike
  double restart_prob = 0;  ///< a walk ends before each step with this probability, from 0 to 1 (as DGL's)
  /// Of node2vec (Grover & Leskovec 2016): to go back is 1/p as likely, and a vertex that the one before has no edge
  /// to, 1/q; both greater than 0 and finite.
  /// @{
  double p = 1, q = 1;
  /// @}
  std::uint64_t seed = 0;  ///< of the random numbers
};

/// A walk from each of `starts` along out-edges, of up to `length` steps: row i is starts[i] and the vertices that
/// follow, -1 once the walk has come to a dead end or ended; shape (starts, length + 1). Walk i depends on the seed, i
/// and its start alone. Weights cost one pass over all edges. With p or q a step draws neighbours until it may take
/// one, but no more than 16; then it weighs all, in time of the out-degrees of a vertex and the one before. Throws for
/// a bipartite graph, a start out of range, a length that is negative or more than 2^31 - 1, a weight that is negative
/// or not finite, and options out of range.
basic_tensor<std::int64_t> random_walk(const graph& g, const id_list& starts, std::int64_t length,
                                       const walk_options& options = {});

}  // namespace edgefold
