#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/matmul.hpp>

#include <doctest/doctest.h>

#include <support/gradients.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

#include <array>

using namespace edgefold;
using testing::relative_difference;

namespace {

using array = basic_tensor<double>;
using arrays = std::vector<array>;

// The definition, in double: (batch, n, k) (batch, k, m), without the batch where b has two dims.
template <class T>
array naive(const basic_tensor<T>& a, const basic_tensor<T>& b) {
  const bool one = b.num_dims() == 2;
  const std::int64_t k = a.shape().back(), m = b.shape().back(), batch = one ? 1 : a.rows();
  const std::int64_t n = k > 0 ? a.size() / k / std::max<std::int64_t>(batch, 1) : 0;
  array c(with_last_dim(a.shape(), m));
  for (std::int64_t q = 0; q < batch; ++q)
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < m; ++j)
        for (std::int64_t p = 0; p < k; ++p)
          c.mutable_data()[(q * n + i) * m + j] +=
              static_cast<double>(a.data()[(q * n + i) * k + p]) * static_cast<double>(b.data()[(q * k + p) * m + j]);
  return c;
}

// The greatest error of a float product of `depth` normal terms that rounding explains.
double rounding(std::int64_t depth) { return 4e-7 * static_cast<double>(depth); }

}  // namespace

TEST_CASE("matmul: a case by hand") {
  const tensor a({2, 3}, {1, 2, 3, 4, 5, 6}), b({3, 2}, {7, 8, 9, 10, 11, 12});
  const tensor c = matmul(a, b);
  CHECK(c.shape() == shape_type{2, 2});
  CHECK(testing::same_bits(c, tensor({2, 2}, {58, 64, 139, 154})));
}

TEST_CASE("matmul: sizes about those of tiles, slices and blocks") {
  for (const std::int64_t n : {1, 5, 6, 7, 13, 193})
    for (const std::int64_t k : {1, 2, 128, 257, 515})
      for (const std::int64_t m : {1, 8, 15, 16, 17, 33, 100}) {
        CAPTURE(n);
        CAPTURE(k);
        CAPTURE(m);
        const auto a = random_normal<float>({n, k}, 1), b = random_normal<float>({k, m}, 2);
        CHECK(relative_difference(matmul(a, b), naive(a, b)) < rounding(k));
        const auto x = random_normal<double>({n, k}, 3), y = random_normal<double>({k, m}, 4);
        CHECK(relative_difference(matmul(x, y), naive(x, y)) < 1e-12);
      }
}

TEST_CASE("matmul: more dims are rows") {
  const tensor a = random_normal({3, 4, 5}, 1), b = random_normal({5, 7}, 2);
  const tensor c = matmul(a, b);
  CHECK(c.shape() == shape_type{3, 4, 7});
  CHECK(testing::same_bits(c, matmul(a.reshape({12, 5}), b).reshape({3, 4, 7})));
}

TEST_CASE("matmul: a row does not depend on the rows beside it") {
  const tensor a = random_normal({300, 700}, 1), b = random_normal({700, 90}, 2);
  const tensor c = matmul(a, b), row({1, 700}, std::span(a.data() + 211 * 700, 700));
  CHECK(testing::same_bits(matmul(row, b), tensor({1, 90}, std::span(c.data() + 211 * 90, 90))));
}

TEST_CASE("matmul: a small result of many terms") {
  const tensor a = random_normal({3, 20'000}, 1), b = random_normal({20'000, 17}, 2);
  CHECK(relative_difference(matmul(a, b), naive(a, b)) < 1e-4);
  const array x = random_normal<double>({3, 150'001}, 1), y = random_normal<double>({150'001, 2}, 2);
  CHECK(relative_difference(matmul(x, y), naive(x, y)) < 1e-11);
}

TEST_CASE("matmul: no rows, no columns, no terms") {
  CHECK(matmul(tensor({0, 3}), tensor({3, 2})).shape() == shape_type{0, 2});
  CHECK(matmul(tensor({4, 3}), tensor({3, 0})).shape() == shape_type{4, 0});
  CHECK(testing::same_bits(matmul(tensor({4, 0}), tensor({0, 3})), tensor({4, 3})));
  CHECK(batched_matmul(tensor({0, 4, 3}), tensor({0, 3, 2})).shape() == shape_type{0, 4, 2});
}

TEST_CASE("matmul: not a number and infinity stay in their row and column") {
  tensor a = ones({8, 4}), b = ones({4, 20});
  a.mutable_matrix()(7, 1) = NAN;
  b.mutable_matrix()(2, 19) = INFINITY;
  const tensor c = matmul(a, b);
  for (std::int64_t i = 0; i < 8; ++i)
    for (std::int64_t j = 0; j < 20; ++j) {
      if (i == 7) CHECK(std::isnan(c.at(i, j)));
      else CHECK(c.at(i, j) == (j == 19 ? INFINITY : 4.0f));
    }
}

TEST_CASE("batched_matmul: matrix by matrix") {
  for (const std::int64_t batch : {1, 3, 50}) {
    const tensor a = random_normal({batch, 7, 20}, 1), b = random_normal({batch, 20, 33}, 2);
    const tensor c = batched_matmul(a, b);
    CHECK(c.shape() == shape_type{batch, 7, 33});
    CHECK(relative_difference(c, naive(a, b)) < rounding(20));
  }
  const array x = random_normal<double>({2, 200, 300}, 1), y = random_normal<double>({2, 300, 80}, 2);
  CHECK(relative_difference(batched_matmul(x, y), naive(x, y)) < 1e-12);
}

TEST_CASE("matmul: gradients") {
  const auto product = [](const arrays& in) { return matmul(in[0], in[1]); };
  const auto batched = [](const arrays& in) { return batched_matmul(in[0], in[1]); };
  CHECK_GRADIENTS(product, {random_normal<double>({7, 5}, 1), random_normal<double>({5, 9}, 2)});
  CHECK_GRADIENTS(product, {random_normal<double>({200, 3}, 1), random_normal<double>({3, 20}, 2)});
  CHECK_GRADIENTS(product, {random_normal<double>({2, 3, 4}, 1), random_normal<double>({4, 5}, 2)});
  CHECK_GRADIENTS(batched, {random_normal<double>({3, 7, 5}, 1), random_normal<double>({3, 5, 9}, 2)});
  CHECK_GRADIENTS([](const arrays& in) { return matmul(in[0], in[0]); }, {random_normal<double>({6, 6}, 1)});
}

TEST_CASE("matmul: gradients of long sums, and of one operand alone") {
  tensor a = random_normal({9'000, 12}, 1), b = random_normal({12, 10}, 2);
  const tensor g = random_normal({9'000, 10}, 3);
  b.set_requires_grad();
  const tensor c = matmul(a, b);
  c.backward(g);
  CHECK_FALSE(a.grad().defined());
  array expected({12, 10});
  for (std::int64_t i = 0; i < 9'000; ++i)
    for (std::int64_t p = 0; p < 12; ++p)
      for (std::int64_t j = 0; j < 10; ++j)
        expected.mutable_data()[p * 10 + j] += static_cast<double>(a.at(i, p)) * static_cast<double>(g.at(i, j));
  CHECK(relative_difference(b.grad(), expected) < 1e-4);

  // What the gradient does not need is not saved: b may be written to where only b is differentiated.
  const tensor again = matmul(a, b);
  b.mutable_data()[0] = 1;
  CHECK_NOTHROW(again.backward(g));
  const tensor broken = matmul(a, b);
  a.mutable_data()[0] = 1;
  CHECK_THROWS_SAYING(broken.backward(g), std::invalid_argument, "[backward] a tensor of shape (9000, 12)");
}

TEST_CASE("matmul: the same bits for any number of threads") {
  for (const auto& [n, k, m] :
       std::vector<std::array<std::int64_t, 3>>{{500, 300, 200}, {128, 512, 1024}, {3, 30'000, 5}, {1'000, 16, 16}}) {
    const tensor a = random_normal({n, k}, 1), b = random_normal({k, m}, 2), g = random_normal({n, m}, 3);
    auto gradient = [&](bool of_a) {
      tensor x = a.clone().set_requires_grad(), y = b.clone().set_requires_grad();
      matmul(x, y).backward(g);
      return of_a ? x.grad() : y.grad();
    };
    testing::check_thread_counts([&] { return matmul(a, b); });
    testing::check_thread_counts([&] { return gradient(true); });
    testing::check_thread_counts([&] { return gradient(false); });
  }
  const tensor a = random_normal({200, 30, 8}, 1), b = random_normal({200, 8, 40}, 2);
  testing::check_thread_counts([&] { return batched_matmul(a, b); });
}

TEST_CASE("matmul: shapes that do not fit") {
  CHECK_THROWS_SAYING(matmul(tensor({2, 3}), tensor({4, 5})), std::invalid_argument,
                      "[matmul] a has shape (2, 3), b has shape (4, 5), expected (rows, dims..., k) and (k, m)");
  CHECK_THROWS_SAYING(matmul(tensor({3}), tensor({3, 5})), std::invalid_argument, "a has shape (3)");
  CHECK_THROWS_SAYING(matmul(tensor({2, 3}), tensor({3})), std::invalid_argument, "b has shape (3)");
  CHECK_THROWS_SAYING(matmul(tensor(), tensor({3, 1})), std::invalid_argument, "without storage");
  CHECK_THROWS_SAYING(batched_matmul(tensor({2, 3, 4}), tensor({3, 4, 5})), std::invalid_argument,
                      "[batched_matmul] a has shape (2, 3, 4), b has shape (3, 4, 5)");
  CHECK_THROWS_SAYING(batched_matmul(tensor({2, 3}), tensor({2, 3})), std::invalid_argument, "expected (batch, n, k)");
  CHECK_THROWS_SAYING(batched_matmul(tensor({2, 3, 4}), tensor()), std::invalid_argument, "without storage");
}
