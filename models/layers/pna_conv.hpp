/// Principal neighbourhood aggregation (Corso et al. 2020, "Principal neighbourhood aggregation for graph nets").
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/batch_norm.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>
#include <edgefold/ops/transform/batch.hpp>

namespace edgefold {

/// What is made of the messages of a vertex: var and std are of the population; each is 0 of none.
enum class pna_aggregator : std::uint8_t { mean, max, min, sum, std, var };

/// By what that is multiplied, with d the in-degree: 1, log(d + 1) / delta, delta / log(d + 1).
enum class pna_scaler : std::uint8_t { identity, amplification, attenuation };

/// Options of `pna_conv`.
struct pna_conv_options {
  double dropout = 0;              ///< of each tower's result
  std::int64_t towers = 1;         ///< into how many slices features are cut
  std::int64_t edge_features = 0;  ///< the width of e_uv; 0: none
  bool residual = true;            ///< adds x where in equals out
};

/// One of the towers, with `in` and `out` of its slice.
struct pna_tower {
  linear M,               ///< torch's: 2 in + edge features to in
      U;                  ///< torch's: (1 + aggregators * scalers) in to out
  batch_norm batchnorm;   ///< of `out` features
  dropout_layer dropout;  ///< after batchnorm
  void visit(auto& v) {
    v("M", M);
    v("U", U);
    v("batchnorm", batchnorm);
    v("dropout", dropout);
  }
};

/// Each tower has its slice of the features: messages m_uv = M [x_u, x_v, e_uv]; a_v = every aggregator of them, times
/// every scaler; y_v = dropout(batchnorm(U [x_v, a_v] / sqrt(n))) for n vertices of its graph. Then
/// leaky_relu(mixing [towers' y]) + x.
struct pna_conv {
  std::vector<pna_aggregator> aggregators;  ///< their results stand side by side, in this order
  std::vector<pna_scaler> scalers;          ///< all of that times the first, then times the next
  double delta;                             ///< the constructor's `mean_log_degree`
  pna_conv_options options;
  std::vector<pna_tower> towers;  ///< in the order of their slices
  linear mixing;                  ///< called "mixing_layer.0": torch's

  /// `mean_log_degree`, the delta of the scalers: the mean of log(d + 1) over the vertices of the training set. Throws
  /// unless it is positive, there are aggregators and scalers, the towers divide in and out, and edge features are not
  /// negative. Takes 2 + 5 towers streams of random numbers, from `stream` on.
  pna_conv(std::int64_t in, std::int64_t out, std::vector<pna_aggregator> what, std::vector<pna_scaler> times,
           double mean_log_degree, const pna_conv_options& chosen = {}, std::uint64_t seed = 0,
           std::uint64_t stream = 0);
  void visit(auto& v) {
    v("towers", towers);
    v("mixing_layer.0", mixing);
  }
  /// x (num_src, in), x_dst (num_dst, in) where given, and edge features (num_edges, edge_features) where there are
  /// any, give (num_dst, out). Throws for other shapes.
  tensor operator()(const graph& g, const layer_input<tensor>& x, const tensor& edge_features = {}) const;
  /// The same for many graphs at once, each of whose vertices are counted for themselves.
  tensor operator()(const graph_batch& b, const tensor& x, const tensor& edge_features = {}) const;

 private:
  tensor scaled(const graph& g, const layer_input<tensor>& x, const tensor& edge_features, const tensor& factor) const;
  tensor scaled_aggregates(const graph& g, const pna_tower& tower, const layer_input<tensor>& x, const tensor& e) const;
};

}  // namespace edgefold
