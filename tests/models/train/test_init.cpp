#include <edgefold/models/train/init.hpp>

#include <support/thread_counts.hpp>

#include <cmath>

namespace edgefold {
namespace {

using namespace edgefold::testing;

struct moments {
  double mean = 0, deviation = 0, low = HUGE_VAL, high = -HUGE_VAL;
};
moments moments_of(const tensor& t) {
  moments m;
  const auto n = static_cast<double>(t.size());
  for (float x : t.values()) {
    m.mean += x / n;
    m.low = std::min(m.low, double{x});
    m.high = std::max(m.high, double{x});
  }
  for (float x : t.values()) m.deviation += (x - m.mean) * (x - m.mean) / n;
  m.deviation = std::sqrt(m.deviation);
  return m;
}
// Of 100,000 uniform numbers from -bound to bound.
void check_uniform(const tensor& t, double bound) {
  const moments m = moments_of(t);
  CHECK(std::abs(m.mean) < 0.01 * bound);
  CHECK(m.deviation == doctest::Approx(bound / std::sqrt(3)).epsilon(0.01));
  CHECK(m.low >= -bound * (1 + 1e-6));
  CHECK(m.low < -0.999 * bound);
  CHECK(m.high <= bound * (1 + 1e-6));
  CHECK(m.high > 0.999 * bound);
}

TEST_CASE("init: kaiming_uniform, as torch fills Linear, and for a ReLU") {
  check_uniform(kaiming_uniform({400, 250}, 250, 1), 1 / std::sqrt(250.0));
  check_uniform(kaiming_uniform({400, 250}, 250, 1, 0, 0), std::sqrt(6 / 250.0));
  CHECK(same_bits(kaiming_uniform({3, 4}, 4, 9, 2), random_uniform({3, 4}, 9, -0.5F, 0.5F, 2)));
}

TEST_CASE("init: xavier, of a matrix and of a convolution") {
  check_uniform(xavier_uniform({400, 250}, 1), std::sqrt(6 / 650.0));
  check_uniform(xavier_uniform({100, 40, 5, 5}, 1, 0, 2), 2 * std::sqrt(6 / (40 * 25.0 + 100 * 25)));
  const moments m = moments_of(xavier_normal({400, 250}, 1, 3, 0.5));
  CHECK(m.mean == doctest::Approx(0).epsilon(1e-3));
  CHECK(m.deviation == doctest::Approx(0.5 * std::sqrt(2 / 650.0)).epsilon(0.01));
}

TEST_CASE("init: normal") {
  const moments m = moments_of(normal({1000, 100}, 5, 0.25, 1));
  CHECK(m.mean == doctest::Approx(5).epsilon(1e-3));
  CHECK(m.deviation == doctest::Approx(0.25).epsilon(0.01));
  CHECK(same_bits(normal({7}, 3, 0, 1), full({7}, 3.0F)));
}

TEST_CASE("init: seed and stream choose the numbers, threads do not") {
  CHECK(same_bits(xavier_normal({8, 8}, 1, 2), xavier_normal({8, 8}, 1, 2)));
  CHECK_FALSE(same_bits(xavier_normal({8, 8}, 1, 2), xavier_normal({8, 8}, 1, 3)));
  CHECK_FALSE(same_bits(kaiming_uniform({8, 8}, 8, 1), kaiming_uniform({8, 8}, 8, 2)));
  check_thread_counts([] { return normal({1000, 300}, 1, 2, 3); });
  check_thread_counts([] { return kaiming_uniform({1000, 300}, 300, 3); });
}

TEST_CASE("init: misuse") {
  CHECK_THROWS_SAYING(kaiming_uniform({2, 2}, 0, 1), std::invalid_argument,
                      "[kaiming_uniform] fan_in is 0, expected at least 1");
  CHECK_THROWS_SAYING(kaiming_uniform({2, 2}, 1, 1, 0, NAN), std::invalid_argument, "[kaiming_uniform] negative_slope");
  CHECK_THROWS_SAYING(xavier_uniform({5}, 1), std::invalid_argument,
                      "[xavier_uniform] shape (5) has fewer than two dims");
  CHECK_THROWS_SAYING(xavier_normal({0, 0}, 1), std::invalid_argument, "[xavier_normal] shape (0, 0) has no fan in");
  CHECK_THROWS_SAYING(xavier_normal({2, 2}, 1, 0, -1), std::invalid_argument, "[xavier_normal] gain is -1");
  CHECK_THROWS_SAYING(normal({2}, 0, -1, 1), std::invalid_argument, "[normal] the standard deviation is -1");
}

}  // namespace
}  // namespace edgefold
