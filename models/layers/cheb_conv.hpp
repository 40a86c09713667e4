/// Chebyshev filters of the graph's Laplacian (Defferrard, Bresson, Vandergheynst 2016, "Convolutional neural networks
/// on graphs with fast localized spectral filtering").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `cheb_conv`.
struct cheb_conv_options {
  bool bias = true;       ///< of the linear layer
  double lambda_max = 2;  ///< the greatest eigenvalue of the normalised Laplacian, which is at most 2
};

/// y = linear([T_0 x, ..., T_(k-1) x]) with T_0 = 1, T_1 = L, T_i = 2 L T_(i-1) - T_(i-2) and the scaled Laplacian
/// L = 2 / lambda_max (1 - D^-1/2 A D^-1/2) - 1; D: the in-degrees, those of 0 counted as 1. No activation (DGL's
/// default is a ReLU after it).
struct cheb_conv {
  cheb_conv_options options;
  int k;              ///< terms
  linear projection;  ///< called "linear": weight (out, k in) and bias (out), torch's

  /// Throws unless k is at least 1 and lambda_max is positive. Takes two streams of random numbers.
  cheb_conv(std::int64_t in, std::int64_t out, int terms, const cheb_conv_options& chosen = {}, std::uint64_t seed = 0,
            std::uint64_t stream = 0);
  void visit(auto& v) { v("linear", projection); }
  /// x (n, in) gives (n, out). Throws for another shape, and unlike numbers of sources and destinations.
  tensor operator()(const graph& g, const features& x) const;
};

}  // namespace edgefold
