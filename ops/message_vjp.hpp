/// From the gradients of messages to those of their operands, for each kind of message.
#pragma once
#include <edgefold/core/autograd.hpp>
#include <edgefold/ops/row_sums.hpp>
#include <edgefold/ops/vjp_sweep.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// The same message with its operands' tensors looked up and checked.
template <any_message M>
M bind_all(M m, const operand_scope& scope) {
  for (std::size_t i = 0; i < M::num_operands; ++i) m.operands[i].value = bind(m.operands[i], i, scope);
  return m;
}

template <any_message M>
std::vector<basic_tensor<typename M::scalar_type>> operand_tensors(const M& m) {
  std::vector<basic_tensor<typename M::scalar_type>> all;
  for (const auto& o : m.operands) all.push_back(o.value);
  return all;
}

/// A bound message as the tape keeps it.
template <any_message M>
class saved_message {
 public:
  explicit saved_message(const M& m) : message_(m) {
    for (auto& o : message_.operands) {
      operands_.emplace_back(o.value);
      o.value = {};
    }
  }
  M get() const {
    M m = message_;
    for (std::size_t i = 0; i < M::num_operands; ++i) m.operands[i].value = operands_[i].get();
    return m;
  }

 private:
  M message_;
  std::vector<saved<typename M::scalar_type>> operands_;
};

/// Whether messages M have gradients; one that would need some and has none throws.
template <class M>
inline constexpr gradient_kind message_gradient = gradient_kind::none;
template <class F, std::floating_point T, std::size_t N>
requires std::same_as<message_value<F, T, N>, T>
inline constexpr gradient_kind message_gradient<elementwise_message<F, T, N>> = gradient_of<F>;
template <class F, std::floating_point T, std::size_t N>
requires std::same_as<message_value<F, T, N>, T>
inline constexpr gradient_kind message_gradient<sum_last_message<F, T, N>> = gradient_of<F>;
template <class F, class V, std::floating_point T, std::size_t N>
inline constexpr gradient_kind message_gradient<rows_message<F, V, T, N>> =
    std::same_as<V, no_vjp> ? gradient_kind::refused : gradient_kind::by_duals;

template <any_message M>
bool message_needs_grad(const M& m, std::string_view operation) {
  const bool wanted = std::apply([](const auto&... o) { return needs_grad(o.value...); }, m.operands);
  if constexpr (message_gradient<M> == gradient_kind::refused)
    check(!wanted, operation,
          "an operand requires a gradient, which scalar(f), and message_rows without a "
          "vjp, do not have: give message_rows one, write f without branches, or work under no_grad");
  return wanted && message_gradient<M> == gradient_kind::by_duals;
}

/// What a kernel reads besides the operands: the gradient of each message, or what it is computed from.
template <class T, std::size_t Extra>
using extra_rows = std::array<row_source<T>, Extra>;

/// Rows of a sub-range of groups, from group `first` on.
template <class T, std::size_t N>
std::array<row_source<T>, N> shifted(std::array<row_source<T>, N> rows, std::int64_t first) {
  for (auto& r : rows) r.base += first * r.by_group;
  return rows;
}

/// Of messages that are functions of features, summed over the last dim or not.
template <class F, class T, std::size_t N, class G, std::size_t Extra>
class message_vjp {
 public:
  static constexpr std::size_t num_operands = N;
  template <class M>
  message_vjp(const M& m, const G& gradient, const std::array<shape_type, Extra>& extra)
      : f_(m.f), gradient_(gradient), operands_(m.operands), plan_(make_plan(extra)) {}

  std::int64_t features() const { return features_; }
  /// Whether each element of the operand's gradient is written once, not added to.
  bool writes_once(std::size_t i) const {
    return plan_.reads[i] == access::run && operands_[i].value.width() == features_;
  }
  void run(const edge_groups& groups, side grouped_by, std::int64_t first, const extra_rows<T, Extra>& extra,
           std::array<grad_target<T>, N> to) const {
    std::array<row_source<T>, N + Extra> rows;
    for (std::size_t i = 0; i < N; ++i) {
      rows[i] = rows_from(operands_[i].value, operands_[i].where, groups, grouped_by);
      to[i].whole = writes_once(i) && !to[i].adds;
    }
    std::copy(extra.begin(), extra.end(), rows.begin() + N);
    rows = shifted(rows, first);
    if (needs_all_dual<F, pack<T>, N>(f_)) sweep<true>(rows, groups, to);
    else sweep<false>(rows, groups, to);
  }

 private:
  bound_plan make_plan(const std::array<shape_type, Extra>& extra) {
    std::array<shape_type, N + Extra> shapes;
    for (std::size_t i = 0; i < N; ++i) shapes[i] = operands_[i].value.shape();
    const shape_type features = broadcast_features(std::span(shapes).first(N), "backward");
    features_ = num_elements(features);
    std::copy(extra.begin(), extra.end(), shapes.begin() + N);
    return bound_plan(plan_tiles(features, shapes, {.lanes = native_lanes<T>, .slots = gradient_slots}));
  }
  template <bool AllDual>
  void sweep(const std::array<row_source<T>, N + Extra>& rows, const edge_groups& groups,
             const std::array<grad_target<T>, N>& to) const {
    if constexpr (N > 1 || !AllDual)
      vjp_sweep<F, G, T, N, Extra, AllDual>(f_, gradient_, rows, plan_, groups, to).run(features_);
  }

  F f_;
  G gradient_;
  std::array<operand<T>, N> operands_;
  std::int64_t features_ = 0;
  bound_plan plan_;
};

/// Of messages of whole rows, by the vjp that came with them.
template <class F, class V, class T, std::size_t N>
class rows_vjp {
 public:
  static constexpr std::size_t num_operands = N;
  rows_vjp(const rows_message<F, V, T, N>& m, const upstream&, const std::array<shape_type, 1>&) : message_(m) {}
  std::int64_t features() const { return message_.width; }
  bool writes_once(std::size_t) const { return false; }

  void run(const edge_groups& groups, side grouped_by, std::int64_t first, const extra_rows<T, 1>& extra,
           const std::array<grad_target<T>, N>& to) const {
    std::array<row_source<T>, N + 1> rows;
    for (std::size_t i = 0; i < N; ++i)
      rows[i] = rows_from(message_.operands[i].value, message_.operands[i].where, groups, grouped_by);
    rows[N] = extra[0];
    rows = shifted(rows, first);
    const schedule s = make_schedule(groups, message_.width, 1, false);
    parallel_for(s.ranges(), 1, [&](std::int64_t b, std::int64_t e) {
      for (std::int64_t v = s.cuts[static_cast<std::size_t>(b)]; v < s.cuts[static_cast<std::size_t>(e)]; ++v)
        for (std::int64_t k = groups.offsets[v]; k < groups.offsets[v + 1]; ++k)
          one_edge(rows, v, k, to, std::make_index_sequence<N>{});
    });
  }

 private:
  using row_vector = Eigen::Matrix<T, 1, Eigen::Dynamic, Eigen::RowMajor>;
  using const_row = Eigen::Map<const row_vector>;

  template <std::size_t... I>
  void one_edge(const std::array<row_source<T>, N + 1>& rows, std::int64_t v, std::int64_t k,
                const std::array<grad_target<T>, N>& to, std::index_sequence<I...>) const {
    const auto all = message_.vjp(const_row(rows[N].at(rows[N].group(v), k), message_.width),
                                  const_row(rows[I].at(rows[I].group(v), k), message_.operands[I].value.width())...);
    auto put = [&](std::size_t i, const row_vector& g) {
      if (!to[i].wanted()) return;
      const std::int64_t width = message_.operands[i].value.width();
      check(g.size() == width, "message_rows", "the vjp returned ", g.size(), " values for operand ", i, ", expected ",
            width);
      Eigen::Map<row_vector>(to[i].by_group ? to[i].rows.base + v * width : to[i].rows.at(k), width) += g;
    };
    if constexpr (requires { std::tuple_size<std::remove_cvref_t<decltype(all)>>::value; })
      (put(I, std::get<I>(all)), ...);
    else put(0, all);
  }

  rows_message<F, V, T, N> message_;
};

template <class M, class G, std::size_t Extra>
struct vjp_of;
template <class F, class T, std::size_t N, class G, std::size_t Extra>
struct vjp_of<elementwise_message<F, T, N>, G, Extra> {
  using type = message_vjp<F, T, N, G, Extra>;
};
template <class F, class T, std::size_t N, class G, std::size_t Extra>
struct vjp_of<sum_last_message<F, T, N>, G, Extra> {
  using type = message_vjp<F, T, N, G, Extra>;
};
template <class F, class V, class T, std::size_t N>
struct vjp_of<rows_message<F, V, T, N>, upstream, 1> {
  using type = rows_vjp<F, V, T, N>;
};

/// The gradients of a message's operands while they are computed.
template <any_message M>
class operand_grads {
  using T = typename M::scalar_type;
  static constexpr std::size_t N = M::num_operands;

 public:
  operand_grads(const M& m, const edge_groups& groups, const vjp_inputs& in) : m_(m), groups_(groups), in_(in) {}

  bool wants(std::size_t i) const { return in_.wants(i); }
  bool wants_src() const {
    return any([this](std::size_t i) { return m_.operands[i].where == side::src; });
  }
  bool wants_others() const {
    return any([this](std::size_t i) { return m_.operands[i].where != side::src; });
  }

  /// Targets of the operands that are not of the sources, for groups from `first` on.
  template <class Vjp>
  std::array<grad_target<T>, N> others(const Vjp& vjp, std::int64_t first) {
    std::array<grad_target<T>, N> to;
    for (std::size_t i = 0; i < N; ++i) {
      if (!in_.wants(i) || m_.operands[i].where == side::src) continue;
      const bool by_edge = m_.operands[i].where == side::edge;
      const std::int64_t width = m_.operands[i].value.width();
      if (!sums_[i].defined()) make(i, by_edge ? m_.operands[i].value.rows() : groups_.num_groups, vjp.writes_once(i));
      T* base = sums_[i].data();
      if (by_edge) to[i] = {{base, width, groups_.edge_ids, groups_.wide_edge_ids}, false, false, continues_[i]};
      else to[i] = {{base + first * width, width}, true};
    }
    return to;
  }
  /// Targets of those of the sources, where edges are grouped by source.
  template <class Vjp>
  std::array<grad_target<T>, N> sources(const Vjp& vjp) {
    std::array<grad_target<T>, N> to;
    for (std::size_t i = 0; i < N; ++i)
      if (in_.wants(i) && m_.operands[i].where == side::src) {
        make(i, m_.operands[i].value.rows(), vjp.writes_once(i));
        to[i] = {{sums_[i].data(), sums_[i].width()}, true};
      }
    return to;
  }
  /// Adds rows of positions from groups.offsets[0] on, one an edge, to those of their sources.
  void add_to_sources(std::size_t i, const T* rows, const edge_groups& groups) {
    if (!sums_[i].defined()) make(i, m_.operands[i].value.rows(), false);
    add_rows(rows, groups.neighbors + groups.offsets[0], groups.num_edges, sums_[i].width(), sums_[i].data(),
             sums_[i].rows());
  }

  void hand_back() {
    for (std::size_t i = 0; i < N; ++i) {
      if (!in_.wants(i)) continue;
      const shape_type& shape = m_.operands[i].value.shape();
      if (!sums_[i].defined()) sums_[i] = basic_tensor<T>(shape);
      if (continues_[i]) continue;  // it is there
      if (m_.operands[i].where == side::shared) sums_[i] = sum_rows(sums_[i]);
      in_.add(i, sums_[i].reshape(shape));
    }
  }

 private:
  template <class Test>
  bool any(const Test& test) const {
    for (std::size_t i = 0; i < N; ++i)
      if (in_.wants(i) && test(i)) return true;
    return false;
  }
  // Zeros, unless every element is certain to be written. Features of edges are the largest there are: what another use
  // of them has left is added to in place.
  void make(std::size_t i, std::int64_t rows, bool once) {
    if (m_.operands[i].where == side::edge) {
      sums_[i] = in_.template so_far<T>(i);
      if ((continues_[i] = sums_[i].defined())) return;
    }
    const shape_type shape{rows, m_.operands[i].value.width()};
    const bool all = once && (m_.operands[i].where != side::edge || groups_.num_edges == rows);
    sums_[i] = all ? basic_tensor<T>::uninitialized(shape) : basic_tensor<T>(shape);
  }

  const M& m_;
  const edge_groups& groups_;
  const vjp_inputs& in_;
  std::array<basic_tensor<T>, N> sums_;
  std::array<bool, N> continues_{};
};

/// Where the topology is at hand: one sweep over the edges grouped by destination, one over them grouped by source.
/// `extra(groups, grouped_by)` gives the rows besides the operands.
template <class Vjp, any_message M, class ExtraRows>
void sweep_both_ways(const M& m, const Vjp& vjp, const edge_groups& groups, const adjacency* topology,
                     const ExtraRows& extra, const vjp_inputs& in) {
  operand_grads<M> grads(m, groups, in);
  if (grads.wants_others()) vjp.run(groups, side::dst, 0, extra(groups, side::dst), grads.others(vjp, 0));
  if (grads.wants_src()) {
    const edge_groups& by_source = topology->out_edges();
    vjp.run(by_source, side::src, 0, extra(by_source, side::src), grads.sources(vjp));
  }
  grads.hand_back();
}

/// The most messages whose gradients are kept at a time.
inline constexpr std::int64_t block_elements = 1 << 20;

/// In blocks of groups: gradients of the sources are kept for a block of edges, then added to their rows in order.
/// `extra(range, first group)` gives the rows besides the operands for a block.
template <class Vjp, any_message M, class ExtraRows>
void sweep_in_blocks(const M& m, const Vjp& vjp, const edge_groups& groups, const ExtraRows& extra,
                     const vjp_inputs& in) {
  using T = typename M::scalar_type;
  operand_grads<M> grads(m, groups, in);
  std::array<std::vector<T>, M::num_operands> kept;
  for (std::int64_t v = 0, stop; v < groups.num_groups; v = stop) {
    for (stop = v + 1;
         stop < groups.num_groups &&
         (groups.offsets[stop + 1] - groups.offsets[v]) * std::max<std::int64_t>(vjp.features(), 1) <= block_elements;)
      ++stop;
    const edge_groups range = groups.range(v, stop);
    auto to = grads.others(vjp, v);
    for (std::size_t i = 0; i < M::num_operands; ++i)
      if (grads.wants(i) && m.operands[i].where == side::src) {
        const std::int64_t width = m.operands[i].value.width();
        kept[i].assign(static_cast<std::size_t>(range.num_edges * width), T(0));
        to[i].rows = {kept[i].data(), width, nullptr, nullptr, range.offsets[0]};
      }
    vjp.run(range, side::dst, v, extra(range, v), to);
    for (std::size_t i = 0; i < M::num_operands; ++i)
      if (!kept[i].empty()) grads.add_to_sources(i, kept[i].data(), range);
  }
  grads.hand_back();
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
