// Sparse features against the same written out.
#include <edgefold/ops/tensor/features.hpp>

#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/dropout.hpp>
#include <edgefold/ops/dense/matmul.hpp>

#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

tensor mostly_zero(std::int64_t rows, std::int64_t cols) { return dropout(random_normal({rows, cols}, 3), 0.9, 5); }

TEST_CASE("sparse times dense, and its gradients, are those of the dense matrix") {
  const tensor x = mostly_zero(40, 30), up = random_normal({40, 7}, 6);
  const sparse_matrix a = sparse_matrix::from_dense(x);
  CHECK(a.rows() == 40);
  CHECK(a.cols() == 30);
  CHECK(a.num_elements() < 200);
  tensor b = random_normal({30, 7}, 4).set_requires_grad(), c = b.detach().clone().set_requires_grad();
  const tensor y = matmul(a, b), dense = matmul(x, c);
  CHECK(relative_difference(y, dense) < 1e-5);
  y.backward(up);
  dense.backward(up);
  CHECK(relative_difference(b.grad(), c.grad()) < 1e-5);
  tensor values = a.values().clone().set_requires_grad();
  matmul(a.with_values(values), b.detach()).backward(up);
  CHECK(values.grad().at(0) == doctest::Approx((up.matrix().row(a.topology().targets()[0]) *
                                                b.detach().matrix().row(a.topology().sources()[0]).transpose())(0)));
  check_thread_counts([&] { return matmul(a, b.detach()); });
}

TEST_CASE("features are dense or sparse, and compute the same") {
  const tensor x = mostly_zero(20, 9), w = random_normal({9, 4}, 1);
  const features dense = x, sparse = sparse_matrix::from_dense(x);
  CHECK(!dense.is_sparse());
  CHECK(sparse.is_sparse());
  CHECK(sparse.shape() == x.shape());
  CHECK(same_bits(sparse.dense(), x));
  CHECK(relative_difference(matmul(sparse, w), matmul(dense, w)) < 1e-5);
  CHECK(dropout(sparse, 0.5, 1).is_sparse());
  CHECK(same_bits(dropout(dense, 0.5, 1).dense(), dropout(x, 0.5, 1)));
  CHECK_THROWS_SAYING(dense.sparse(), std::invalid_argument, "[features]");
}

TEST_CASE("sparse matrices by hand") {
  const sparse_matrix a = sparse_matrix::from_csr({0, 2, 2, 3}, {0, 2, 1}, tensor({3}, {1, 3, -2}), 3);
  CHECK(same_bits(matmul(a, tensor({3, 1}, {1, 10, 100})), tensor({3, 1}, {301, 0, -20})));
  CHECK(same_bits(normalize_rows(a).values(), tensor({3, 1}, {0.25f, 0.75f, 1})));
  CHECK(sparse_matrix().rows() == 0);
  CHECK(features(tensor()).rows() == 0);
  const tensor kept = dropout(sparse_matrix::from_dense(ones({50, 20})), 0.5, 1).values();
  CHECK(kept.array().minCoeff() == 0);
  CHECK(kept.array().maxCoeff() == 2);
}

TEST_CASE("normalised rows and zeros written out pass gradients to the values") {
  const sparse_matrix a = sparse_matrix::from_csr({0, 2, 2, 4}, {0, 2, 1, 1}, tensor({4}, {1, 3, -2, 2}), 3);
  tensor values = a.values().clone().set_requires_grad();
  normalize_rows(a.with_values(values)).values().backward(tensor({4, 1}, {1, 0, 5, 7}));  // the last row adds up to 0
  CHECK(same_bits(values.grad(), tensor({4, 1}, {3.0f / 16, -1.0f / 16, 5, 7})));
  values.zero_grad();
  to_dense(a.with_values(values)).backward(tensor({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}));
  CHECK(same_bits(values.grad(), tensor({4, 1}, {1, 3, 8, 8})));
}

TEST_CASE("elements given often add up to their digits") {
  const std::int64_t often = 1'000'000;
  const sparse_matrix a = sparse_matrix::from_csr(std::vector<std::int64_t>{0, often, often + 1},
                                                  std::vector<std::int32_t>(static_cast<std::size_t>(often + 1), 1),
                                                  full({often + 1, 1}, 0.1F), 2);
  const tensor x = to_dense(a);
  CHECK(x.at(0, 1) == doctest::Approx(static_cast<double>(0.1F) * 1e6).epsilon(1e-7));
  CHECK(x.at(0, 0) == 0);
  CHECK(x.at(1, 1) == 0.1F);
}

TEST_CASE("a sparse matrix keeps values that are written to later, and shares those with a gradient") {
  const tensor b({3, 1}, {1, 10, 100}), product({2, 1}, {301, -20});
  tensor values({3}, {1, 3, -2});
  const sparse_matrix a = sparse_matrix::from_csr({0, 2, 3}, {0, 2, 1}, values, 3);
  tensor others = values.clone().reshape({3, 1});
  const sparse_matrix same = a.with_values(others);
  values.mutable_data()[0] = 9, others.mutable_data()[0] = 9;
  CHECK(same_bits(matmul(a, b), product));
  CHECK(same_bits(matmul(same, b), product));
  tensor given({3, 1}, {1, 3, -2});
  const float* const place = given.data();
  CHECK(sparse_matrix::from_csr({0, 2, 3}, {0, 2, 1}, std::move(given), 3).values().data() == place);
  tensor leaf = tensor({3, 1}, {1, 3, -2}).set_requires_grad();
  const sparse_matrix weights = sparse_matrix::from_csr({0, 2, 3}, {0, 2, 1}, leaf, 3);
  for (int pass = 1; pass <= 2; ++pass) {
    matmul(weights, b).backward(ones({2, 1}));
    CHECK(leaf.grad().at(1) == 100 * pass);
  }
  leaf.mutable_data()[0] = 2;
  CHECK(matmul(weights, b).at(0) == 302);
}

TEST_CASE("sparse matrices refuse what does not fit") {
  const tensor values({2, 1}, {1, 2});
  CHECK_THROWS_SAYING(sparse_matrix::from_csr({0, 2}, {0, 5}, values, 3), std::invalid_argument,
                      "[sparse_matrix] column 1 is 5");
  CHECK_THROWS_SAYING(sparse_matrix::from_csr({0}, {}, tensor(), 3), std::invalid_argument, "[sparse_matrix] values");
  CHECK_THROWS_SAYING(sparse_matrix::from_csr({0, 1}, {0, 1}, values, 3), std::invalid_argument, "offsets");
  CHECK_THROWS_SAYING(sparse_matrix::from_csr({0, 2}, {0, 1}, tensor({3, 1}), 3), std::invalid_argument,
                      "[sparse_matrix] values have shape (3, 1)");
  const sparse_matrix a = sparse_matrix::from_csr({0, 2}, {0, 1}, values, 3);
  CHECK_THROWS_SAYING(matmul(a, tensor({2, 2})), std::invalid_argument, "[matmul] a has 3 columns, b has 2 rows");
  CHECK_THROWS_SAYING(a.with_values(tensor({3, 1})), std::invalid_argument, "[sparse_matrix]");
}

}  // namespace
}  // namespace edgefold
