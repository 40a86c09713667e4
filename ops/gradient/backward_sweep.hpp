/// The backward kernel of messages: from the gradient of each message to those of its operands, nothing stored in
/// between.
#pragma once
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/gradient/operand_gradients.hpp>
#include <edgefold/ops/gradient/row_parts.hpp>
#include <edgefold/ops/kernel/tile_reader.hpp>
#include <edgefold/ops/message/derivative.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Gradient of a message that comes as an operand: apply_edges, or a reducer that passes it on.
struct upstream {
  static constexpr bool needs_message = false;
  template <class P>
  [[gnu::always_inline]] P operator()(const P&, const P* a) const {
    return a[0];
  }
};

/// Adds to `row` what belongs to its elements, each of which was read by several lanes of the `Slots` packs d: `count`
/// lanes of the last, runs of `inner` features; `firsts` are the first lanes of runs. (Compiled once, not once a
/// functor.)
template <class T, int Slots>
[[gnu::noinline]] void add_spread(access reads, int inner, const lane_table& firsts, int count, T* row,
                                  pack<T> (&d)[Slots]) {
  using P = pack<T>;
  constexpr int lanes = native_lanes<T>;
  constexpr auto add = [](const P& a, const P& b) { return a + b; };
  if (count < lanes)  // only ever with one slot
    for (int l = count; l < lanes; ++l) d[0].v[l] = 0;
  auto add_to = [&](T* to, const P& x, int n) {
    const first_lanes<T, lanes> active(n);
    store<T, lanes>(to, x + load<T, lanes>(static_cast<const T*>(to), active), active);
  };
  if (reads == access::repeat) {
    const int runs = lanes / inner;  // of a pack; permuted, it repeats the sums of its runs
    combine_runs(d, inner, add);
    if (Slots > 1 && Slots * runs <= lanes) {
      P sums = permute(d[0], firsts);
      const P lane = lane_numbers<T, lanes>();
#pragma GCC unroll 4
      for (int l = 1; l < Slots; ++l) sums = where(lane < P(l * runs), sums, permute(d[l], firsts));
      add_to(row, sums, Slots * runs);
    } else {
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) add_to(row + l * runs, permute(d[l], firsts), count / inner);
    }
    return;
  }
  P total = d[0];
#pragma GCC unroll 4
  for (int l = 1; l < Slots; ++l) total = total + d[l];
  if (reads == access::splat) *row += sum_lanes(total);
  else add_to(row, combine_modulo(total, inner, add), inner);
}

/// The full parts of sums for N operands. What the caller has in registers is handed over by copies, so that it stays
/// there; the rest is compiled once, not once a functor.
template <class T, std::size_t N, int Slots>
class operand_parts {
 public:
  using packs = pack<T>[N][Slots];

  /// The sums become part `number`; they begin anew.
  [[gnu::always_inline]] void next(packs& sums, std::int64_t number) {
    copies part;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i)
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) {
        part.of[i][l] = sums[i][l];
        sums[i][l] = pack<T>(0);
      }
    put_away(part, number);
  }
  /// The sums of the last part become those of all: `number` full ones and this.
  [[gnu::always_inline]] void join(packs& sums, std::int64_t number) const {
    copies all;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i)
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) all.of[i][l] = sums[i][l];
    add_full(all, number);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i)
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) sums[i][l] = all.of[i][l];
  }

 private:
  struct copies {
    packs of;
  };
  static constexpr auto plus = [](const pack<T>& a, const pack<T>& b) { return a + b; };
  [[gnu::noinline]] void put_away(const copies& part, std::int64_t number) {
    for (std::size_t i = 0; i < N; ++i)
      for (int l = 0; l < Slots; ++l) full_[i][l].add(part.of[i][l], number, plus);
  }
  [[gnu::noinline]] void add_full(copies& all, std::int64_t number) const {
    for (std::size_t i = 0; i < N; ++i)
      for (int l = 0; l < Slots; ++l) all.of[i][l] = full_[i][l].with(all.of[i][l], number, plus);
  }

  joined_parts<pack<T>> full_[N][Slots];
};

/// For each group, each tile of features, each edge: the gradient G of the message of functor F, from `Extra` operands
/// that follow F's N, times the derivative with respect to each operand whose gradient is wanted. Operands of the
/// grouped end are summed in registers, those with a row an edge are written; broadcast ones are summed over what they
/// were spread.
template <class F, class G, class T, std::size_t N, std::size_t Extra, bool AllDual>
class backward_sweep {
 public:
  static constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;
  using targets = std::array<grad_target<T>, N>;

  backward_sweep(const F& f, const G& gradient, const std::array<row_source<T>, N + Extra>& rows,
                 const bound_plan& plan, const edge_groups& groups, const targets& to)
      : f_(f), gradient_(gradient), rows_(rows), plan_(plan), groups_(groups), to_(to) {
    for (int l = 0; l < lane_table::most_lanes && plan.inner > 0; ++l)
      firsts_.of[l] = static_cast<std::int32_t>(l * plan.inner % lanes);
  }

  /// Hubs are cut into chunks, whose sums for the grouped end wait in rows of their own and are added in order.
  void run(std::int64_t width) {
    const schedule s = make_schedule(groups_, width, 1, true);
    split_ = !s.chunks.empty();
    const auto chunks = static_cast<std::int64_t>(s.chunks.size());
    for (std::size_t i = 0; i < N && split_; ++i)
      if (to_[i].sums_up()) partial_[i].resize(static_cast<std::size_t>(chunks * to_[i].rows.width));
    parallel_for(chunks + s.ranges(), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t piece = begin; piece < end; ++piece)
        if (piece < chunks) sweep_chunk(s.chunks[static_cast<std::size_t>(piece)], piece);
        else
          sweep_groups(s.cuts[static_cast<std::size_t>(piece - chunks)],
                       s.cuts[static_cast<std::size_t>(piece - chunks) + 1]);
    });
    for (std::size_t i = 0; i < N; ++i)
      if (!partial_[i].empty()) add_chunks(s.chunks, partial_[i].data(), to_[i].rows.width, to_[i].rows.base);
  }

 private:
  // Edges whose sums go to rows of `to`.
  struct part : stretch {
    std::array<T*, N> to{};
    bool begun = false;  // the sums go on
  };

  void sweep_groups(std::int64_t begin, std::int64_t end) const {
    for_stretches(groups_, begin, end, wide_ ? 1 : near_edges, [&](const stretch& s) {
      part p{s};
      for (std::size_t i = 0; i < N; ++i)
        if (to_[i].by_group) p.to[i] = to_[i].rows.base + s.first * to_[i].rows.width;
      sweep_tiles(p, split_ ? hub_degree : std::numeric_limits<std::int64_t>::max());
    });
  }
  void sweep_chunk(const hub_chunk& c, std::int64_t number) {
    const std::int64_t offsets[] = {c.begin, c.end};
    part p{{c.group, c.group + 1, offsets}};
    for (std::size_t i = 0; i < N; ++i)
      if (to_[i].by_group) p.to[i] = partial_[i].data() + number * to_[i].rows.width;
    sweep_tiles(p, std::numeric_limits<std::int64_t>::max());
  }
  // Groups of more than `most` edges are left out. Of a wide row, `p` is one group.
  void sweep_tiles(const part& p, std::int64_t most) const {
    if (!wide_) sweep_all(p, most);
    else if (p.offsets[1] - p.offsets[0] <= most) sweep_wide(p);
  }
  // The part in work is in the rows that the sums go to.
  void sweep_wide(const part& p) const {
    static_assert(part_length % wide_edges == 0);
    const std::int64_t begin = p.offsets[0], end = p.offsets[1];
    std::array<row_parts<T>, N> parts;
    std::int64_t offsets[2] = {begin, 0};
    part chunk{{p.first, p.last, offsets}, p.to};
    do {
      if (chunk.begun && (offsets[0] - begin) % part_length == 0)
        for (std::size_t i = 0; i < N; ++i)
          if (to_[i].sums_up()) parts[i].put_away(p.to[i], to_[i].rows.width);
      offsets[1] = std::min(offsets[0] + wide_edges, end);
      sweep_all(chunk, std::numeric_limits<std::int64_t>::max());
      offsets[0] = offsets[1];
      chunk.begun = true;
    } while (offsets[0] < end);
    for (std::size_t i = 0; i < N; ++i)
      if (to_[i].sums_up()) parts[i].join(p.to[i], to_[i].rows.width);
  }
  void sweep_all(const part& p, std::int64_t most) const {
    for (std::size_t t = 0; t < plan_.tiles.size(); ++t)
      if (AllDual || plan_.tiles[t].slots == 1) sweep_tile<1>(p, t, most);
      else sweep_tile<gradient_slots[0]>(p, t, most);
  }
  template <int Slots>
  [[gnu::noinline]] void sweep_tile(const part& p, std::size_t t, std::int64_t most) const {
    tile_operands<T, N + Extra, Slots> reader(rows_, plan_, t, prefetch_end_);
    std::array<T*, N> rows = p.to;
    for (std::int64_t v = p.first; v < p.last; ++v) {
      const std::int64_t begin = p.offsets[v - p.first], end = p.offsets[v - p.first + 1];
      if (end - begin <= most) sweep<Slots>(reader, t, v, begin, end, rows, p.begun);
      for (std::size_t i = 0; i < N; ++i)
        if (to_[i].by_group) rows[i] += to_[i].rows.width;
    }
  }

  template <int Slots>
  [[gnu::always_inline]] void sweep(tile_operands<T, N + Extra, Slots>& reader, std::size_t t, std::int64_t group,
                                    std::int64_t begin, std::int64_t end, const std::array<T*, N>& rows,
                                    bool begun) const {
    P sums[N][Slots];
    for (auto& each : sums)
      for (P& sum : each) sum = P(0);
    operand_parts<T, N, Slots> parts;
    reader.enter(group);
    const F f = f_;
    const G gradient = gradient_;
    for (std::int64_t k = begin; k < end;) {
      const std::int64_t done = k - begin, stop = std::min(k + part_length, end);
      if (done > 0) parts.next(sums, done / part_length - 1);
      for (; k < stop; ++k) {
        typename tile_operands<T, N + Extra, Slots>::packs x[1];
        reader.template prefetch_rows<1>(k);
        prefetch_targets<Slots>(t, k);
        reader.fetch(k, x);
        P g[Slots];
        std::array<P, N> at[Slots];
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) {
          P a[Extra];
#pragma GCC unroll 8
          for (std::size_t i = 0; i < N; ++i) at[l][i] = x[0][i][l];
#pragma GCC unroll 8
          for (std::size_t i = 0; i < Extra; ++i) a[i] = x[0][N + i][l];
          P m(0);
          if constexpr (G::needs_message) m = std::apply(f, at[l]);
          g[l] = gradient(m, a);
        }
        [&]<std::size_t... I>(std::index_sequence<I...>) { (accumulate<Slots, I>(f, at, g, sums[I], t, k), ...); }
        (std::make_index_sequence<N>{});
      }
    }
    if (end - begin > part_length) parts.join(sums, parts_before_last(end - begin));
    for (std::size_t i = 0; i < N; ++i)
      if (to_[i].sums_up()) store_sums<Slots>(i, t, rows[i], sums[i], begun);
  }

  // Rows found by edge id lie anywhere: prefetched before they are written, as those that are read.
  template <int Slots>
  [[gnu::always_inline]] void prefetch_targets(std::size_t t, std::int64_t k) const {
    const std::int64_t later = k + (wide_ ? wide_edges : prefetch_distance);
    if (later >= prefetch_end_) return;
    for (std::size_t i = 0; i < N; ++i) {
      if (!to_[i].rows.base || (!to_[i].rows.rows && !to_[i].rows.wide_rows)) continue;
      const T* p = to_[i].rows.at(later) + plan_.of(t)[i];
      for (int l = 0; l < (to_[i].whole ? Slots : 1); ++l) prefetch(p + l * lanes);
    }
  }

  template <int Slots, std::size_t I>
  [[gnu::always_inline]] void accumulate(const F& f, const std::array<P, N> (&at)[Slots], const P (&g)[Slots],
                                         P (&sums)[Slots], std::size_t t, std::int64_t k) const {
    if (!to_[I].wanted()) return;
    P d[Slots];
#pragma GCC unroll 4
    for (int l = 0; l < Slots; ++l) d[l] = g[l] * partial<AllDual, I>(f, at[l]);
    if (to_[I].by_group)
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) sums[l] = sums[l] + d[l];
    else store_sums<Slots>(I, t, to_[I].rows.at(k), d);
  }

  // The reverse of how operand i was read; what is `begun` is added to.
  template <int Slots>
  [[gnu::always_inline]] void store_sums(std::size_t i, std::size_t t, T* row, P (&d)[Slots],
                                         bool begun = false) const {
    const tile place = plan_.tiles[t];
    row += plan_.of(t)[i];
    if (plan_.reads[i] == access::run) {
      const first_lanes<T, lanes> active(place.lanes);
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l, row += lanes)
        store<T, lanes>(row, to_[i].whole && !begun ? d[l] : d[l] + load<T, lanes>(static_cast<const T*>(row), active),
                        active);
    } else {
      add_spread<T, Slots>(plan_.reads[i], static_cast<int>(plan_.inner), firsts_, place.lanes, row, d);
    }
  }

  const F& f_;
  const G& gradient_;
  const std::array<row_source<T>, N + Extra>& rows_;
  const bound_plan& plan_;
  const edge_groups& groups_;
  targets to_;
  const bool wide_ = plan_.wide();
  const std::int64_t prefetch_end_ = groups_.end();
  bool split_ = false;
  std::array<std::vector<T>, N> partial_;
  lane_table firsts_;  // the first lane of each run
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
