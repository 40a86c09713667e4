/// Messages of a single feature.
#pragma once
#include <edgefold/ops/rows.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// As tile_reader, for rows of one element, in all lanes of a pack: with nothing to choose but where an operand's row
/// is, the additions of a fold, one after another, are all that is left to wait for.
template <class F, class T, std::size_t N>
class column_reader {
 public:
  static constexpr int lanes = native_lanes<T>;
  using value = message_value<F, T, N>;

  /// Does the plan have rows of one element?
  static bool serves(const bound_plan& plan) { return plan.tiles.size() == 1 && plan.tiles[0].lanes == 1; }

  column_reader(const F& f, const std::array<row_source<T>, N>& rows, const bound_plan& plan) : f_(f) {
    for (std::size_t i = 0; i < N; ++i) {
      rows_[i] = rows[i];
      rows_[i].base += plan.of(0)[i];
    }
  }

  [[gnu::always_inline]] void enter(std::int64_t group) {
    for (std::size_t i = 0; i < N; ++i) start_[i] = rows_[i].group(group);
  }
  [[gnu::always_inline]] void ask(std::int64_t) const {}
  [[gnu::always_inline]] void read(std::int64_t position, pack<value, lanes> (&out)[1]) const {
    out[0] = message(position, std::make_index_sequence<N>{});
  }

 private:
  template <std::size_t... I>
  [[gnu::always_inline]] pack<value, lanes> message(std::int64_t position, std::index_sequence<I...>) const {
    return convert<value>(f_(pack<T, lanes>(*rows_[I].at(start_[I], position))...));
  }

  const F f_;
  row_source<T> rows_[N];
  const T* start_[N];
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
