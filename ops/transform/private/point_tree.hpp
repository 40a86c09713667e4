/// nanoflann's k-d tree, by what all of its versions have: 1.4 calls vAcc and SearchParams what later ones call vAcc_
/// and SearchParameters.
#pragma once
#include <nanoflann.hpp>

#include <edgefold/core/types.hpp>

namespace edgefold::detail {

/// A tree of `Points`, with distances by `Metric`.
template <class Metric, class Points>
using point_tree = nanoflann::KDTreeSingleIndexAdaptor<Metric, Points, -1, vertex_id>;

/// The points in the order of the tree's leaves.
template <class Tree>
const auto& leaf_order(const Tree& tree) {
  if constexpr (requires { tree.vAcc_; }) return tree.vAcc_;
  else return tree.vAcc;
}

/// Has `results` meet all points that may be nearer to x than its `worstDist()`.
template <class Tree, class Results>
void search(const Tree& tree, Results& results, const float* x) {
  tree.findNeighbors(results, x, {});
}

}  // namespace edgefold::detail
