/// Topology-adaptive graph convolution (Du et al. 2017, "Topology adaptive graph convolutional networks").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `tag_conv`.
struct tag_conv_options {
  int k = 2;         ///< the highest power
  bool bias = true;  ///< of lin
};

/// y = lin([x, P x, ..., P^k x]) with P = D^-1/2 A D^-1/2 and D the in-degrees, those of 0 counted as 1.
struct tag_conv {
  tag_conv_options options;
  linear lin;  ///< weight (out, (k + 1) in), Glorot's normal with gain sqrt(2), from `stream`; bias (out), torch's

  /// Throws for a negative k. Takes two streams of random numbers, from `stream` on.
  tag_conv(std::int64_t in, std::int64_t out, const tag_conv_options& chosen = {}, std::uint64_t seed = 0,
           std::uint64_t stream = 0);
  void visit(auto& v) { v("lin", lin); }
  /// x (n, in) gives (n, out). Throws for another shape, and unlike numbers of sources and destinations.
  tensor operator()(const graph& g, const features& x) const;
};

}  // namespace edgefold
