/// A step of a gated recurrent unit (Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder").
#pragma once
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// torch's GRUCell, with its names and its initialisation: uniform within 1 / sqrt(hidden). The gates r, z, n stand one
/// after another in the parameters.
struct gru_cell {
  tensor weight_ih,  ///< (3 hidden, in)
      weight_hh,     ///< (3 hidden, hidden)
      bias_ih,       ///< (3 hidden)
      bias_hh;       ///< (3 hidden)

  /// Takes four streams of random numbers, from `stream` on.
  gru_cell(std::int64_t in, std::int64_t hidden, std::uint64_t seed, std::uint64_t stream = 0, bool with_bias = true);
  void visit(auto& v) {
    v("weight_ih", weight_ih);
    v("weight_hh", weight_hh);
    v("bias_ih", bias_ih);
    v("bias_hh", bias_hh);
  }
  /// Inputs x (rows, in) and states h (rows, hidden) give the next states: with i = W_ih x + b_ih and
  /// j = W_hh h + b_hh, r = sigmoid(i_r + j_r), z = sigmoid(i_z + j_z), n = tanh(i_n + r j_n), they are
  /// (1 - z) n + z h. Throws for other shapes.
  tensor operator()(const tensor& x, const tensor& h) const;
};

}  // namespace edgefold
