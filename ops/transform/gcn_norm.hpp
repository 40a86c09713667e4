/// Edge weights of graph convolution.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// 1 / sqrt(out-degree of u * in-degree of v) for each edge (u, v): (num_edges, 1). Kipf, Welling 2017, equation 2,
/// where g has its self-loops. (DGL's GCNNorm takes in-degrees at both ends.)
tensor gcn_norm(const graph& g);

/// w_uv / sqrt(sum of u's out-weights * sum of v's in-weights), of float and double, with a gradient. Throws unless
/// `weights` has shape (num_edges, 1) and all are positive and finite.
template <std::floating_point T>
basic_tensor<T> gcn_norm(const graph& g, const basic_tensor<T>& weights);

}  // namespace edgefold
