/// An LSTM over the messages of each vertex (Hochreiter, Schmidhuber 1997; as aggregator: Hamilton, Ying, Leskovec
/// 2017).
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// The last hidden state of an LSTM that reads, for each destination, the rows z_u of its in-edges in the order of
/// their ids: with W = weight_hh and gates i, f, g, o one after another in z_u + W h,
/// c <- sigmoid(f) c + sigmoid(i) tanh(g) and h <- sigmoid(o) tanh(c), from 0. Rows z (num_src, 4 hidden), W
/// (4 hidden, hidden); gives (num_dst, hidden), 0 where no edge arrives. The gradient computes the states again, a
/// bounded number of edges at a time. Throws for other shapes.
tensor lstm_reduce(const graph& g, const tensor& z, const tensor& weight_hh);

/// torch's LSTM of one layer, with its names and its initialisation (uniform within 1 / sqrt(hidden)), as a reducer.
struct lstm_reducer {
  tensor weight_ih_l0,  ///< (4 hidden, in)
      weight_hh_l0,     ///< (4 hidden, hidden)
      bias_ih_l0,       ///< (4 hidden)
      bias_hh_l0;       ///< (4 hidden)

  /// Takes four streams of random numbers, from `stream` on.
  lstm_reducer(std::int64_t in, std::int64_t hidden, std::uint64_t seed, std::uint64_t stream = 0);
  void visit(auto& v) {
    v("weight_ih_l0", weight_ih_l0);
    v("weight_hh_l0", weight_hh_l0);
    v("bias_ih_l0", bias_ih_l0);
    v("bias_hh_l0", bias_hh_l0);
  }
  /// x (num_src, in) gives (num_dst, hidden). What an LSTM makes of its inputs before the recurrence is computed once a
  /// vertex.
  tensor operator()(const graph& g, const tensor& x) const;
};

}  // namespace edgefold
