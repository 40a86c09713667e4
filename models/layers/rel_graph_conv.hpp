/// Graph convolution with relations (Schlichtkrull et al. 2018, "Modeling relational data with graph convolutional
/// networks").
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/layer_input.hpp>

namespace edgefold {

/// What the matrices of the relations are made of: nothing in common; the same `bases` matrices, mixed; `bases` blocks
/// along the diagonal each.
enum class relation_weights : std::uint8_t { none, basis, bdd };

/// Options of `rel_graph_conv`.
struct rel_graph_conv_options {
  relation_weights regularizer = relation_weights::none;  ///< what the W_r are made of
  std::int64_t bases = 0;                                 ///< 0: as many as relations
  bool bias = true;                                       ///< adds b
  bool self_loop = true;                                  ///< each vertex also hears itself, through loop_weight
  double dropout = 0;                                     ///< of the result
};

/// The matrices of the relations.
struct typed_linear {
  tensor W;      ///< (relations, in, out); basis: (bases, in, out); bdd: (relations, bases * in/bases * out/bases)
  tensor coeff;  ///< basis only: (relations, bases)
  void visit(auto& v) {
    v("W", W);
    v("coeff", coeff);
  }
};

/// y_v = sum over edges (u, v) of norm_uv x_u W_r + b + x_v loop_weight, with r the type of the edge;
/// basis: W_r = sum over b of coeff_rb W_b; bdd: W_r has blocks along its diagonal.
struct rel_graph_conv {
  rel_graph_conv_options options;
  std::int64_t in,        ///< width of sources
      in_dst,             ///< width of destinations
      out,                ///< width of results
      relations;          ///< how many
  typed_linear linear_r;  ///< W uniform within 1 / sqrt(inputs of a matrix or block), coeff as the next
  tensor h_bias;          ///< (out), zeros
  tensor loop_weight;     ///< (in_dst, out), Glorot's uniform with gain sqrt(2)
  dropout_layer dropout;  ///< of the result

  /// Throws unless there are relations and bases, and bdd's bases divide in and out. Takes four streams of random
  /// numbers, from `stream` on.
  rel_graph_conv(const layer_widths& num_in, std::int64_t num_out, std::int64_t num_relations,
                 const rel_graph_conv_options& chosen = {}, std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) {
    v("linear_r", linear_r);
    v("h_bias", h_bias);
    v("loop_weight", loop_weight);
    v("dropout", dropout);
  }
  /// x (num_src, in), x_dst (num_dst, in_dst) where given, which is read with `self_loop` alone, the relation of each
  /// edge and norm (num_edges, 1), or none, give (num_dst, out). Throws for other shapes and relations out of range.
  tensor operator()(const graph& g, const layer_input<tensor>& x, const id_list& types, const tensor& norm = {}) const;
};

}  // namespace edgefold
