// log_sum_exp, softmax, power_mean.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

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

}  // namespace
}  // namespace edgefold
