/// Gated graph layer (Li et al. 2016, "Gated graph sequence neural networks").
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/gru_cell.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// h = x, filled up with zeros to `out`; then `steps` times: a_v = sum over edges (u, v) of linears[type](h_u),
/// h <- gru(a, h).
struct gated_graph_conv {
  int steps;                    ///< 0 gives x, filled up
  std::vector<linear> linears;  ///< one a type: weight Glorot's normal with gain sqrt(2), bias zeros
  gru_cell gru;                 ///< of inputs and states of `out` features

  /// Throws unless in <= out, steps is at least 0 and types at least 1. Takes 4 + types streams of random numbers, from
  /// `stream` on.
  gated_graph_conv(std::int64_t in, std::int64_t out, int num_steps, std::int64_t types = 1, std::uint64_t seed = 0,
                   std::uint64_t stream = 0);
  void visit(auto& v) {
    v("linears", linears);
    v("gru", gru);
  }
  /// x (n, in) gives (n, out); `types`: a number below that of the linears for each edge, not needed where there is one
  /// type only. Throws for other shapes, types out of range, and unlike numbers of sources and destinations.
  tensor operator()(const graph& g, const tensor& x, const id_list& types = {}) const;

 private:
  std::int64_t in_;
};

}  // namespace edgefold
