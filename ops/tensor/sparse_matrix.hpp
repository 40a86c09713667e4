/// A sparse matrix times a dense one: bags of words and other features that are nearly all zero.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

/// A (rows, cols) matrix of floats of which only some elements are kept. As a graph its columns are the sources, its
/// rows the destinations, and its elements the edges: so it multiplies by message passing. Immutable; copies share it.
class sparse_matrix {
 public:
  /// No rows, no columns.
  sparse_matrix() : sparse_matrix(adjacency(), tensor({0, 1})) {}
  /// Compressed rows: those of row r are at offsets[r] .. offsets[r + 1] - 1 of `columns` and of `values`, (n) or
  /// (n, 1). Elements that are given twice add up. Values are kept as ids are: taken over where they are moved in and
  /// nobody else has them, else copied; but values that require a gradient are shared as a parameter is, so that it
  /// arrives, and a later write into them (an optimiser's step) changes the matrix. Throws for offsets that do not
  /// ascend from 0 to n, and columns out of range.
  static sparse_matrix from_csr(id_list offsets, id_list columns, tensor values, std::int64_t num_cols);
  /// The elements of a dense matrix that are not 0. Off the tape.
  static sparse_matrix from_dense(const tensor& x);

  std::int64_t rows() const { return topology_.num_dst(); }            ///< how many
  std::int64_t cols() const { return topology_.num_src(); }            ///< how many columns
  std::int64_t num_elements() const { return topology_.num_edges(); }  ///< those that are kept; given twice, twice
  const adjacency& topology() const { return topology_; }              ///< edge i is element i
  const tensor& values() const { return values_; }                     ///< (elements, 1)
  /// The same places with other values, (elements, 1), kept as from_csr keeps them; throws for another shape.
  sparse_matrix with_values(tensor values) const;

 private:
  sparse_matrix(adjacency topology, tensor values) : topology_(std::move(topology)), values_(std::move(values)) {}
  adjacency topology_;
  tensor values_;
};

/// a b: (rows, cols) times (cols, dims...) gives (rows, dims...), without a look at the zeros; with gradients of b and
/// of the values. Throws where the shapes do not fit.
tensor matmul(const sparse_matrix& a, const tensor& b);

/// With its zeros: (rows, cols); with gradients of the values.
tensor to_dense(const sparse_matrix& a);

/// Each row divided by its sum, rows that add up to 0 left as they are: the usual first step with bags of words. With
/// gradients of the values.
sparse_matrix normalize_rows(const sparse_matrix& a);

/// Dropout of elements (ops/dense/dropout.hpp): those that are 0 stay so anyway.
sparse_matrix dropout(const sparse_matrix& a, double p, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace edgefold
