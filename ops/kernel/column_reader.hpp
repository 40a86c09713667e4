/// Messages of a single feature.
#pragma once
#include <edgefold/ops/kernel/tile_reader.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// As tile_reader, for rows of one element, in all lanes of a pack: with nothing to choose but where an operand's row
/// is, the additions of a fold, one after another, are all that is left to wait for: so rows are prefetched,
/// `Far`, only by a loop of its own.
template <class F, class T, std::size_t N, bool Far>
class column_reader {
 public:
  static constexpr int lanes = native_lanes<T>;
  static constexpr int at_once = 1;
  static constexpr std::int64_t column_distance = 64;  // further than of whole rows: an edge takes less time
  using value = message_value<F, T, N>;

  column_reader(const F& f, const std::array<row_source<T>, N>& rows, const bound_plan& plan, std::int64_t end)
      : f_(f), last_(end - 1) {
    for (std::size_t i = 0; i < N; ++i) {
      rows_[i] = rows[i];
      rows_[i].base += plan.of(0)[i];
    }
  }

  [[gnu::always_inline]] void enter(std::int64_t group) {
    for (std::size_t i = 0; i < N; ++i) start_[i] = rows_[i].group(group);
  }
  template <int Edges>
  [[gnu::always_inline]] void prefetch_rows(std::int64_t position) const {
    if (!Far || position + column_distance > last_) return;
    for (std::size_t i = 0; i < N; ++i)
      if (rows_[i].far) prefetch(rows_[i].at(start_[i], position + column_distance));
  }
  [[gnu::always_inline]] void read(std::int64_t position, pack<value, lanes> (&out)[1][1]) const {
    out[0][0] = message(position, std::make_index_sequence<N>{});
  }

 private:
  template <std::size_t... I>
  [[gnu::always_inline]] pack<value, lanes> message(std::int64_t position, std::index_sequence<I...>) const {
    return convert<value>(f_(pack<T, lanes>(*rows_[I].at(start_[I], position))...));
  }

  const F f_;
  row_source<T> rows_[N];
  const T* start_[N];
  std::int64_t last_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
