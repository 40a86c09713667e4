// log_sum_exp, softmax, power_mean.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// All of `messages` sent to vertex 0, feature by feature; vertex 1 gets none.
template <class R>
tensor folded(std::initializer_list<float> messages, const R& r) {
  const std::vector<std::int32_t> zeros(messages.size(), 0);
  return update_all(graph::from_coo(zeros, zeros, 2), copy_e(tensor({std::ssize(messages), 1}, messages)), r);
}

TEST_CASE("log_sum_exp neither overflows nor underflows") {
  CHECK(folded({1000, 1000}, reduce::log_sum_exp{}).at(0) == doctest::Approx(1000.693147));
  CHECK(folded({-1000, -1000, -1000, -1000}, reduce::log_sum_exp{}).at(0) == doctest::Approx(-998.613706));
  CHECK(folded({0, 100, -100}, reduce::log_sum_exp{}).at(0) == doctest::Approx(100));
  CHECK(folded({3}, reduce::log_sum_exp{}).at(0) == 3);
  CHECK(folded({-1, 0.5, 2, -3}, reduce::log_sum_exp{}).at(0) == doctest::Approx(2.2465906));
}

TEST_CASE("log_sum_exp of infinities and NaN") {
  CHECK(folded({-inf}, reduce::log_sum_exp{}).at(0) == -inf);
  CHECK(folded({-inf, -inf, -inf}, reduce::log_sum_exp{}).at(0) == -inf);
  CHECK(folded({-inf, 2, -inf}, reduce::log_sum_exp{}).at(0) == 2);
  CHECK(folded({2, -inf, -inf}, reduce::log_sum_exp{}).at(0) == 2);
  CHECK(folded({1, inf, 2}, reduce::log_sum_exp{}).at(0) == inf);
  CHECK(folded({inf, inf}, reduce::log_sum_exp{}).at(0) == inf);
  CHECK(std::isnan(folded({1, nan, 2}, reduce::log_sum_exp{}).at(0)));
  CHECK(std::isnan(folded({nan, 1}, reduce::log_sum_exp{}).at(0)));
  CHECK(std::isnan(folded({1, nan}, reduce::log_sum_exp{}).at(0)));
  CHECK(folded({1}, reduce::log_sum_exp{}).at(1) == 0);
  CHECK(folded({1}, reduce::log_sum_exp{.empty = -inf}).at(1) == -inf);
}

TEST_CASE("softmax: near the mean, near the maximum") {
  CHECK(folded({1, 2, 6}, reduce::softmax{.beta = 0}).at(0) == doctest::Approx(3));
  CHECK(folded({1, 2, 6}, reduce::softmax{.beta = 200}).at(0) == doctest::Approx(6));
  CHECK(folded({1, 2, 6}, reduce::softmax{.beta = -200}).at(0) == doctest::Approx(1));
  CHECK(folded({0, 1}, reduce::softmax{}).at(0) == doctest::Approx(0.73105858));
  CHECK(folded({5000, 5001}, reduce::softmax{}).at(0) == doctest::Approx(5000.731059));
  CHECK(std::isnan(folded({1, nan}, reduce::softmax{}).at(0)));
  CHECK(folded({1}, reduce::softmax{.empty = 9}).at(1) == 9);
}

TEST_CASE("power_mean takes positive messages") {
  CHECK(folded({1, 2, 6}, reduce::power_mean{}).at(0) == doctest::Approx(3));
  CHECK(folded({1, 7}, reduce::power_mean{.p = 2}).at(0) == doctest::Approx(5));
  CHECK(folded({1, 4, 4}, reduce::power_mean{.p = -1}).at(0) == doctest::Approx(2));
  CHECK(std::isnan(folded({1, 0}, reduce::power_mean{.p = 2}).at(0)));
  CHECK(std::isnan(folded({-1, 4}, reduce::power_mean{.p = 2}).at(0)));
  CHECK(std::isnan(folded({-3}, reduce::power_mean{.p = 1}).at(0)));
  CHECK(folded({1}, reduce::power_mean{}).at(1) == 0);
}

// The gradients of all messages of vertex 0.
template <class T, class R>
basic_tensor<T> gradients_of(const std::vector<T>& messages, const R& r) {
  const std::vector<std::int32_t> zeros(messages.size(), 0);
  auto m = basic_tensor<T>({std::ssize(messages), 1}, messages);
  m.set_requires_grad();
  update_all(graph::from_coo(zeros, zeros, 1), copy_e(m), r).backward(full<T>({1, 1}, T(1)));
  return m.grad();
}

// The state has what the rounded result has lost.
TEST_CASE_TEMPLATE("equal messages share the gradient, however large they are", T, float, double) {
  for (double value : {0.0, 1.0, -3.7e4, 1e5, 10000001.0, 1e8, 1e15, -1e30})
    for (std::size_t n : {1U, 3U, 7U, 50U, 100U}) {
      CAPTURE(value);
      CAPTURE(n);
      const std::vector<T> messages(n, static_cast<T>(value));
      const auto share = doctest::Approx(1 / static_cast<double>(n)).epsilon(1e-6);
      for (const auto& g : {gradients_of(messages, reduce::log_sum_exp{}), gradients_of(messages, reduce::softmax{}),
                            gradients_of(messages, reduce::softmax{.beta = -2})}) {
        CHECK(static_cast<double>(g.at(0)) == share);
        CHECK(static_cast<double>(g.at(std::ssize(messages) - 1)) == share);
      }
      if (value <= 0) continue;
      CHECK(static_cast<double>(gradients_of(messages, reduce::power_mean{.p = 3}).at(0)) == share);
    }
}

TEST_CASE("softmax: equal messages are their own mean to the last bit") {
  for (float value : {1e8f, 10000001.f, 0.1f})
    CHECK(update_all(graph::from_coo(std::vector<std::int32_t>(77, 0), std::vector<std::int32_t>(77, 0), 1),
                     copy_e(full<float>({77, 1}, value)), reduce::softmax{.beta = 0.3})
              .at(0) == value);
}

TEST_CASE("gradients beside infinities are finite") {
  const auto same = [](const tensor& g, std::initializer_list<float> expected) {
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(g.at(static_cast<std::int64_t>(i)) == doctest::Approx(expected.begin()[i]));
  };
  same(gradients_of<float>({-inf, 2, 2}, reduce::log_sum_exp{}), {0, 0.5, 0.5});
  same(gradients_of<float>({1, inf, inf}, reduce::log_sum_exp{}), {0, 0.5, 0.5});
  same(gradients_of<float>({-inf, -inf}, reduce::log_sum_exp{}), {0, 0});
  same(gradients_of<float>({-inf, 2, 2}, reduce::softmax{}), {0, 0.5, 0.5});
  same(gradients_of<float>({1, inf, inf}, reduce::softmax{}), {0, 0.5, 0.5});
  CHECK(folded({-inf, 2, 2}, reduce::softmax{}).at(0) == 2);
  CHECK(folded({1, inf}, reduce::softmax{}).at(0) == inf);
  CHECK(folded({1, inf, 5}, reduce::softmax{.beta = -1}).at(0) == doctest::Approx(1.0719449));
}

TEST_CASE("softmax with a beta of 0 is the mean, of infinities too") {
  const reduce::softmax even{.beta = 0};
  CHECK(folded({1, inf, 2}, even).at(0) == inf);
  CHECK(folded({inf, 1, 2}, even).at(0) == inf);
  CHECK(folded({-inf, 1}, even).at(0) == -inf);
  CHECK(folded({1, -inf}, even).at(0) == -inf);
  CHECK(std::isnan(folded({inf, 1, -inf}, even).at(0)));
  CHECK(std::isnan(folded({1, nan}, even).at(0)));
  CHECK(folded({1}, even).at(1) == 0);
  for (const std::vector<float>& messages : {std::vector<float>{1, 7, -3, 5}, {inf, 1, 2, inf}, {-2, inf, -inf, 0}}) {
    const tensor g = gradients_of(messages, even);
    for (std::int64_t i = 0; i < 4; ++i) CHECK(g.at(i) == 0.25F);
  }
  std::vector<float> hub(10'000, 1);  // merged chunk by chunk
  for (std::size_t i = 0; i < hub.size(); i += 2) hub[i] = 4;
  const std::vector<std::int32_t> zeros(hub.size(), 0);
  const graph g = graph::from_coo(zeros, zeros, 1);
  CHECK(update_all(g, copy_e(tensor({10'000, 1}, hub)), even).item() == 2.5F);
}

TEST_CASE("softmax, power_mean: what beta and p may not be") {
  const auto refused = [](const auto& r, const char* part) {
    CHECK_THROWS_SAYING(folded({1, 2}, r), std::invalid_argument, part);
    CHECK_THROWS_SAYING(folded({1, 2}, reduce::multi(reduce::sum{}, r)), std::invalid_argument, part);
    CHECK_THROWS_SAYING(gradients_of<float>({1, 2}, r), std::invalid_argument, part);
  };
  refused(reduce::softmax{.beta = std::nan("")}, "[update_all] beta of the softmax is nan, expected a finite number");
  refused(reduce::softmax{.beta = -HUGE_VAL}, "beta of the softmax is -inf, expected a finite number");
  refused(reduce::power_mean{.p = 0}, "[update_all] p of the power_mean is 0.000000, expected a finite number, not 0");
  refused(reduce::power_mean{.p = std::nan("")}, "p of the power_mean is nan, expected a finite number");
  refused(reduce::power_mean{.p = HUGE_VAL}, "p of the power_mean is inf, expected a finite number");
}

TEST_CASE("power_mean neither overflows nor underflows") {
  CHECK(folded({3e19f, 4e19f}, reduce::power_mean{.p = 2}).at(0) == doctest::Approx(3.5355339e19));
  CHECK(folded({3e-30f, 4e-30f}, reduce::power_mean{.p = 2}).at(0) == doctest::Approx(3.5355339e-30));
  CHECK(folded({3e30f, 3e30f}, reduce::power_mean{.p = -9}).at(0) == doctest::Approx(3e30));
  CHECK(folded({1, inf}, reduce::power_mean{.p = 2}).at(0) == inf);
  CHECK(folded({1, inf}, reduce::power_mean{.p = -1}).at(0) == doctest::Approx(2));
  CHECK(std::isnan(folded({1, nan, 2}, reduce::power_mean{.p = 2}).at(0)));
  const tensor g = gradients_of<float>({3e19f, 4e19f}, reduce::power_mean{.p = 2});
  CHECK(g.at(0) == doctest::Approx(0.4242641));
  CHECK(g.at(1) == doctest::Approx(0.5656854));
}

}  // namespace
}  // namespace edgefold
