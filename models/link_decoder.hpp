/// Decoders of link prediction: scores of edges from the features of their ends.
#pragma once
#include <edgefold/core/id_list.hpp>
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// x_u . x_v for each pair of sources[i] = u and targets[i] = v (Kipf, Welling 2016, "Variational graph auto-encoders",
/// before the sigmoid): x (vertices, features) gives (pairs, 1). Nothing of (pairs, features) is stored. Throws for
/// lists of unlike length and ids out of range. Queries for `filtered_ranks` are gather_rows(x, sources).
template <std::floating_point T>
basic_tensor<T> dot_decoder(const basic_tensor<T>& x, const id_list& sources, const id_list& targets);

/// The sum over features of x_h w_r x_t for each triple (h, r, t) = (heads[i], relations[i], tails[i]) (Yang et al.
/// 2015, "Embedding entities and relations for learning and inference in knowledge bases"): x (vertices, features) and
/// w (relations, features) give (triples, 1). The same both ways: (t, r, h) scores as (h, r, t). Throws as the above.
template <std::floating_point T>
basic_tensor<T> distmult_scores(const basic_tensor<T>& x, const basic_tensor<T>& w, const id_list& heads,
                                const id_list& relations, const id_list& tails);

/// The same as a module.
struct distmult {
  tensor weight;  ///< (relations, features): the diagonals, Glorot's uniform

  /// Takes one stream of random numbers.
  distmult(std::int64_t relations, std::int64_t features, std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) { v("weight", weight); }
  /// (triples, 1).
  tensor operator()(const tensor& x, const id_list& heads, const id_list& relations, const id_list& tails) const;
  /// x_v w_r, (queries, features), whose products with the rows of x score all tails of v = a head, or all heads of v =
  /// a tail: queries for `filtered_ranks`.
  tensor query(const tensor& x, const id_list& vertices, const id_list& relations) const;
};

}  // namespace edgefold
