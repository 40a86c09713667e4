/// Simple graph convolution (Wu et al. 2019, "Simplifying graph convolutional networks").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `sg_conv`.
struct sg_conv_options {
  int k = 1;                          ///< hops; 0 leaves fc
  bool bias = true;                   ///< of fc
  bool allow_zero_in_degree = false;  ///< else vertices without in-edges are an error
};

/// y = fc((D^-1/2 A D^-1/2)^k x), with D the in-degrees, those of 0 counted as 1.
struct sg_conv {
  sg_conv_options options;
  linear fc;  ///< weight (out, in), Glorot's uniform, from `stream`; bias (out), zeros

  /// Throws for a negative k.
  sg_conv(std::int64_t in, std::int64_t out, const sg_conv_options& chosen = {}, std::uint64_t seed = 0,
          std::uint64_t stream = 0);
  void visit(auto& v) { v("fc", fc); }
  /// x (n, in) gives (n, out). Throws for another shape, unlike numbers of sources and destinations, and for vertices
  /// without in-edges unless they are allowed.
  tensor operator()(const graph& g, const features& x) const;
};

}  // namespace edgefold
