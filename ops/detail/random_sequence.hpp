/// Random numbers drawn one after another. Private to the compiled library.
#pragma once
#include <edgefold/core/random.hpp>

namespace edgefold::detail {

/// Each key has a sequence of its own within a stream of a seed.
class random_sequence {
 public:
  random_sequence(std::uint64_t seed, std::uint64_t stream, std::int64_t key)
      : seed_(seed), stream_(stream), counter_(static_cast<std::uint64_t>(key) << 32) {}

  std::uint64_t next() {
    if (half_ ^= 1) words_ = philox(seed_, counter_++, stream_);
    const std::uint32_t* w = words_.word + (half_ ? 0 : 2);
    return std::uint64_t{w[0]} << 32 | w[1];
  }
  /// From 0 to n - 1; each with a bias below n / 2^64.
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(static_cast<unsigned __int128>(next()) * static_cast<std::uint64_t>(n) >> 64);
  }
  /// From [0, 1), 53 bits.
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::uint64_t seed_, stream_, counter_;
  random_words words_{};
  int half_ = 0;
};

}  // namespace edgefold::detail
