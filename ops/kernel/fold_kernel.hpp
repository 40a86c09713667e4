/// The fused kernel: messages are computed, folded and forgotten in registers.
#pragma once
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/kernel/column_reader.hpp>
#include <edgefold/ops/kernel/packed_reducer.hpp>
#include <edgefold/ops/kernel/tile_reader.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Folds elementwise messages F of N operands by R: for each group, for each tile of features, over the group's edges.
template <class F, class R, class T, std::size_t N>
class fold_kernel {
 public:
  using scalar_type = T;
  static constexpr int lanes = native_lanes<T>;
  using fold = packed_reducer<R, message_value<F, T, N>, lanes>;
  using state = typename fold::state;
  using out_type = typename fold::out_type;
  using message_pack = pack<message_value<F, T, N>, lanes>;

  /// Output i of the fold goes to out[i], which has `out_width` elements a group.
  using out_array = std::array<out_type*, static_cast<std::size_t>(fold::outputs)>;
  fold_kernel(const F& f, const R& r, const std::array<row_source<T>, N>& rows, const bound_plan& plan,
              const edge_groups& groups, const out_array& out, std::int64_t out_width)
      : f_(f), r_(r), rows_(rows), plan_(plan), groups_(groups), out_(out), out_width_(out_width) {}

  /// All groups, in parallel.
  void run(std::int64_t width) {
    const schedule s = make_schedule(groups_, width, static_cast<std::int64_t>(plan_.tiles.size()), fold::merges);
    split_ = !s.chunks.empty();
    if (split_) partial_.resize(s.chunks.size() * plan_.slots());
    const std::int64_t parts = s.column_parts, chunks = static_cast<std::int64_t>(s.chunks.size());
    parallel_for((chunks + s.ranges()) * parts, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        const auto [t0, t1] = tiles_of(task % parts, parts, plan_.tiles.size());
        const std::int64_t piece = task / parts;
        if (piece < chunks)
          fold_chunk(s.chunks[static_cast<std::size_t>(piece)], static_cast<std::size_t>(piece), t0, t1);
        else
          fold_groups(s.cuts[static_cast<std::size_t>(piece - chunks)],
                      s.cuts[static_cast<std::size_t>(piece - chunks) + 1], t0, t1);
      }
    });
    if (split_) merge_hubs(s);
  }

  /// A fold in work.
  struct running {
    state last;  // the part in work, or all
    typename fold::parts full;
  };
  /// Edges at positions [begin, end) of one group, folded into the states of all tiles: kept by the caller from one
  /// call to the next, begun anew where nothing from `start` on has been folded. Pieces end at full parts. A state for
  /// each slot of the plan.
  void continue_group(std::int64_t group, std::int64_t start, std::int64_t begin, std::int64_t end,
                      running* states) const {
    fold_tiles(group, start, {begin, end}, 0, plan_.tiles.size(), states);
  }
  /// Of `count` messages: their states, slot by slot.
  void close(const running* states, std::int64_t count, state* to) const {
    close_slots(states, count, plan_.slots(), to);
  }
  /// `pieces` of a group, folded one by one, in order.
  void finish_group(std::int64_t group, state* states, std::size_t pieces) const {
    const std::size_t slots = plan_.slots();
    join_neighbours(pieces, [&](std::size_t i, std::size_t j) {
      for (std::size_t l = 0; l < slots; ++l) fold::merge(r_, states[i * slots + l], states[j * slots + l]);
    });
    write_tiles(group, 0, plan_.tiles.size(), states);
  }
  void empty_group(std::int64_t group) const {
    for (std::size_t t = 0; t < plan_.tiles.size(); ++t) write_empty(target_of(t), group);
  }

 private:
  // Calls body(reader) with what reads the messages of a tile.
  template <int Slots, class Body>
  void with_reader(std::size_t t, Body&& body) const {
    if constexpr (Slots == 1)
      if (plan_.tiles.size() == 1 && plan_.tiles[0].lanes == 1) {
        if (std::any_of(rows_.begin(), rows_.end(), [](const row_source<T>& r) { return r.far; }))
          return body(column_reader<F, T, N, true>(f_, rows_, plan_, groups_.end()));
        return body(column_reader<F, T, N, false>(f_, rows_, plan_, groups_.end()));
      }
    body(tile_reader<F, T, N, Slots>(f_, rows_, plan_, t, groups_.end()));
  }

  void fold_groups(std::int64_t begin, std::int64_t end, std::size_t t0, std::size_t t1) const {
    if (wide_) return fold_wide(begin, end, t0, t1);
    if (t1 - t0 == 1) return fold_tile(t0, {begin, end, groups_.offsets + begin});
    for_stretches(groups_, begin, end, near_edges, [&](const stretch& s) {
      for (std::size_t t = t0; t < t1; ++t) fold_tile(t, s);
    });
  }

  void fold_wide(std::int64_t begin, std::int64_t end, std::size_t t0, std::size_t t1) const {
    const std::size_t slots = plan_.slots(t0, t1);
    std::vector<running> states(slots);
    std::vector<state> closed(slots);
    for (std::int64_t v = begin; v < end; ++v) {
      const std::int64_t k0 = groups_.offsets[v], k1 = groups_.offsets[v + 1];
      if (k0 == k1) {
        for (std::size_t t = t0; t < t1; ++t) write_empty(target_of(t), v);
      } else if (!split_ || k1 - k0 <= hub_degree) {
        fold_tiles(v, k0, {k0, k1}, t0, t1, states.data());
        close_slots(states.data(), k1 - k0, slots, closed.data());
        write_tiles(v, t0, t1, closed.data());
      }
    }
  }

  // One tile of groups, hubs left out, to the output; or of a piece of a group into states that are kept, `done` edges
  // having been folded into them.
  void fold_tile(std::size_t t, const stretch& g, running* kept = nullptr, std::int64_t done = 0) const {
    by_slots<T>(plan_, t, [&]<int Slots>() {
      with_reader<Slots>(t, [&](auto reader) {
        const std::int64_t most = split_ && !kept ? hub_degree : std::numeric_limits<std::int64_t>::max();
        const target to = target_of(t);
        for (std::int64_t v = g.first; v < g.last; ++v) {
          const std::int64_t k0 = g.offsets[v - g.first], k1 = g.offsets[v - g.first + 1];
          if (k1 - k0 > most) continue;
          if (k0 == k1) {
            write_empty(to, v);
            continue;
          }
          state s[Slots];
          running own[Slots];
          running* const all = kept ? kept : own;
#pragma GCC unroll 4
          for (int l = 0; l < Slots; ++l)
            if (done == 0) fold::begin(r_, s[l]);
            else s[l] = kept[l].last;
          reader.enter(v);
          fold_edges(reader, k0 - done, k0, k1, s, all);
#pragma GCC unroll 4
          for (int l = 0; l < Slots; ++l)
            if (kept) {
              kept[l].last = s[l];
            } else {
              fold::join(r_, s[l], all[l].full, k1 - k0);
              write_result(to, v, k1 - k0, l, s[l]);
            }
        }
      });
    });
  }

  // The states are a local array, parts are put away by copies, and loops over slots are unrolled: so states stay in
  // registers.
  template <class Reader, int Slots>
  [[gnu::always_inline]] void fold_edges(Reader& reader, std::int64_t start, std::int64_t k0, std::int64_t k1,
                                         state (&s)[Slots], running* all) const {
    const R r = r_;
    if constexpr (fold::in_parts) {
      for (std::int64_t k = k0; k < k1;) {
        const std::int64_t done = k - start, end = std::min(k1, k + part_length - done % part_length);
        if (done > 0 && done % part_length == 0)
#pragma GCC unroll 4
          for (int l = 0; l < Slots; ++l) fold::next_part(r, s[l], all[l].full, done / part_length);
        if constexpr (fold::in_blocks) fold_block(reader, r, k, end, s);
        else fold_run(reader, r, k, end, s);
        k = end;
      }
    } else {
      fold_run(reader, r, k0, k1, s);
    }
  }
  template <class Reader, int Slots>
  [[gnu::always_inline]] void fold_block(Reader& reader, const R& r, std::int64_t k0, std::int64_t k1,
                                         state (&s)[Slots]) const {
    message_pack buffer[part_length][1][Slots];
    const int count = static_cast<int>(k1 - k0);
    for (int j = 0; j < count; ++j) {
      reader.template prefetch_rows<1>(k0 + j);
      reader.read(k0 + j, buffer[j]);
    }
#pragma GCC unroll 4
    for (int l = 0; l < Slots; ++l) fold::block(r, s[l], buffer[0][0] + l, count, Slots);
  }
  template <class Reader, int Slots>
  [[gnu::always_inline]] void fold_run(Reader& reader, const R& r, std::int64_t k, std::int64_t k1,
                                       state (&s)[Slots]) const {
    if constexpr (Reader::at_once > 1)
      for (; k + Reader::at_once <= k1; k += Reader::at_once) fold_unrolled<Reader::at_once>(reader, r, k, s);
    for (; k < k1; ++k) fold_unrolled<1>(reader, r, k, s);
  }
  template <int Edges, class Reader, int Slots>
  [[gnu::always_inline]] void fold_unrolled(Reader& reader, const R& r, std::int64_t k, state (&s)[Slots]) const {
    message_pack m[Edges][Slots];
    reader.template prefetch_rows<Edges>(k);
    reader.read(k, m);
#pragma GCC unroll 4
    for (int e = 0; e < Edges; ++e)
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l)
        if constexpr (requires { typename fold::numbers; }) fold::step(r, s[l], m[e][l], groups_.id_at(k + e));
        else fold::step(r, s[l], m[e][l]);
  }

  // Edges of one group, which begins at `start`, into the states of tiles [t0, t1).
  void fold_tiles(std::int64_t v, std::int64_t start, std::pair<std::int64_t, std::int64_t> edges, std::size_t t0,
                  std::size_t t1, running* states) const {
    const auto [begin, end] = edges;
    const std::int64_t step = !wide_ ? end - begin : fold::in_blocks ? std::int64_t{part_length} : wide_edges;
    for (std::int64_t k = begin; k < end; k += step) {
      const std::int64_t chunk[] = {k, std::min(k + step, end)};
      running* s = states;
      for (std::size_t t = t0; t < t1; s += plan_.tiles[t++].slots) fold_tile(t, {v, v + 1, chunk}, s, k - start);
    }
  }
  void close_slots(const running* states, std::int64_t count, std::size_t slots, state* to) const {
    for (std::size_t l = 0; l < slots; ++l) {
      to[l] = states[l].last;
      fold::join(r_, to[l], states[l].full, count);
    }
  }
  void write_tiles(std::int64_t v, std::size_t t0, std::size_t t1, const state* states) const {
    for (std::size_t t = t0; t < t1; ++t) {
      const target to = target_of(t);
      for (int l = 0; l < to.slots; ++l) write_result(to, v, groups_.degree(v), l, *states++);
    }
  }

  // Where the results of a tile go: made once for many groups, each of which is little work where it has few edges.
  struct target {
    out_array out;
    std::int64_t first, width;
    first_lanes<out_type, lanes> active;
    int slots;
    out_type* at(int i, std::int64_t v, int l) const {
      return out[static_cast<std::size_t>(i)] + (v * width + first + l * lanes);
    }
  };
  target target_of(std::size_t t) const {
    const tile& of = plan_.tiles[t];
    return {out_, of.out, out_width_, first_lanes<out_type, lanes>(of.lanes), of.slots};
  }
  [[gnu::always_inline]] void write_result(const target& to, std::int64_t v, std::int64_t degree, int l,
                                           const state& s) const {
    fold::finish(r_, s, degree,
                 [&](int i, const pack<out_type, lanes>& x) { store<out_type, lanes>(to.at(i, v, l), x, to.active); });
  }
  void write_empty(const target& to, std::int64_t v) const {
    for (int l = 0; l < to.slots; ++l)
      fold::empty(r_,
                  [&](int i, const pack<out_type, lanes>& x) { store<out_type, lanes>(to.at(i, v, l), x, to.active); });
  }

  // A hub's chunk leaves its states in partial_, slot by slot of all tiles.
  void fold_chunk(const hub_chunk& c, std::size_t number, std::size_t t0, std::size_t t1) {
    const std::size_t slots = plan_.slots(t0, t1);
    std::vector<running> states(slots);
    fold_tiles(c.group, c.begin, {c.begin, c.end}, t0, t1, states.data());
    close_slots(states.data(), c.end - c.begin, slots, partial_.data() + number * plan_.slots() + plan_.slots(0, t0));
  }

  void merge_hubs(const schedule& s) {
    for (std::size_t c = 0, next = 0; c < s.chunks.size(); c = next) {
      for (++next; next < s.chunks.size() && !s.chunks[next].first;) ++next;
      finish_group(s.chunks[c].group, partial_.data() + c * plan_.slots(), next - c);
    }
  }

  const F& f_;
  const R& r_;
  const std::array<row_source<T>, N>& rows_;
  const bound_plan& plan_;
  const edge_groups& groups_;
  out_array out_;
  std::int64_t out_width_;
  const bool wide_ = plan_.wide();
  bool split_ = false;
  std::vector<state> partial_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
