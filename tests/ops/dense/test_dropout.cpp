#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/dropout.hpp>
#include <edgefold/ops/dense/grad_check.hpp>

#include <doctest/doctest.h>

#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

using namespace edgefold;
using testing::same_bits;

TEST_CASE("dropout: the share of zeros, and the scale of the rest") {
  const tensor x = ones({1000, 101});
  for (const double p : {0.1, 0.5, 0.9}) {
    const tensor y = dropout(x, p, 7);
    std::int64_t dropped = 0, kept = 0;
    for (const float v : y.values()) {
      dropped += v == 0;
      kept += v == static_cast<float>(1 / (1 - p));
    }
    CHECK(dropped + kept == x.size());
    const double n = static_cast<double>(x.size());
    CHECK(std::abs(static_cast<double>(dropped) - p * n) < 5 * std::sqrt(p * (1 - p) * n));
  }
}

TEST_CASE("dropout: the place decides, with the seed and the stream") {
  const auto x = random_uniform<double>({50, 3}, 1, 1.0, 2.0);
  const auto y = dropout(x, 0.5, 7);
  CHECK(same_bits(y, dropout(x, 0.5, 7)));
  CHECK_FALSE(same_bits(y, dropout(x, 0.5, 8)));
  CHECK_FALSE(same_bits(y, dropout(x, 0.5, 7, 1)));
  const auto shorter = dropout(x.reshape({150}), 0.5, 7);
  CHECK(same_bits(shorter.reshape({50, 3}), y));
  for (std::int64_t i = 0; i < 150; ++i) {  // word i % 4 of counter i / 4
    const random_words w = philox(7, static_cast<std::uint64_t>(i / 4));
    CHECK((y.data()[i] == 0) == (w.word[i % 4] < 0x80000000u));
  }
}

TEST_CASE("dropout: of nothing nothing is dropped, and not a number may be") {
  const tensor x = random_normal({20, 3}, 1);
  CHECK(same_bits(dropout(x, 0, 7), x));
  CHECK_FALSE(dropout(x, 0, 7).shares_storage_with(x));
  CHECK(dropout(tensor({0, 3}), 0.5, 7).shape() == shape_type{0, 3});
  const tensor y = dropout(full<float>({100}, NAN), 0.5, 7);
  for (const float v : y.values()) CHECK((v == 0 || std::isnan(v)));
}

TEST_CASE("dropout: gradients, and p = 0.3 on the way back too") {
  const auto x = random_normal<double>({7, 9}, 1);
  const grad_check_result r =
      grad_check([](const std::vector<basic_tensor<double>>& in) { return dropout(in[0], 0.3, 5, 2); }, {x});
  CAPTURE(r.where);
  CHECK(r);
  tensor z = ones({4, 5});
  z.set_requires_grad();
  const tensor y = dropout(z, 0.3, 5, 2);
  y.backward(ones({4, 5}));
  CHECK(same_bits(z.grad(), y.detach()));
}

TEST_CASE("dropout: the same for any number of threads") {
  const tensor x = random_normal({3000, 33}, 1);
  testing::check_thread_counts([&] { return dropout(x, 0.4, 3); });
}

TEST_CASE("dropout: p = 1 leaves nothing, and no gradient") {
  tensor x({3, 2}, {1, -2, INFINITY, NAN, 0, 3});
  x.set_requires_grad();
  const tensor y = dropout(x, 1, 7);
  CHECK(same_bits(y.detach(), zeros({3, 2})));
  y.backward(ones({3, 2}));
  CHECK(same_bits(x.grad(), zeros({3, 2})));
}

TEST_CASE("dropout: misuse") {
  const tensor x({2, 2});
  CHECK_THROWS_SAYING(dropout(x, 1.1, 7), std::invalid_argument, "[dropout] p is 1.100000, expected 0 <= p <= 1");
  CHECK_THROWS_SAYING(dropout(x, -0.1, 7), std::invalid_argument, "expected 0 <= p <= 1");
  CHECK_THROWS_SAYING(dropout(x, NAN, 7), std::invalid_argument, "expected 0 <= p <= 1");
  CHECK_THROWS_SAYING(dropout(tensor(), 0.5, 7), std::invalid_argument, "[dropout] x is a tensor without storage");
}
