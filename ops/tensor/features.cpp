#include <edgefold/ops/tensor/features.hpp>

#include <edgefold/ops/dense/dropout.hpp>
#include <edgefold/ops/dense/matmul.hpp>

namespace edgefold {

shape_type features::shape() const {
  if (is_sparse()) return {sparse().rows(), sparse().cols()};
  return std::get<tensor>(value_).shape();
}

tensor features::dense() const {
  if (is_sparse()) return to_dense(sparse());
  return std::get<tensor>(value_);
}

const sparse_matrix& features::sparse() const {
  check(is_sparse(), "features", "these are dense, expected a sparse matrix");
  return std::get<sparse_matrix>(value_);
}

tensor matmul(const features& x, const tensor& w) {
  return x.is_sparse() ? matmul(x.sparse(), w) : matmul(x.dense(), w);
}

features dropout(const features& x, double p, std::uint64_t seed, std::uint64_t stream) {
  if (x.is_sparse()) return dropout(x.sparse(), p, seed, stream);
  return dropout(x.dense(), p, seed, stream);
}

}  // namespace edgefold
