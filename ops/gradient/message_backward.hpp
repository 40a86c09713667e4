/// From the gradients of messages to those of their operands, for each kind of message.
#pragma once
#include <edgefold/ops/gradient/backward_sweep.hpp>
#include <edgefold/ops/gradient/operand_gradients.hpp>
#include <edgefold/ops/kernel/fold_kernel.hpp>
#include <edgefold/ops/kernel/kernel_form.hpp>
#include <edgefold/ops/message/row_functor.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Rows of a sub-range of groups, from group `first` on.
template <class T, std::size_t N>
std::array<row_source<T>, N> shifted(std::array<row_source<T>, N> rows, std::int64_t first) {
  for (auto& r : rows) r.base += first * r.by_group;
  return rows;
}

/// Of messages that are functions of features, summed over the last dim or not. The message must outlive it.
template <class F, class T, std::size_t N, class G, std::size_t Extra>
class message_backward final : public gradient_kernel<T> {
 public:
  template <class M>
  message_backward(const M& m, const G& gradient, const std::array<shape_type, Extra>& extra)
      : f_(m.f),
        gradient_(gradient),
        operands_(m.operands),
        extra_(extra),
        all_dual_(needs_all_dual<F, pack<T>, N>(f_)),
        plan_(plan_gradients<T>(m.operands, extra, native_lanes<T>, all_dual_, features_)) {}

  std::int64_t features() const override { return features_; }
  bool writes_once(std::size_t i) const override {
    return plan_.reads[i] == access::run && operands_[i].value.width() == features_;
  }
  void run(const edge_groups& groups, side grouped_by, std::int64_t first, std::span<const row_source<T>> extra,
           std::span<const grad_target<T>> to) const override {
    std::array<row_source<T>, N + Extra> rows;
    std::array<grad_target<T>, N> targets;
    for (std::size_t i = 0; i < N; ++i) {
      rows[i] = rows_from(operands_[i].value, operands_[i].where, groups, grouped_by);
      targets[i] = to[i];
      targets[i].whole = writes_once(i) && !to[i].adds;
    }
    for (std::size_t i = 0; i < Extra; ++i) rows[N + i] = extra[i];  // (of std::copy g++ 14 believes that it goes on)
    rows = shifted(rows, first);
    if constexpr (passes_rows_on)
      if (to[0].by_group && !to[0].adds) return fold_rows_on(rows[1], groups, to[0].rows.base);
    if (all_dual_) sweep<true>(rows, groups, targets);
    else sweep<false>(rows, groups, targets);
  }

 private:
  // The gradient of a copied row is a sum of rows, which the forward kernel does in larger tiles.
  static constexpr bool passes_rows_on = std::same_as<F, functor::copy> && std::same_as<G, upstream>;
  void fold_rows_on(const row_source<T>& gradients, const edge_groups& groups, T* to) const {
    const shape_type& shape = operands_[0].value.shape();
    const bound_plan plan(plan_tiles({shape.begin() + 1, shape.end()}, extra_, {.lanes = native_lanes<T>}));
    const auto sum = kernel_form<T>(reduce::sum{});
    fold_kernel<F, sum_or_mean, T, 1>(f_, sum, {gradients}, plan, groups, {to}, features_).run(features_);
  }

  template <bool AllDual>
  void sweep(const std::array<row_source<T>, N + Extra>& rows, const edge_groups& groups,
             const std::array<grad_target<T>, N>& to) const {
    if constexpr (may_need_all_dual<F, N> || !AllDual)
      backward_sweep<F, G, T, N, Extra, AllDual>(f_, gradient_, rows, plan_, groups, to).run(features_);
  }

  const F& f_;
  G gradient_;
  std::span<const operand<T>, N> operands_;
  std::array<shape_type, Extra> extra_;
  bool all_dual_;
  std::int64_t features_ = 0;
  bound_plan plan_;
};

/// Of messages of whole rows, by the vjp that came with them. The message must outlive it.
template <class F, class V, class T, std::size_t N>
class rows_backward final : public gradient_kernel<T> {
 public:
  rows_backward(const rows_message<F, V, T, N>& m, const upstream&, const std::array<shape_type, 1>&) : message_(m) {}
  std::int64_t features() const override { return message_.width; }
  bool writes_once(std::size_t) const override { return false; }

  void run(const edge_groups& groups, side grouped_by, std::int64_t first, std::span<const row_source<T>> extra,
           std::span<const grad_target<T>> to) const override {
    std::array<row_source<T>, N + 1> rows;
    for (std::size_t i = 0; i < N; ++i)
      rows[i] = rows_from(message_.operands[i].value, message_.operands[i].where, groups, grouped_by);
    rows[N] = extra[0];
    rows = shifted(rows, first);
    for_each_group(
        groups, message_.width, [] { return std::array<row_parts<T>, N>{}; },
        [&](std::array<row_parts<T>, N>& parts, std::int64_t v) {
          auto each_sum = [&](auto&& f) {
            for (std::size_t i = 0; i < N; ++i)
              if (const std::int64_t width = to[i].rows.width; to[i].sums_up())
                f(parts[i], to[i].rows.base + v * width, width);
          };
          const std::int64_t begin = groups.offsets[v], end = groups.offsets[v + 1];
          for (std::int64_t k = begin; k < end; ++k) {
            if (k > begin && (k - begin) % part_length == 0)
              each_sum([](row_parts<T>& p, T* row, std::int64_t width) { p.put_away(row, width); });
            one_edge(rows, v, k, to, std::make_index_sequence<N>{});
          }
          each_sum([](row_parts<T>& p, T* row, std::int64_t width) { p.join(row, width); });
        });
  }

 private:
  using row_vector = Eigen::Matrix<T, 1, Eigen::Dynamic, Eigen::RowMajor>;
  using const_row = Eigen::Map<const row_vector>;

  template <std::size_t... I>
  void one_edge(const std::array<row_source<T>, N + 1>& rows, std::int64_t v, std::int64_t k,
                std::span<const grad_target<T>> to, std::index_sequence<I...>) const {
    const auto all = message_.vjp(const_row(rows[N].at(rows[N].group(v), k), message_.width),
                                  const_row(rows[I].at(rows[I].group(v), k), message_.operands[I].value.width())...);
    static_assert(check_row_result<std::remove_cvref_t<decltype(all)>>());
    auto add = [&](std::size_t i, const row_vector& g) {
      if (!to[i].wanted()) return;
      const std::int64_t width = message_.operands[i].value.width();
      check(g.size() == width, "message_rows", "the vjp returned ", g.size(), " values for operand ", i, ", expected ",
            width);
      T* const row = to[i].by_group ? to[i].rows.base + v * width : to[i].rows.at(k);
      for (std::int64_t f = 0; f < width; ++f)
        row[f] += g[f];  // (in Eigen's += g++ 12 sees rows of one element overrun)
    };
    if constexpr (requires { std::tuple_size<std::remove_cvref_t<decltype(all)>>::value; })
      (add(I, std::get<I>(all)), ...);
    else add(0, all);
  }

  const rows_message<F, V, T, N>& message_;
};

template <class M, class G, std::size_t Extra>
struct backward_of;
template <class F, class T, std::size_t N, class G, std::size_t Extra>
struct backward_of<elementwise_message<F, T, N>, G, Extra> {
  using type = message_backward<F, T, N, G, Extra>;
};
template <class F, class T, std::size_t N, class G, std::size_t Extra>
struct backward_of<sum_last_message<F, T, N>, G, Extra> {
  using type = message_backward<F, T, N, G, Extra>;
};
template <class F, class V, class T, std::size_t N>
struct backward_of<rows_message<F, V, T, N>, upstream, 1> {
  using type = rows_backward<F, V, T, N>;
};

/// Adds the gradients of the operands of `m`, the messages of all `edges`, given those of the messages by edge id.
/// Operands of the sources need the topology.
template <any_message M, class T>
void messages_backward(const M& m, const grouped_edges& edges, const basic_tensor<T>& g, const vjp_inputs& in) {
  shape_type row = g.shape();
  row[0] = 1;
  const typename backward_of<M, upstream, 1>::type kernel(m, upstream{}, {row});
  auto upstream_rows = [&](const edge_groups& where, side by, std::int64_t) {
    return std::vector{rows_from(g, side::edge, where, by)};
  };
  sweep_both_ways<T>(m.operands, kernel, edges.groups, edges.topology.get(), upstream_rows, in);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
