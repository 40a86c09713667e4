/// Long folds in parts of fixed length: a value passes few roundings, however many there are of them.
#pragma once
#include <cstdint>

#include <edgefold/core/isa.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Values in a part; and parts that are joined before what they make joins the rest.
inline constexpr int part_length = 32;

/// How many parts are full when the last one, which may be full too, is in work.
constexpr std::int64_t parts_before_last(std::int64_t values) { return values > 0 ? (values - 1) / part_length : 0; }

/// What full parts make.
template <class S>
struct joined_parts {
  S few, many;  // of the last part_length parts or less; of those before them

  /// Takes in a part; `number` have come before it.
  template <class Merge>
  void add(const S& part, std::int64_t number, const Merge& merge) {
    if (number % part_length != 0) {
      few = merge(few, part);
      return;
    }
    if (number > part_length) many = merge(many, few);
    else if (number == part_length) many = few;
    few = part;
  }

  /// `number` parts and the last one.
  template <class Merge>
  S with(const S& last, std::int64_t number, const Merge& merge) const {
    if (number == 0) return last;
    const S late = merge(few, last);
    return number <= part_length ? late : merge(many, late);
  }
};

/// A sum of many packs.
template <class P>
class partial_sums {
 public:
  void add(const P& x) {
    if (count_ % part_length == 0) {
      if (count_ > 0) parts_.add(part_, count_ / part_length - 1, plus);
      part_ = x;
    } else {
      part_ = part_ + x;
    }
    ++count_;
  }
  P total() const { return parts_.with(part_, parts_before_last(count_), plus); }

 private:
  static constexpr auto plus = [](const P& a, const P& b) { return a + b; };
  P part_{0};
  joined_parts<P> parts_{P(0), P(0)};
  std::int64_t count_ = 0;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
