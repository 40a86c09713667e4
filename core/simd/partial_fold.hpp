/// Long folds in parts of fixed length: a value passes few roundings, however many there are of them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

#include <edgefold/core/isa.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Values in a part, parts in what is joined of them first, and so on: from level to level.
inline constexpr int part_length = 32;

/// How many parts are full when the last one, which may be full too, is in work.
constexpr std::int64_t parts_before_last(std::int64_t values) { return values > 0 ? (values - 1) / part_length : 0; }

/// What full parts make. Level 0 joins the last part_length of them or less, the next what was joined there; the last
/// one takes all that comes.
template <class S, int Levels = 2>
struct joined_parts {
  S level[Levels];

  /// Takes in a part; `number` have come before it. By a copy, so that what the caller has in registers stays there.
  template <class Merge>
  [[gnu::always_inline]] void add(const S& part, std::int64_t number, const Merge& merge) {
    S next = part;
    if (number == 0) level[0] = next;
    else if (number % part_length != 0) level[0] = merge(level[0], next);
    else carry(next, number, merge);
  }

  /// `number` parts and the last one, by a copy likewise.
  template <class Merge>
  [[gnu::always_inline]] S with(const S& last, std::int64_t number, const Merge& merge) const {
    if (number == 0) return last;
    S all = last;
    all = merge(level[0], all);
    if (number > part_length) join_upper(all, parts_before_last(number), merge);
    return all;
  }

 private:
  template <class Merge>
  [[gnu::noinline]] void join_upper(S& all, std::int64_t number, const Merge& merge) const {
    for (int l = 1; l < Levels && number > 0; ++l, number = parts_before_last(number)) all = merge(level[l], all);
  }
  template <class Merge>
  [[gnu::noinline]] void carry(S& part, std::int64_t number, const Merge& merge) {
    for (int l = 0; l < Levels; ++l, number = number / part_length - 1) {
      if (number % part_length != 0 || (l + 1 == Levels && number > 0)) {
        level[l] = merge(level[l], part);
        return;
      }
      if (number == 0) {
        level[l] = part;
        return;
      }
      std::swap(level[l], part);
    }
  }
};

/// merge(i, j) takes value j into value i, of `count`: neighbours first, then what they make, a tree of few roundings.
/// Value 0 has all in the end.
template <class Merge>
void join_neighbours(std::size_t count, const Merge& merge) {
  for (std::size_t step = 1; step < count; step *= 2)
    for (std::size_t i = 0; i + step < count; i += 2 * step) merge(i, i + step);
}

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
  joined_parts<P, 4> parts_{{P(0), P(0), P(0), P(0)}};
  std::int64_t count_ = 0;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
