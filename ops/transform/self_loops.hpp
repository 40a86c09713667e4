/// Edges from vertices to themselves.
#pragma once
#include <edgefold/ops/transform/aggregate.hpp>

namespace edgefold {

/// The edges of g, and behind them a self-loop of each vertex in their order, whether it has one already or not:
/// remove_self_loops first for one of each. Columns of vertices are shared, those of edges continued with `fill`, with
/// gradients for what was there. Throws for a bipartite graph, and a `fill` that a column of integers or bools cannot
/// hold.
graph add_self_loops(const graph& g, double fill = 1);
/// The same, where a new loop's features are those of all edges into its vertex put together (of its old loops too), 0
/// where there are none; with gradients. Throws also for `first`, and where that is of another scalar type than the
/// column: the mean of integers.
graph add_self_loops(const graph& g, aggregate of_in_edges);

/// The edges of g that are no self-loops, in their order, with original ids. Columns of vertices are shared, those of
/// edges gathered, with gradients. Throws for a bipartite graph.
graph remove_self_loops(const graph& g);

}  // namespace edgefold
