/// Where the operands' rows are while a kernel walks the edges of one group after another.
#pragma once
#include <array>
#include <span>

#include <edgefold/core/simd/shuffle.hpp>
#include <edgefold/ops/kernel/binding.hpp>
#include <edgefold/ops/kernel/row_source.hpp>
#include <edgefold/ops/kernel/schedule.hpp>
#include <edgefold/ops/kernel/tile_plan.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Where a bound message's operands have their rows, seen from edges grouped by destination, of which the first group
/// is number `first` of all.
template <class M>
struct operand_rows {
  static constexpr std::size_t count = M::num_operands;
  using T = typename M::scalar_type;
  std::array<shape_type, count> shapes;
  std::array<row_source<T>, count> rows;

  operand_rows(const M& m, const edge_groups& groups, std::int64_t first = 0) {
    for (std::size_t i = 0; i < count; ++i) {
      shapes[i] = m.operands[i].value.shape();
      rows[i] = rows_from(m.operands[i].value, m.operands[i].where, groups, side::dst);
      rows[i].base += first * rows[i].by_group;
    }
  }
};

/// Edges ahead of the one in work whose rows are prefetched. Of wide rows, wide_edges instead, and not into the
/// L1 cache, which one tile of so many rows fills: they may all meet in one set of it.
inline constexpr std::int64_t prefetch_distance = 16;

/// Where the lanes of packs that span several runs come from.
struct lane_tables {
  lane_table repeat, cycle;  // lane / inner, lane % inner
  explicit lane_tables(std::int64_t inner) {
    for (int l = 0; l < lane_table::most_lanes && inner > 0; ++l) {
      repeat.of[l] = static_cast<std::int32_t>(l / inner);
      cycle.of[l] = static_cast<std::int32_t>(l % inner);
    }
  }
};

/// A plan of tiles and what kernels derive from it once.
struct bound_plan : tile_plan, lane_tables {
  explicit bound_plan(tile_plan p) : tile_plan(std::move(p)), lane_tables(inner) {}
  bool wide() const { return tiles.size() >= wide_tiles; }
};

/// Calls body<Slots>() for the slots of tile t, in a plan of packs of T.
template <class T, class Body>
[[gnu::always_inline]] inline void by_slots(const tile_plan& plan, std::size_t t, Body&& body) {
  static_assert(std::size(slot_choices) == 3);
  if constexpr (slots_of<T>.size() == 1) body.template operator()<1>();
  else if (plan.tiles[t].slots == slot_choices[0]) body.template operator()<slot_choices[0]>();
  else if (plan.tiles[t].slots == slot_choices[1]) body.template operator()<slot_choices[1]>();
  else body.template operator()<slot_choices[2]>();
}

/// Calls body<Slots>(tile, first, last) for all tiles of edges [begin, end): of wide rows, wide_edges at a time.
template <class T, class Body>
void by_tiles(const bound_plan& plan, std::int64_t begin, std::int64_t end, Body&& body) {
  const std::int64_t step = plan.wide() ? wide_edges : end - begin;
  for (std::int64_t k = begin; k < end; k += step)
    for (std::size_t t = 0; t < plan.tiles.size(); ++t)
      by_slots<T>(plan, t, [&]<int Slots>() { body.template operator()<Slots>(t, k, std::min(k + step, end)); });
}

/// The packs of one tile of N operands, edge after edge of one group.
//
// Loops over packs in arrays are few steps long and unrolled by word: at -O2 g++ leaves them as they are, and the packs
// then go through memory, which halves the speed. (Of loops that prefetch it costs a tenth.)
template <class T, std::size_t N, int Slots>
class tile_operands {
 public:
  static constexpr int lanes = native_lanes<T>;
  using packs = pack<T, lanes>[N][Slots];

  tile_operands(const std::array<row_source<T>, N>& rows, const bound_plan& plan, std::size_t t, std::int64_t end)
      : plan_(plan), lanes_(plan.tiles[t].lanes), last_(end - 1), wide_(plan.wide()) {
    for (std::size_t i = 0; i < N; ++i) {
      rows_[i] = rows[i];
      rows_[i].base += plan.of(t)[i];
      reads_[i] = plan.reads[i];
    }
  }

  /// Goes to the rows of another group.
  [[gnu::always_inline]] void enter(std::int64_t group) {
    for (std::size_t i = 0; i < N; ++i) start_[i] = rows_[i].group(group);
  }

  /// Narrow rows are read for several edges at a time: what is decided for a row takes longer than reading it.
  static constexpr int at_once = Slots == 1 ? 4 : Slots == 2 ? 2 : 1;

  /// Prefetches the rows of edges that come later than `Edges` at `position`.
  template <int Edges>
  [[gnu::always_inline]] void prefetch_rows(std::int64_t position) const {
    if (wide_) {
      for (int e = 0; e < Edges; ++e) prefetch_wide(position + e);
      return;
    }
    if (position + Edges - 1 + prefetch_distance > last_) return;
    for (std::size_t i = 0; i < N; ++i)
      if (rows_[i].far) {
        const T* p[Edges];
        rows_[i].find(start_[i], position + prefetch_distance, p);
        for (int e = 0; e < Edges; ++e) prefetch(p[e]);
        if (Slots > 1 && reads_[i] == access::run) [[likely]]
          for (int e = 0; e < Edges; ++e)
            for (int l = 1; l < Slots; ++l) prefetch(p[e] + l * lanes);
      }
  }

  /// Operands of `Edges` edges at `position` and after, one pack a slot.
  template <int Edges>
  [[gnu::always_inline]] void fetch(std::int64_t position, packs (&x)[Edges]) const {
    fetch_each(position, x, std::make_index_sequence<N>{});
  }

 private:
  void prefetch_wide(std::int64_t position) const {
    if (position + wide_edges > last_) return;
    for (std::size_t i = 0; i < N; ++i)
      if (rows_[i].far) {
        const T* p = rows_[i].at(start_[i], position + wide_edges);
        for (int l = 0; l < (reads_[i] == access::run ? Slots : 1); ++l) prefetch_beyond(p + l * lanes);
      }
  }

  // Not in a loop, which is not unrolled where it is long, nor in a lambda, which is not inlined where N is 3: packs
  // would go through memory.
  template <int Edges, std::size_t... I>
  [[gnu::always_inline]] void fetch_each(std::int64_t position, packs (&x)[Edges], std::index_sequence<I...>) const {
    (fetch_operand<I>(position, x), ...);
  }
  template <std::size_t I, int Edges>
  [[gnu::always_inline]] void fetch_operand(std::int64_t position, packs (&x)[Edges]) const {
    const T* p[Edges];
    rows_[I].find(start_[I], position, p);
    if (reads_[I] == access::run) [[likely]] {
#pragma GCC unroll 4
      for (int e = 0; e < Edges; ++e)
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) x[e][I][l] = load_pack(p[e] + l * lanes);
    } else if (reads_[I] == access::splat) [[likely]] {
#pragma GCC unroll 4
      for (int e = 0; e < Edges; ++e) {
        const pack<T, lanes> one(*p[e]);
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) x[e][I][l] = one;
      }
    } else {
#pragma GCC unroll 4
      for (int e = 0; e < Edges; ++e) read_runs(I, p[e], x[e][I]);
    }
  }

  // Several slots are full packs; one may be the last of its row.
  [[gnu::always_inline]] pack<T, lanes> load_pack(const T* p) const {
    if constexpr (Slots > 1) return load<T, lanes>(p);
    else return load<T, lanes>(p, lanes_);
  }

  // What repeats for each run of features or in each run.
  [[gnu::always_inline]] void read_runs(std::size_t i, const T* p, pack<T, lanes> (&x)[Slots]) const {
    const int inner = static_cast<int>(plan_.inner);
    if (reads_[i] == access::repeat && inner == lanes) {
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) x[l] = pack<T, lanes>(p[l]);
    } else if (reads_[i] == access::repeat) {
      const int runs = lanes / inner;  // of a pack
      if (Slots == 1 || Slots * runs <= lanes) {
        const first_lanes<T, lanes> active(Slots > 1 ? Slots * runs : lanes_.count / inner);
        const pack<T, lanes> all = load<T, lanes>(p, active);
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) x[l] = permute(all, plan_.repeat, l * runs);
      } else {
        const first_lanes<T, lanes> active(runs);
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) x[l] = permute(load<T, lanes>(p + l * runs, active), plan_.repeat);
      }
    } else {
      const pack<T, lanes> all = permute(load<T, lanes>(p, first_lanes<T, lanes>(inner)), plan_.cycle);
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) x[l] = all;
    }
  }

  const bound_plan& plan_;
  row_source<T> rows_[N];  // a copy: what a kernel writes through pointers cannot change it
  const T* start_[N];
  access reads_[N];
  first_lanes<T, lanes> lanes_;
  std::int64_t last_;
  bool wide_;
};

/// The messages of one tile.
template <class F, class T, std::size_t N, int Slots>
class tile_reader : public tile_operands<T, N, Slots> {
 public:
  using operands = tile_operands<T, N, Slots>;
  using operands::lanes;
  using message_pack = pack<message_value<F, T, N>, lanes>;

  tile_reader(const F& f, const std::array<row_source<T>, N>& rows, const bound_plan& plan, std::size_t t,
              std::int64_t end)
      : operands(rows, plan, t, end), f_(f) {}

  /// Messages of `Edges` edges at `position` and after, one pack a slot.
  template <int Edges>
  [[gnu::always_inline]] void read(std::int64_t position, message_pack (&out)[Edges][Slots]) const {
    typename operands::packs x[Edges];
    this->fetch(position, x);
#pragma GCC unroll 4
    for (int e = 0; e < Edges; ++e)
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) out[e][l] = call(x[e], l, std::make_index_sequence<N>{});
  }

 private:
  template <std::size_t... I>
  [[gnu::always_inline]] message_pack call(const typename operands::packs& x, int l, std::index_sequence<I...>) const {
    return convert<message_value<F, T, N>>(f_(x[I][l]...));
  }

  const F f_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
