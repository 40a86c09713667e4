#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/loss.hpp>

#include <doctest/doctest.h>

#include <support/gradients.hpp>
#include <support/shared.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

using namespace edgefold;
using testing::relative_difference;

namespace {

using array = basic_tensor<double>;
using arrays = std::vector<array>;
using labels_type = basic_tensor<std::int64_t>;

double naive_cross_entropy(const array& x, const labels_type& labels) {
  double total = 0;
  for (std::int64_t i = 0; i < x.rows(); ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < x.width(); ++k) sum += std::exp(x.at(i, k) - x.at(i, labels.at(i)));
    total += std::log(sum);
  }
  return total / static_cast<double>(x.rows());
}

double naive_margin(const array& v, const labels_type& labels, double plus, double minus, double lambda) {
  double total = 0;
  for (std::int64_t i = 0; i < v.rows(); ++i)
    for (std::int64_t k = 0; k < v.shape()[1]; ++k) {
      double r = 0;
      for (std::int64_t j = 0; j < v.shape()[2]; ++j) r += std::pow(v.at(i, k * v.shape()[2] + j), 2);
      r = std::sqrt(r);
      total +=
          k == labels.at(i) ? std::pow(std::max(0.0, plus - r), 2) : lambda * std::pow(std::max(0.0, r - minus), 2);
    }
  return total / static_cast<double>(v.rows());
}

}  // namespace

TEST_CASE("loss: cross entropy") {
  for (const auto& size : {std::pair(1, 1), {3, 10}, {2000, 7}, {40, 100}}) {
    const std::int64_t n = size.first, classes = size.second;
    CAPTURE(n);
    const auto x = random_normal<double>({n, classes}, 1);
    const auto labels = random_integers({n}, classes, 2);
    const array loss = cross_entropy(x, labels);
    CHECK(loss.shape() == shape_type{1, 1});
    CHECK(loss.item() == doctest::Approx(naive_cross_entropy(x, labels)).epsilon(1e-12));
    CHECK(static_cast<double>(cross_entropy(cast<float>(x), labels.reshape({n, 1})).item()) ==
          doctest::Approx(naive_cross_entropy(x, labels)).epsilon(1e-5));
    CHECK_GRADIENTS([&](const arrays& in) { return cross_entropy(in[0], labels); }, {x});
  }
  CHECK(cross_entropy(tensor({1, 2}, {1000, 0}), labels_type({1}, {1})).item() == 1000);
  CHECK(cross_entropy(tensor({1, 2}, {1000, 0}), labels_type({1}, {0})).item() == 0);
  CHECK(std::isnan(cross_entropy(tensor({1, 2}, {NAN, 0}), labels_type({1}, {1})).item()));
}

TEST_CASE("loss: binary cross entropy") {
  for (const shape_type& shape : {shape_type{1}, {3, 5}, {2, 3, 700}}) {
    const auto z = random_normal<double>(shape, 1), t = random_uniform<double>(shape, 2);
    double expected = 0;
    for (std::int64_t i = 0; i < z.size(); ++i) {
      const double p = 1 / (1 + std::exp(-z.data()[i]));
      expected -= t.data()[i] * std::log(p) + (1 - t.data()[i]) * std::log(1 - p);
    }
    expected /= static_cast<double>(z.size());
    const array loss = binary_cross_entropy_with_logits(z, t);
    CHECK(loss.shape() == shape_type{1, 1});
    CHECK(loss.item() == doctest::Approx(expected).epsilon(1e-12));
    CHECK(static_cast<double>(binary_cross_entropy_with_logits(cast<float>(z), cast<float>(t)).item()) ==
          doctest::Approx(expected).epsilon(1e-5));
    CHECK_GRADIENTS([](const arrays& in) { return binary_cross_entropy_with_logits(in[0], in[1]); }, {z, t});
  }
  CHECK(binary_cross_entropy_with_logits(tensor({2}, {500, -500}), tensor({2}, {1, 0})).item() == 0);
  CHECK(binary_cross_entropy_with_logits(tensor({2}, {500, -500}), tensor({2}, {0, 1})).item() == 500);
}

TEST_CASE("loss: mean squared error") {
  CHECK(mse(tensor({1, 3}, {1, 2, 3}), tensor({1, 3}, {1, 0, 0})).item() == doctest::Approx(13.0 / 3));
  const auto x = random_normal<double>({50, 101}, 1), y = random_normal<double>({50, 101}, 2);
  double expected = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) expected += std::pow(x.data()[i] - y.data()[i], 2) / 5050;
  CHECK(mse(x, y).item() == doctest::Approx(expected).epsilon(1e-12));
  CHECK(mse(x, y).shape() == shape_type{1, 1});
  CHECK_GRADIENTS([](const arrays& in) { return mse(in[0], in[1]); }, {x, y});
  CHECK_GRADIENTS([](const arrays& in) { return mse(in[0], in[0]); }, {x});
}

TEST_CASE("loss: margin loss") {
  const auto labels = random_integers({600}, 4, 2);
  auto v = random_normal<double>({600, 4, 3}, 1);
  v.mutable_array() *= 0.3;
  CHECK(margin_loss(v, labels).item() == doctest::Approx(naive_margin(v, labels, 0.9, 0.1, 0.5)).epsilon(1e-12));
  CHECK(margin_loss(v, labels, 0.8, 0.2, 0.25).item() ==
        doctest::Approx(naive_margin(v, labels, 0.8, 0.2, 0.25)).epsilon(1e-12));
  CHECK(static_cast<double>(margin_loss(cast<float>(v), labels.reshape({600, 1})).item()) ==
        doctest::Approx(naive_margin(v, labels, 0.9, 0.1, 0.5)).epsilon(1e-6));
  CHECK_GRADIENTS([&](const arrays& in) { return margin_loss(in[0], labels); }, {v});
}

TEST_CASE("loss: the margin loss of capsules of no length, and of what is no number") {
  tensor v({1, 2, 2});
  v.set_requires_grad();
  const tensor loss = margin_loss(v, labels_type({1}, {0}));
  CHECK(loss.item() == doctest::Approx(0.81));
  loss.backward();
  CHECK(testing::same_bits(v.grad(), tensor({1, 2, 2})));
  CHECK(std::isnan(margin_loss(tensor({1, 2, 2}, {0, 0, NAN, 1}), labels_type({1}, {0})).item()));
}

TEST_CASE("loss: torch's margin loss") {
  const auto file = testing::shared_file("reference/margin_loss.npz");
  if (file.empty()) return;
  const auto all = read_npz(file);
  tensor v = std::get<tensor>(all.at("v"));
  v.set_requires_grad();
  const tensor loss = margin_loss(v, std::get<labels_type>(all.at("labels")));
  loss.backward();
  CHECK(loss.item() == doctest::Approx(std::get<tensor>(all.at("loss")).item()).epsilon(1e-6));
  CHECK(relative_difference(v.grad(), std::get<tensor>(all.at("dv"))) < 1e-6);
}

TEST_CASE("loss: the upstream gradient scales, and writes into what is saved are errors") {
  tensor x({2, 2}, {1, 2, 3, 4}), y({2, 2}, {0, 0, 0, 0});
  x.set_requires_grad();
  mse(x, y).backward(tensor({1, 1}, {10}));
  CHECK(testing::same_bits(x.grad(), tensor({2, 2}, {5, 10, 15, 20})));
  labels_type labels({2}, {0, 1});
  const tensor loss = cross_entropy(x, labels);
  labels.mutable_data()[0] = 1;
  CHECK_THROWS_SAYING(loss.backward(), std::invalid_argument, "[backward] a tensor of shape (2)");
  std::vector<std::int64_t> of_caller{0, 1};
  x.zero_grad();
  const tensor other = cross_entropy(x, labels_type::wrap(of_caller.data(), {2}, nullptr));
  of_caller = {1'000'000'000, -1'000'000'000};
  other.backward();
  CHECK(x.grad().at(0, 0) < 0);
}

TEST_CASE("loss: the same bits for any number of threads") {
  const tensor x = random_normal({5000, 10}, 1), y = random_uniform({5000, 10}, 2);
  const auto labels = random_integers({5000}, 10, 3);
  auto gradient = [&](const auto& loss) {
    tensor leaf = x.clone().set_requires_grad();
    loss(leaf).backward();
    return leaf.grad();
  };
  auto both = [&](const auto& loss) {
    testing::check_thread_counts([&] { return loss(x); });
    testing::check_thread_counts([&] { return gradient(loss); });
  };
  both([&](const tensor& in) { return cross_entropy(in, labels); });
  both([&](const tensor& in) { return binary_cross_entropy_with_logits(in, y); });
  both([&](const tensor& in) { return mse(in, y); });
  both([&](const tensor& in) { return margin_loss(in.reshape({5000, 10, 1}), labels); });
}

TEST_CASE("loss: misuse") {
  const tensor x({3, 4}), v({3, 4, 2});
  const labels_type labels({3}, {0, 4, 1}), negative({3, 1}, {0, 1, -1}), four({4});
  CHECK_THROWS_SAYING(cross_entropy(x, labels), std::invalid_argument,
                      "[cross_entropy] the label of row 1 is 4, expected 0 .. 3");
  CHECK_THROWS_SAYING(cross_entropy(x, negative), std::invalid_argument, "the label of row 2 is -1, expected 0 .. 3");
  CHECK_THROWS_SAYING(cross_entropy(x, four), std::invalid_argument,
                      "the labels have shape (4), expected (3) or (3, 1)");
  CHECK_THROWS_SAYING(cross_entropy(v, labels), std::invalid_argument, "shape (3, 4, 2), expected (n, classes)");
  CHECK_THROWS_SAYING(cross_entropy(tensor({0, 4}), labels_type({0})), std::invalid_argument, "no rows in shape");
  CHECK_THROWS_SAYING(cross_entropy(x, labels_type()), std::invalid_argument, "the labels have shape ()");
  CHECK_THROWS_SAYING(margin_loss(v, labels), std::invalid_argument, "[margin_loss] the label of row 1 is 4");
  CHECK_THROWS_SAYING(margin_loss(x, labels), std::invalid_argument, "v has shape (3, 4), expected (n, classes, d)");
  CHECK_THROWS_SAYING(mse(x, v), std::invalid_argument, "[mse] the operands have shapes (3, 4) and (3, 4, 2)");
  CHECK_THROWS_SAYING(mse(x, tensor()), std::invalid_argument, "[mse] an operand is a tensor without storage");
  CHECK_THROWS_SAYING(mse(tensor({0}), tensor({0})), std::invalid_argument, "[mse] no elements in shape (0)");
  CHECK_THROWS_SAYING(binary_cross_entropy_with_logits(x, v), std::invalid_argument,
                      "[binary_cross_entropy_with_logits] the operands have shapes");
}

TEST_CASE("margin_loss: lengths of doubles whose squares vanish or overflow") {
  array v({1, 2, 2}, {3e-170, 4e-170, 3e160, 4e160});
  v.set_requires_grad();
  const array loss = margin_loss(v, labels_type({1}, {0}), 1e-169, 0, 0);
  loss.backward();
  const array dv = v.grad();  // -2 (m - r) v / r
  CHECK(dv.data()[0] / 1e-170 == doctest::Approx(-2 * 5 * .6));
  CHECK(dv.data()[1] / 1e-170 == doctest::Approx(-2 * 5 * .8));
  const array far = margin_loss(array({1, 1, 2}, {3e153, 4e153}), labels_type({1}, {0}), .9, .1, .5);
  CHECK(far.item() == 0);
}
