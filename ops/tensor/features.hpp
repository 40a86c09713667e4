/// Rows of features, dense or sparse: what the first layer of a network takes.
#pragma once
#include <variant>

#include <edgefold/ops/tensor/sparse_matrix.hpp>

namespace edgefold {

/// A tensor (rows, dims...) or a sparse matrix (rows, width), either of which converts to this.
class features {
 public:
  /// A tensor.
  features(tensor dense) : value_(std::move(dense)) {}  // NOLINT(google-explicit-constructor)
  /// A sparse matrix.
  features(sparse_matrix sparse) : value_(std::move(sparse)) {}  // NOLINT(google-explicit-constructor)
  /// A column.
  features(const const_column& c) : value_(c.as()) {}  // NOLINT(google-explicit-constructor)

  bool is_sparse() const { return std::holds_alternative<sparse_matrix>(value_); }  ///< whether it is a sparse matrix
  /// (rows, dims...), or (rows, columns).
  shape_type shape() const;
  std::int64_t rows() const { return is_sparse() ? sparse().rows() : dense().rows(); }  ///< how many

  /// The tensor, or the matrix with its zeros written out.
  tensor dense() const;
  /// Throws for a dense one.
  const sparse_matrix& sparse() const;

 private:
  std::variant<tensor, sparse_matrix> value_;
};

/// x w: (rows, dims..., k) times (k, m), without a look at the zeros of a sparse x, which is (rows, k).
tensor matmul(const features& x, const tensor& w);

/// Dropout of elements, of a sparse matrix of those that it keeps (ops/dense/dropout.hpp).
features dropout(const features& x, double p, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace edgefold
