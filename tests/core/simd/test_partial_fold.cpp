// Folds in parts: nothing lost, nothing out of order, and little lost by rounding.
#include <edgefold/core/simd/pack.hpp>
#include <edgefold/core/simd/partial_fold.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace edgefold {
namespace {

using list = std::vector<int>;

list joined(const list& a, const list& b) {
  list all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

template <int Levels>
void check_order(int n) {
  impl::joined_parts<list, Levels> parts;
  list part;
  for (int i = 0; i < n; ++i) {
    if (i > 0 && i % impl::part_length == 0) {
      parts.add(part, i / impl::part_length - 1, joined);
      part.clear();
    }
    part.push_back(i);
  }
  list expected(static_cast<std::size_t>(n));
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(parts.with(part, impl::parts_before_last(n), joined) == expected);
}

TEST_CASE("parts are joined in their order") {
  for (int n : {1, 2, 31, 32, 33, 64, 65, 1023, 1024, 1025, 1056, 1057, 4096, 5000, 32768, 32769, 70'000}) {
    CAPTURE(n);
    check_order<1>(n);
    check_order<2>(n);
    check_order<4>(n);
  }
  CHECK(impl::parts_before_last(0) == 0);
}

TEST_CASE("partial sums of packs") {
  CHECK(impl::partial_sums<pack<float>>().total().v[0] == 0);
  for (int n : {1, 31, 32, 33, 1025, 1'000'000}) {
    CAPTURE(n);
    impl::partial_sums<pack<float>> sums;
    for (int i = 0; i < n; ++i) sums.add(pack<float>(0.1f));
    const double exact = static_cast<double>(0.1f) * n;
    CHECK(std::abs(static_cast<double>(sums.total().v[0]) / exact - 1) <= 32 * 0x1p-24);  // of one part, at each level
  }
}

}  // namespace
}  // namespace edgefold
