#include <doctest/doctest.h>

#include <edgefold/core/random.hpp>

#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

#include <algorithm>
#include <array>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

struct moments {
  double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
  template <class T>
  explicit moments(const basic_tensor<T>& t) {
    const auto n = static_cast<double>(t.size());
    for (T x : t.values()) mean += static_cast<double>(x) / n;
    for (T x : t.values()) {
      const double d = static_cast<double>(x) - mean;
      variance += d * d / n, skewness += d * d * d / n, kurtosis += d * d * d * d / n;
    }
    skewness /= std::pow(variance, 1.5);
    kurtosis /= variance * variance;
  }
};

// The correlation of each element with the next but `lag`.
template <class T>
double correlation(const basic_tensor<T>& t, std::int64_t lag) {
  const moments m(t);
  double sum = 0;
  for (std::int64_t i = 0; i + lag < t.size(); ++i)
    sum += (static_cast<double>(t.at(i)) - m.mean) * (static_cast<double>(t.at(i + lag)) - m.mean);
  return sum / m.variance / static_cast<double>(t.size());
}

constexpr std::int64_t many = 1'000'000;  // a mean's standard error is 1e-3 of the deviation

}  // namespace

TEST_CASE("Philox gives the known answers of its authors") {
  using words = std::array<std::uint32_t, 4>;
  auto answer = [](std::uint64_t seed, std::uint64_t counter, std::uint64_t stream) {
    const random_words w = philox(seed, counter, stream);
    return words{w.word[0], w.word[1], w.word[2], w.word[3]};
  };
  // Random123's kat_vectors, philox 4x32 of 10 rounds; words least significant first.
  CHECK(answer(0, 0, 0) == words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(answer(~0ULL, ~0ULL, ~0ULL) == words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(answer(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e) ==
        words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("normal elements have the moments of a standard normal") {
  const auto t = random_normal<double>({many}, 42);
  const moments m(t);
  CHECK(std::abs(m.mean) < 5e-3);
  CHECK(std::abs(m.variance - 1) < 7e-3);
  CHECK(std::abs(m.skewness) < 0.0125);
  CHECK(std::abs(m.kurtosis - 3) < 0.025);
  CHECK(std::abs(correlation(t, 1)) < 5e-3);  // the two halves of a Box-Muller pair
  CHECK(std::abs(correlation(t, 2)) < 5e-3);
  std::int64_t beyond_two = 0;
  for (double x : t.values()) beyond_two += std::abs(x) > 2;
  CHECK(std::abs(static_cast<double>(beyond_two) / many - 0.0455) < 1.1e-3);
}

TEST_CASE("uniform elements fill the range and stay in it") {
  const auto t = random_uniform<double>({many}, 1, -2.0, 4.0);
  const moments m(t);
  CHECK(std::abs(m.mean - 1) < 9e-3);
  CHECK(std::abs(m.variance - 3) < 0.015);
  CHECK(std::abs(correlation(t, 1)) < 5e-3);
  const auto [low, high] = std::minmax_element(t.values().begin(), t.values().end());
  CHECK(*low >= -2);
  CHECK(*low < -1.999);
  CHECK(*high < 4);
  CHECK(*high > 3.999);
}

TEST_CASE("a float never reaches the open end") {
  // Half of all doubles in the range round up to the end here.
  const float low = 1, high = std::nextafter(1.0F, 2.0F);
  const tensor t = random_uniform<float>({1000}, 3, low, high);
  CHECK(std::all_of(t.values().begin(), t.values().end(), [](float x) { return x == 1; }));
}

TEST_CASE("integers are uniform below the limit") {
  const auto t = random_integers({many}, 7, 5);
  std::array<std::int64_t, 7> counts{};
  REQUIRE(std::all_of(t.values().begin(), t.values().end(), [](std::int64_t x) { return x >= 0 && x < 7; }));
  for (std::int64_t x : t.values()) ++counts[static_cast<std::size_t>(x)];
  double chi_squared = 0;
  for (std::int64_t c : counts) chi_squared += std::pow(static_cast<double>(c) - many / 7.0, 2) / (many / 7.0);
  CHECK(chi_squared < 22.5);  // six degrees of freedom: exceeded once in a thousand seeds
  CHECK(random_integers({3}, 1, 9).at(2) == 0);
  const auto wide = random_integers({many}, std::int64_t{1} << 32, 5);
  CHECK(*std::max_element(wide.values().begin(), wide.values().end()) > 4'294'000'000);
}

TEST_CASE("a permutation names everything once, and orders differ") {
  auto order = random_permutation(1000, 3);
  CHECK(same_bits(order, random_permutation(1000, 3)));
  CHECK_FALSE(same_bits(order, random_permutation(1000, 3, 1)));
  double inversions = 0;
  for (std::int64_t i = 0; i < 1000; ++i)
    for (std::int64_t j = 0; j < i; ++j) inversions += order.at(j) > order.at(i);
  CHECK(inversions / 499'500 == doctest::Approx(0.5).epsilon(0.1));
  std::sort(order.mutable_data(), order.mutable_data() + 1000);
  for (std::int64_t i = 0; i < 1000; ++i) CHECK(order.at(i) == i);
  CHECK(random_permutation(0, 1).size() == 0);
}

TEST_CASE("the same bits for any number of threads, and for a longer tensor") {
  const thread_scope restore(1);
  const tensor one = random_normal({300, 501}, 9);
  const auto uniform = random_uniform<double>({100'001}, 9);
  const auto integers = random_integers({100'001}, 1000, 9);
  for (int threads : {2, 3, 8}) {
    set_num_threads(threads);
    CHECK(same_bits(random_normal({300, 501}, 9), one));
    CHECK(same_bits(random_uniform<double>({100'001}, 9), uniform));
    CHECK(same_bits(random_integers({100'001}, 1000, 9), integers));
  }
  const tensor longer = random_normal({one.size() + 5}, 9);
  CHECK(std::equal(one.values().begin(), one.values().end(), longer.values().begin()));
}

TEST_CASE("seeds and streams give other numbers") {
  const tensor a = random_normal({64}, 1);
  CHECK_FALSE(same_bits(a, random_normal({64}, 2)));
  CHECK_FALSE(same_bits(a, random_normal({64}, 1, 1)));
  CHECK_FALSE(same_bits(a, random_normal({64}, std::uint64_t{1} << 32 | 1)));
  CHECK(same_bits(a, random_normal({64}, 1, 0)));
}

TEST_CASE("bad ranges are refused") {
  CHECK_THROWS_SAYING(random_uniform<float>({2}, 1, 1.0F, 1.0F), std::invalid_argument,
                      "[random_uniform] expected low < high");
  CHECK_THROWS_SAYING(random_uniform<float>({2}, 1, NAN, 1.0F), std::invalid_argument, "expected low < high");
  CHECK_THROWS_SAYING(random_integers({2}, 0, 1), std::invalid_argument, "[random_integers] limit is 0");
  CHECK_THROWS_SAYING(random_integers({2}, (std::int64_t{1} << 32) + 1, 1), std::invalid_argument,
                      "limit is 4294967297");
}
