/// Messages of a single feature: a pack holds edges, one a lane, instead of features.
#pragma once
#include <edgefold/ops/rows.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// As tile_reader, for rows of one element: messages are computed a window of edges at a time, over the bounds of
/// groups where no operand belongs to the group, and handed out one by one in all lanes. So a fold sees what it always
/// sees.
template <class F, class T, std::size_t N>
class column_reader {
 public:
  static constexpr int lanes = native_lanes<T>;
  using value = message_value<F, T, N>;

  /// Does the plan have rows of one element?
  static bool serves(const bound_plan& plan) { return plan.tiles.size() == 1 && plan.tiles[0].lanes == 1; }

  /// For positions before `limit`.
  column_reader(const F& f, const std::array<row_source<T>, N>& rows, const bound_plan& plan, const edge_groups& groups,
                std::int64_t limit)
      : f_(f), groups_(groups), limit_(limit) {
    for (std::size_t i = 0; i < N; ++i) {
      rows_[i] = rows[i];
      rows_[i].base += plan.of(0)[i];
      each_group_its_own_ |= rows_[i].by_group != 0;
    }
  }

  [[gnu::always_inline]] void enter(std::int64_t group) {
    group_ = group;
    if (each_group_its_own_) end_ = 0;
  }
  [[gnu::always_inline]] void ask(std::int64_t) const {}
  [[gnu::always_inline]] void read(std::int64_t position, pack<value, lanes> (&out)[1]) {
    if (position >= end_) [[unlikely]]
      fill(position);
    out[0] = pack<value, lanes>(messages_[position - begin_]);
  }

 private:
  static constexpr std::int64_t window = 256;

  [[gnu::noinline]] void fill(std::int64_t begin) {
    begin_ = begin;
    end_ = std::min(begin + window, each_group_its_own_ ? std::min(limit_, groups_.offsets[group_ + 1]) : limit_);
    const std::int64_t count = end_ - begin_;
    for (std::size_t i = 0; i < N; ++i) {
      const row_source<T> r = rows_[i];
      const T* const start = r.group(group_);
      T* const x = operands_[i];
      if (r.rows) {
        if (count == window) ask_on(r.rows + end_);
        for (std::int64_t j = 0; j < count; ++j) x[j] = start[r.rows[begin + j] * r.stride];
      } else {
        if (count == window && r.by_position == 1) ask_on(start + end_);
        for (std::int64_t j = 0; j < count; ++j) x[j] = *r.at(start, begin + j);
      }
      std::fill(x + count, x + (count + lanes - 1) / lanes * lanes, x[count - 1]);  // a pack is never half unknown
    }
    for (std::int64_t j = 0; j < count; j += lanes)
      store<value, lanes>(messages_ + j, message(j, std::make_index_sequence<N>{}));
  }
  // Asks for what the next window reads one after another: folding keeps the processor from getting that far by itself.
  template <class E>
  static void ask_on(const E* next) {
    for (std::int64_t j = 0; j < window; j += 64 / static_cast<std::int64_t>(sizeof(E))) prefetch(next + j);
  }
  template <std::size_t... I>
  [[gnu::always_inline]] pack<value, lanes> message(std::int64_t j, std::index_sequence<I...>) const {
    return convert<value>(f_(load<T, lanes>(operands_[I] + j)...));
  }

  const F f_;
  const edge_groups& groups_;
  row_source<T> rows_[N];
  std::int64_t limit_;
  bool each_group_its_own_ = false;
  std::int64_t group_ = 0, begin_ = 0, end_ = 0;
  T operands_[N][window];
  value messages_[window];
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
