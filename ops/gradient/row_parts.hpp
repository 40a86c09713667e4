/// The sum of many rows in parts of fixed length, as the forward folds have them.
#pragma once
#include <cstdint>
#include <vector>

#include <edgefold/core/simd/partial_fold.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Keeps the full parts; the one in work is added up in the row that the sum goes to.
template <class T>
class row_parts {
 public:
  /// What is in `row` is a full part; the next one begins in it, at 0.
  [[gnu::noinline]] void put_away(T* row, std::int64_t width) {
    full_.resize(static_cast<std::size_t>(width));
    for (std::int64_t j = 0; j < width; ++j) {
      full_[static_cast<std::size_t>(j)].add(row[j], number_, plus);
      row[j] = 0;
    }
    ++number_;
  }
  /// `row`, with the last part in it, becomes the sum of all; those kept are forgotten.
  [[gnu::noinline]] void join(T* row, std::int64_t width) {
    for (std::int64_t j = 0; j < width && number_ > 0; ++j)
      row[j] = full_[static_cast<std::size_t>(j)].with(row[j], number_, plus);
    number_ = 0;
  }

 private:
  static constexpr auto plus = [](T a, T b) { return a + b; };
  std::vector<joined_parts<T>> full_;
  std::int64_t number_ = 0;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
