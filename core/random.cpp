#include <edgefold/core/random.hpp>

#include <edgefold/core/parallel.hpp>

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace edgefold {
namespace {

// The four words as two doubles in [0, 1), 53 bits each.
double unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

// Writes pairs made from one counter each: element 2i and 2i + 1 come from counter i.
template <class T, class Pair>
void fill_pairs(basic_tensor<T>& t, std::uint64_t seed, std::uint64_t stream, Pair&& pair) {
  T* p = t.mutable_data();
  const std::int64_t n = t.size();
  parallel_for((n + 1) / 2, 1 << 14, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      const random_words w = philox(seed, static_cast<std::uint64_t>(i), stream);
      const auto [x, y] = pair(unit(w.word[0], w.word[1]), unit(w.word[2], w.word[3]));
      p[2 * i] = static_cast<T>(x);
      if (2 * i + 1 < n) p[2 * i + 1] = static_cast<T>(y);
    }
  });
}

}  // namespace

random_words philox(std::uint64_t seed, std::uint64_t counter, std::uint64_t stream) {
  auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const philox4x32_ctr_t c = {{low(counter), high(counter), low(stream), high(stream)}};
  const philox4x32_key_t k = {{low(seed), high(seed)}};
  const philox4x32_ctr_t r = philox4x32(c, k);
  return {{r.v[0], r.v[1], r.v[2], r.v[3]}};
}

template <element T>
basic_tensor<T> random_normal(shape_type shape, std::uint64_t seed, std::uint64_t stream) {
  auto t = basic_tensor<T>::uninitialized(std::move(shape));
  fill_pairs(t, seed, stream, [](double u, double v) {  // 1 - u is never 0; in T, whose functions are faster for float
    const T radius = std::sqrt(-2 * std::log(static_cast<T>(1 - u)));
    const T angle = static_cast<T>(2 * std::numbers::pi * v);
    return std::pair(radius * std::cos(angle), radius * std::sin(angle));
  });
  return t;
}

template <element T>
basic_tensor<T> random_uniform(shape_type shape, std::uint64_t seed, T low, T high, std::uint64_t stream) {
  check(low < high, "random_uniform", "expected low < high, got ", low, " and ", high);
  auto t = basic_tensor<T>::uninitialized(std::move(shape));
  const double from = low, range = static_cast<double>(high) - low;
  auto place = [=](double u) {
    const T x = static_cast<T>(from + u * range);
    return x < high ? x : std::nextafter(high, low);  // rounding to T may have reached the open end
  };
  fill_pairs(t, seed, stream, [&](double u, double v) { return std::pair(place(u), place(v)); });
  return t;
}

basic_tensor<std::int64_t> random_integers(shape_type shape, std::int64_t limit, std::uint64_t seed,
                                           std::uint64_t stream) {
  check(limit >= 1 && limit <= std::int64_t{1} << 32, "random_integers", "limit is ", limit,
        ", expected from 1 to 2^32");
  auto t = basic_tensor<std::int64_t>::uninitialized(std::move(shape));
  std::int64_t* p = t.mutable_data();
  parallel_for(t.size(), 1 << 14, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      const random_words w = philox(seed, static_cast<std::uint64_t>(i), stream);
      const auto wide = static_cast<unsigned __int128>(std::uint64_t{w.word[0]} << 32 | w.word[1]);
      p[i] = static_cast<std::int64_t>(wide * static_cast<std::uint64_t>(limit) >> 64);
    }
  });
  return t;
}

basic_tensor<std::int64_t> random_permutation(std::int64_t n, std::uint64_t seed, std::uint64_t stream) {
  check(n >= 0, "random_permutation", "n is ", n);
  std::vector<std::pair<std::uint64_t, std::int64_t>> keys(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const random_words w = philox(seed, i, stream);
    keys[i] = {std::uint64_t{w.word[0]} << 32 | w.word[1], static_cast<std::int64_t>(i)};
  }
  std::sort(keys.begin(), keys.end());
  auto order = basic_tensor<std::int64_t>::uninitialized({n});
  std::transform(keys.begin(), keys.end(), order.mutable_data(), [](const auto& key) { return key.second; });
  return order;
}

template basic_tensor<float> random_normal<float>(shape_type, std::uint64_t, std::uint64_t);
template basic_tensor<double> random_normal<double>(shape_type, std::uint64_t, std::uint64_t);
template basic_tensor<float> random_uniform<float>(shape_type, std::uint64_t, float, float, std::uint64_t);
template basic_tensor<double> random_uniform<double>(shape_type, std::uint64_t, double, double, std::uint64_t);

}  // namespace edgefold
