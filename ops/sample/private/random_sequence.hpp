/// Random numbers drawn one after another. Private to the compiled library.
#pragma once
#include <edgefold/core/random.hpp>

namespace edgefold::detail {

/// Each key has a sequence of its own within a stream of a seed.
class random_sequence {
 public:
  random_sequence(std::uint64_t seed, std::uint64_t stream, std::int64_t key)
      : seed_(seed), stream_(stream), counter_(static_cast<std::uint64_t>(key) << 32) {}

  std::uint32_t word() {
    if (used_ == 4) words_ = philox(seed_, counter_++, stream_), used_ = 0;
    return words_.word[used_++];
  }
  std::uint64_t two_words() {
    const std::uint64_t high = word();
    return high << 32 | word();
  }
  /// From 0 to n - 1, each as likely (Lemire 2019); beyond n = 2^32 with a bias below n / 2^64.
  std::int64_t below(std::int64_t n) {
    const auto m = static_cast<std::uint32_t>(n);
    if (n != m)
      return static_cast<std::int64_t>(static_cast<unsigned __int128>(two_words()) * static_cast<std::uint64_t>(n) >>
                                       64);
    std::uint64_t x = std::uint64_t{word()} * m;
    if (static_cast<std::uint32_t>(x) < m)
      while (static_cast<std::uint32_t>(x) < -m % m) x = std::uint64_t{word()} * m;
    return static_cast<std::int64_t>(x >> 32);
  }
  /// From [0, 1), 53 bits.
  double unit() { return static_cast<double>(two_words() >> 11) * 0x1p-53; }

 private:
  std::uint64_t seed_, stream_, counter_;
  random_words words_{};
  int used_ = 4;
};

}  // namespace edgefold::detail
