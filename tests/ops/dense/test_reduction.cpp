#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/reduction.hpp>

#include <doctest/doctest.h>

#include <support/gradients.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

using namespace edgefold;
using testing::relative_difference;
using testing::same_bits;

namespace {

using array = basic_tensor<double>;
using arrays = std::vector<array>;

array naive_sum(const array& x, std::size_t dim) {
  shape_type shape = x.shape();
  std::int64_t inner = 1;
  for (std::size_t d = dim + 1; d < shape.size(); ++d) inner *= shape[d];
  const std::int64_t n = shape[dim];
  shape[dim] = 1;
  array y(shape);
  for (std::int64_t i = 0; i < x.size(); ++i) y.mutable_data()[i / inner / n * inner + i % inner] += x.data()[i];
  return y;
}

array naive_softmax(const array& x, bool logarithm) {
  array y(x.shape());
  const std::int64_t n = x.shape().back();
  for (std::int64_t i = 0; i < x.size(); ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += std::exp(x.data()[i / n * n + k] - x.data()[i]);
    y.mutable_data()[i] = logarithm ? -std::log(sum) : 1 / sum;
  }
  return y;
}

const std::vector<shape_type> shapes = {{1},       {7},        {3, 5},          {2, 3, 4},      {4, 1, 33},
                                        {5000, 3}, {3, 10000}, {2, 4100, 2, 2}, {3, 2, 600, 1}, {1, 70000}};

}  // namespace

TEST_CASE("reduction: sums and means over each dim") {
  for (const shape_type& shape : shapes)
    for (std::int64_t dim = 0; dim < std::ssize(shape); ++dim) {
      CAPTURE(to_string(shape));
      CAPTURE(dim);
      const auto x = random_normal<double>(shape, 1);
      const array expected = naive_sum(x, static_cast<std::size_t>(dim));
      const auto n = static_cast<double>(shape[static_cast<std::size_t>(dim)]);
      CHECK(relative_difference(sum(x, dim), expected) < 1e-12);
      CHECK(same_bits(sum(x, dim), sum(x, dim - std::ssize(shape))));
      CHECK(relative_difference(sum(cast<float>(x), dim), expected) < 1e-4);
      array average = expected.clone();
      average.mutable_array() /= n;
      CHECK(relative_difference(mean(x, dim), average) < 1e-12);
    }
}

TEST_CASE("reduction: sums and means of everything") {
  for (const shape_type& shape : shapes) {
    const auto x = random_normal<double>(shape, 1);
    const array flat = naive_sum(x.reshape({1, x.size()}), 1);
    CHECK(relative_difference(sum_all(x), flat) < 1e-12);
    CHECK(relative_difference(mean_all(x), array({1, 1}, {flat.item() / static_cast<double>(x.size())})) < 1e-12);
  }
  CHECK(sum_all(full<float>({1 << 24, 2}, 1.0f)).item() == 1 << 25);  // a running float would stop at 2^24
}

TEST_CASE("reduction: sums of nothing") {
  CHECK(same_bits(sum(tensor({0, 3}), 0), tensor({1, 3})));
  CHECK(same_bits(sum(tensor({3, 0}), 1), tensor({3, 1})));
  CHECK(sum(tensor({0, 3}), 1).shape() == shape_type{0, 1});
  CHECK(sum_all(tensor({0, 3})).item() == 0);
  CHECK(softmax(tensor({3, 0})).shape() == shape_type{3, 0});
}

TEST_CASE("reduction: softmax and its logarithm") {
  for (const shape_type& shape : {shape_type{6}, {3, 1}, {5, 10}, {2, 3, 8}, {4, 17}, {300, 64}, {2, 1003}}) {
    CAPTURE(to_string(shape));
    auto x = random_normal<double>(shape, 1);
    x.mutable_array() *= 5;
    CHECK(relative_difference(softmax(x), naive_softmax(x, false)) < 1e-13);
    CHECK(relative_difference(log_softmax(x), naive_softmax(x, true)) < 1e-13);
    CHECK(relative_difference(softmax(cast<float>(x)), naive_softmax(x, false)) < 1e-5);
    CHECK(relative_difference(log_softmax(cast<float>(x)), naive_softmax(x, true)) < 1e-5);
  }
}

TEST_CASE("reduction: softmax of extreme numbers") {
  const float inf = INFINITY;
  const tensor x({4, 3}, {1000, 0, 0, -inf, 0, 0, -1e30f, -1e30f, -1e30f, NAN, 0, 1});
  const tensor y = softmax(x), z = log_softmax(x);
  CHECK(y.at(0, 0) == 1);
  CHECK(z.at(0, 1) == -1000);
  CHECK(y.at(1, 0) == 0);
  CHECK(y.at(1, 1) == 0.5f);
  CHECK(z.at(1, 0) == -inf);
  CHECK(y.at(2, 0) == doctest::Approx(1.0 / 3));
  for (std::int64_t k = 0; k < 3; ++k) CHECK(std::isnan(y.at(3, k)));
}

TEST_CASE("reduction: argmax") {
  const tensor x({2, 2, 3}, {1, 3, 2, 5, 5, 5, -1, -3, -2, 0, NAN, 7});
  const auto y = argmax_last(x);
  CHECK(same_bits(y, basic_tensor<std::int64_t>({2, 2}, {1, 0, 0, 1})));
  CHECK(same_bits(argmax_last(array({1, 2}, {NAN, NAN})), basic_tensor<std::int64_t>({1}, {0})));
  CHECK(same_bits(argmax_last(array({1, 2}, {-INFINITY, -INFINITY})), basic_tensor<std::int64_t>({1}, {0})));
}

TEST_CASE("reduction: gradients") {
  const auto x = random_normal<double>({3, 4, 5}, 1);
  for (std::int64_t dim = 0; dim < 3; ++dim) {
    CHECK_GRADIENTS([=](const arrays& in) { return sum(in[0], dim); }, {x});
    CHECK_GRADIENTS([=](const arrays& in) { return mean(in[0], dim); }, {x});
  }
  CHECK_GRADIENTS([](const arrays& in) { return sum_all(in[0]); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return mean_all(in[0]); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return softmax(in[0]); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return log_softmax(in[0]); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return softmax(in[0]); }, {random_normal<double>({4, 21}, 2)});
  CHECK_GRADIENTS([](const arrays& in) { return log_softmax(in[0]); }, {random_normal<double>({4, 21}, 2)});
}

TEST_CASE("reduction: a write into a softmax that its gradient needs is an error") {
  tensor x = random_normal({3, 4}, 1);
  x.set_requires_grad();
  tensor y = softmax(x);
  y.mutable_data()[0] = 1;
  CHECK_THROWS_SAYING(y.backward(ones({3, 4})), std::invalid_argument, "[backward] a tensor of shape (3, 4)");
}

TEST_CASE("reduction: the same bits for any number of threads") {
  const tensor x = random_normal({3000, 40}, 1), y = random_normal({2, 3000, 40}, 2);
  testing::check_thread_counts([&] { return sum(x, 0); });
  testing::check_thread_counts([&] { return mean(x, 1); });
  testing::check_thread_counts([&] { return sum(y, 1); });
  testing::check_thread_counts([&] { return sum_all(x); });
  testing::check_thread_counts([&] { return softmax(x); });
  testing::check_thread_counts([&] { return log_softmax(x); });
  testing::check_thread_counts([&] { return argmax_last(x); });
}

TEST_CASE("reduction: misuse") {
  const tensor x({2, 3});
  CHECK_THROWS_SAYING(sum(x, 2), std::invalid_argument, "[sum] there is no dim 2 in shape (2, 3)");
  CHECK_THROWS_SAYING(mean(x, -3), std::invalid_argument, "[mean] there is no dim -3 in shape (2, 3)");
  CHECK_THROWS_SAYING(mean(tensor({0, 3}), 0), std::invalid_argument, "[mean] no elements along dim 0 of shape (0, 3)");
  CHECK_THROWS_SAYING(mean_all(tensor({0, 3})), std::invalid_argument, "[mean_all] no elements in shape (0, 3)");
  CHECK_THROWS_SAYING(sum(tensor(), 0), std::invalid_argument, "[sum] x is a tensor without storage");
  CHECK_THROWS_SAYING(sum_all(tensor()), std::invalid_argument, "without storage");
  CHECK_THROWS_SAYING(softmax(tensor()), std::invalid_argument, "[softmax] x is a tensor without storage");
  CHECK_THROWS_SAYING(log_softmax(tensor()), std::invalid_argument, "[log_softmax]");
  CHECK_THROWS_SAYING(argmax_last(tensor({3})), std::invalid_argument, "[argmax_last] shape (3) has no feature dim");
  CHECK_THROWS_SAYING(argmax_last(tensor({3, 0})), std::invalid_argument, "shape (3, 0) has no feature dim");
}

// Of equal elements no order of addition is kind to a running float.
TEST_CASE("reduction: long sums of floats are joined from parts") {
  for (const shape_type& shape : {shape_type{8000, 3}, {1000, 1}, {100'000, 2}, {2, 100'000}, {1, 8000, 5}})
    for (float value : {1e8f, 0.1f, 3.3f})
      for (std::int64_t dim = 0; dim < std::ssize(shape); ++dim) {
        CAPTURE(to_string(shape));
        CAPTURE(value);
        const tensor x = full<float>(shape, value);
        CHECK(relative_difference(mean(x, dim), full<float>(mean(x, dim).shape(), value)) <=
              3e-7 * (value < 1 ? 0.1 : 1));
      }
  CHECK(mean_all(full<float>({8000, 7}, 1e8f)).item() == 1e8f);
  const tensor flat({1, 1'000'000}), y = softmax(flat), z = log_softmax(flat);
  CHECK(y.at(0, 1) == doctest::Approx(1e-6).epsilon(3e-7));
  CHECK(z.at(0, 1) == doctest::Approx(-13.815511).epsilon(3e-7));
  tensor x = full<float>({1, 1'000'000}, 0.1f);
  CHECK(softmax(x).at(0, 7) == doctest::Approx(1e-6).epsilon(3e-7));
}

TEST_CASE_TEMPLATE("norm_last: lengths of numbers that cannot be squared", T, float, double) {
  const T large = sizeof(T) == 4 ? T(1e19) : static_cast<T>(1e200),
          small = sizeof(T) == 4 ? T(1e-30) : static_cast<T>(1e-250);
  const T most = std::numeric_limits<T>::max(), least = std::numeric_limits<T>::denorm_min(), inf = INFINITY;
  basic_tensor<T> x({8, 2}, {3 * large, 4 * large, 3 * small, -4 * small, 0, 0, most, 1, most, most, 3 * least,
                             4 * least, -inf, 1, 3, 4});
  x.set_requires_grad();
  const basic_tensor<T> y = norm_last(x);
  CHECK(y.shape() == shape_type{8, 1});
  const auto near = [](T value) { return doctest::Approx(static_cast<double>(value)).epsilon(1e-6); };
  CHECK(y.data()[0] / large == near(5));
  CHECK(y.data()[1] / small == near(5));
  CHECK(y.data()[2] == 0);
  CHECK(y.data()[3] == most);
  CHECK(y.data()[4] == inf);
  CHECK(y.data()[5] == 5 * least);
  CHECK(y.data()[6] == inf);
  CHECK(y.data()[7] == 5);
  y.backward(full<T>({8, 1}, 2));
  const basic_tensor<T> dx = x.grad();
  const T slopes[] = {T(1.2), T(1.6), T(1.2), T(-1.6), 0, 0, 2, 0, std::sqrt(T(2)), std::sqrt(T(2)), T(1.2), T(1.6)};
  for (std::size_t k = 0; k < std::size(slopes); ++k) CHECK(dx.values()[k] == near(slopes[k]));
}

TEST_CASE("norm_last: long rows keep their digits, those that are scaled first as well") {
  for (const float value : {0.1F, 3e-30F, 3e25F}) {
    const double exact = static_cast<double>(value) * 1000;  // times the root of a million
    CHECK(std::abs(static_cast<double>(norm_last(full<float>({1, 1'000'000}, value)).item()) / exact - 1) < 1e-6);
  }
}

TEST_CASE("norm_last: plain rows, gradients, threads, misuse") {
  for (const std::int64_t d : {1, 3, 8, 16, 17, 100}) {
    const array x = random_normal<double>({6, 2, d}, 3);
    const array y = norm_last(x);
    for (std::int64_t r = 0; r < 12; ++r) {
      double sum = 0;
      for (std::int64_t k = 0; k < d; ++k) sum += x.data()[r * d + k] * x.data()[r * d + k];
      CHECK(y.data()[r] == doctest::Approx(std::sqrt(sum)).epsilon(1e-14));
    }
    CHECK(grad_check([](const arrays& in) { return norm_last(in[0]); }, {x}));
  }
  CHECK(norm_last(tensor({0, 3})).shape() == shape_type{0, 1});
  CHECK(norm_last(tensor({2, 0})).values()[1] == 0);
  CHECK(std::isnan(norm_last(tensor({1, 2}, {NAN, INFINITY})).item()));
  testing::check_thread_counts([x = random_normal({3000, 40}, 1)] { return norm_last(x); });
  CHECK_THROWS_SAYING(norm_last(tensor({3})), std::invalid_argument, "[norm_last] shape (3) has no feature dim");
  CHECK_THROWS_SAYING(norm_last(tensor()), std::invalid_argument, "[norm_last] x is a tensor without storage");
}
