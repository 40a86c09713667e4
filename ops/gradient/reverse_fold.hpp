/// The gradient of any fold: a sweep back over the messages of a node, with the derivatives of `step` at each.
#pragma once
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/dual.hpp>
#include <edgefold/ops/kernel/packed_reducer.hpp>
#include <edgefold/ops/kernel/schedule.hpp>
#include <edgefold/ops/kernel/tile_reader.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// With states s_0 = init, s_{j+1} = step(s_j, m_j) and the result finish(s_n): the adjoint of s_n is finish's
/// derivative times the gradient g of the result; from that of s_{j+1} follow those of m_j and s_j by the Jacobian of
/// step. The states are kept for one block of edges, those before each block for all, in scratch of the task.
template <class F, class R, class T, std::size_t N>
class reverse_fold {
 public:
  static constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;
  using fold = packed_reducer<R, T, lanes>;
  using state = typename fold::state;
  static constexpr std::size_t num_values = as_array<P, state>::size;
  using values = std::array<P, num_values>;

  /// Gradients of the messages of edge positions from groups.offsets[0] on go to rows of `out`, of `width` elements.
  reverse_fold(const F& f, const R& r, const std::array<row_source<T>, N>& rows, const bound_plan& plan,
               const edge_groups& groups, const T* g, T* out, std::int64_t width)
      : f_(f), r_(r), rows_(rows), plan_(plan), groups_(groups), g_(g), out_(out), width_(width) {}

  void run() const {
    const schedule s = make_schedule(groups_, 4 * width_, static_cast<std::int64_t>(plan_.tiles.size()), false);
    parallel_for(s.ranges() * s.column_parts, 1, [&](std::int64_t begin, std::int64_t end) {
      scratch work;
      for (std::int64_t task = begin; task < end; ++task) {
        const auto [t0, t1] = tiles_of(task % s.column_parts, s.column_parts, plan_.tiles.size());
        const auto range = static_cast<std::size_t>(task / s.column_parts);
        for (std::size_t t = t0; t < t1; ++t) {
          tile_reader<F, T, N, 1> reader(f_, rows_, plan_, t, groups_.end());
          for (std::int64_t v = s.cuts[range]; v < s.cuts[range + 1]; ++v)
            if (groups_.degree(v) > 0) sweep(reader, t, v, work);
        }
      }
    });
  }

 private:
  static constexpr std::int64_t block = 256;
  struct scratch {
    std::vector<values> before;  // the state before each block of edges
    values states[block];
    P messages[block];
  };
  using reader_type = tile_reader<F, T, N, 1>;
  using step_dual = dual<P, static_cast<int>(num_values) + 1>;
  using finish_dual = dual<P, static_cast<int>(num_values)>;

  values start(const reader_type& reader, std::int64_t begin, std::int64_t end) const {
    if constexpr (fold::in_blocks) {  // the result does not depend on the pivot: that of the first messages will do
      const typename R::pivot p{};
      auto s = p.template init<P>();
      const std::int64_t first_part = std::min<std::int64_t>(end, begin + part_length);
      for (std::int64_t k = begin; k < first_part; ++k) s = p.step(s, message(reader, k));
      return __builtin_bit_cast(values, r_.template init<P>(p.finish(s, P(first_part - begin))));
    } else {
      return __builtin_bit_cast(values, r_.template init<P>());
    }
  }

  [[gnu::always_inline]] static P message(const reader_type& reader, std::int64_t k) {
    P m[1][1];
    reader.template prefetch_rows<1>(k);
    reader.read(k, m);
    return m[0][0];
  }

  [[gnu::always_inline]] values step(const values& s, const P& m) const {
    return __builtin_bit_cast(values, r_.step(__builtin_bit_cast(state, s), m));
  }

  void sweep(reader_type& reader, std::size_t t, std::int64_t v, scratch& work) const {
    const std::int64_t k0 = groups_.offsets[v], k1 = groups_.offsets[v + 1], blocks = (k1 - k0 - 1) / block + 1;
    reader.enter(v);
    values s = start(reader, k0, k1);
    work.before.assign(static_cast<std::size_t>(blocks), s);
    for (std::int64_t b = 0; b + 1 < blocks; ++b) {
      for (std::int64_t k = k0 + b * block; k < k0 + (b + 1) * block; ++k) s = step(s, message(reader, k));
      work.before[static_cast<std::size_t>(b) + 1] = s;
    }
    const first_lanes<T, lanes> active(plan_.tiles[t].lanes);
    values adjoint{};
    for (std::int64_t b = blocks - 1; b >= 0; --b) {
      const std::int64_t begin = k0 + b * block, count = std::min(block, k1 - begin);
      s = work.before[static_cast<std::size_t>(b)];
      for (std::int64_t j = 0; j < count; ++j) {
        work.states[j] = s;
        work.messages[j] = message(reader, begin + j);
        s = step(s, work.messages[j]);
      }
      if (b + 1 == blocks) adjoint = finished(s, k1 - k0, load<T, lanes>(g_ + v * width_ + plan_.tiles[t].out, active));
      T* row = out_ + (begin + count - groups_.offsets[0]) * width_ + plan_.tiles[t].out;
      for (std::int64_t j = count - 1; j >= 0; --j) {
        row -= width_;
        store<T, lanes>(row, back(work.states[j], work.messages[j], adjoint), active);
      }
    }
  }

  values finished(const values& s, std::int64_t degree, const P& g) const {
    std::array<finish_dual, num_values> at;
    for (std::size_t i = 0; i < num_values; ++i) at[i] = finish_dual::variable(s[i], static_cast<int>(i));
    using dual_state = typename R::template state<finish_dual>;
    const auto out = r_.finish(__builtin_bit_cast(dual_state, at), finish_dual(P(degree)));
    values a;
    for (std::size_t i = 0; i < num_values; ++i)
      if constexpr (is_dual<std::remove_cvref_t<decltype(out)>>) a[i] = g * out.grad[i];
      else a[i] = P(0);
    return a;
  }

  // The adjoint of the message; `adjoint` becomes that of the state before it.
  [[gnu::always_inline]] P back(const values& s, const P& m, values& adjoint) const {
    std::array<step_dual, num_values> at;
    for (std::size_t i = 0; i < num_values; ++i) at[i] = step_dual::variable(s[i], static_cast<int>(i));
    using dual_state = typename R::template state<step_dual>;
    const auto next = __builtin_bit_cast(
        decltype(at),
        dual_state(r_.step(__builtin_bit_cast(dual_state, at), step_dual::variable(m, static_cast<int>(num_values)))));
    P of_message(0);
    values before;
    for (std::size_t j = 0; j < num_values; ++j) before[j] = P(0);
    for (std::size_t i = 0; i < num_values; ++i) {
      for (std::size_t j = 0; j < num_values; ++j) before[j] = before[j] + adjoint[i] * next[i].grad[j];
      of_message = of_message + adjoint[i] * next[i].grad[num_values];
    }
    adjoint = before;
    return of_message;
  }

  const F& f_;
  const R& r_;
  const std::array<row_source<T>, N>& rows_;
  const bound_plan& plan_;
  const edge_groups& groups_;
  const T* g_;
  T* out_;
  std::int64_t width_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
