/// Message passing: messages along the edges, folded at their destinations.
#pragma once
#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/fold_kernel.hpp>
#include <edgefold/ops/reduce.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class>
inline constexpr bool is_elementwise = false;
template <class F, class T, std::size_t N>
inline constexpr bool is_elementwise<elementwise_message<F, T, N>> = true;

/// (groups, features...), the last dim `outputs` times as long.
inline shape_type folded_shape(std::int64_t groups, const shape_type& features, int outputs) {
  shape_type shape{groups};
  shape.insert(shape.end(), features.begin(), features.end());
  if (outputs > 1 && features.empty()) shape.push_back(1);
  if (outputs > 1) shape.back() *= outputs;
  return shape;
}
inline tile_options fold_options(const shape_type& features, int lanes, int outputs) {
  const std::int64_t last = features.empty() ? 1 : features.back();
  if (outputs == 1) return {.lanes = lanes};
  return {.lanes = lanes, .keep_last = true, .out_last = last * outputs};
}

/// Messages that fuse into the fold: nothing is stored.
template <class F, class T, std::size_t N, class R>
auto fold_fused(const elementwise_message<F, T, N>& m, const R& r, const edge_groups& groups, side grouped_by,
                const operand_scope& scope) {
  using kernel = fold_kernel<F, R, T, N>;
  constexpr int outputs = kernel::fold::outputs;
  const bound_operands<elementwise_message<F, T, N>> operands(m, groups, grouped_by, scope);
  const shape_type features = broadcast_features(operands.shapes, scope.operation);
  const bound_plan plan(plan_tiles(features, operands.shapes, fold_options(features, kernel::lanes, outputs)));
  auto out = basic_tensor<typename kernel::out_type>::uninitialized(folded_shape(groups.num_groups, features, outputs));
  kernel(m.f, r, operands.rows, plan, groups, out.data(), out.width(), features.empty() ? 1 : features.back())
      .run(num_elements(features));
  return out;
}

/// Messages of whole rows: a block of them at a time in scratch, folded from there.
template <any_message M, class R>
auto fold_rows(const M& m, const R& r, const edge_groups& groups, side grouped_by, const operand_scope& scope) {
  using V = typename M::value_type;
  using kernel = fold_kernel<functor::copy, R, V, 1>;
  constexpr int outputs = kernel::fold::outputs;
  const edge_rows<M> messages(m, groups, grouped_by, scope);
  const shape_type& features = messages.features();
  const std::int64_t width = num_elements(features);
  const std::array<shape_type, 1> operand{folded_shape(1, features, 1)};
  const bound_plan plan(plan_tiles(features, operand, fold_options(features, kernel::lanes, outputs)));
  auto out = basic_tensor<typename kernel::out_type>::uninitialized(folded_shape(groups.num_groups, features, outputs));
  typename kernel::out_type* out_data = out.data();
  const schedule s = make_schedule(groups, width, 1, false);
  parallel_for(s.ranges(), 1, [&](std::int64_t first_range, std::int64_t last_range) {
    std::vector<V, Eigen::aligned_allocator<V>> scratch(static_cast<std::size_t>(block_messages * width));
    std::array<row_source<V>, 1> rows;
    rows[0].by_position = width;
    const kernel fold({}, r, rows, plan, groups, out_data, out.width(), features.empty() ? 1 : features.back());
    std::vector<typename kernel::state> states(fold.slots_total());
    for (std::int64_t v = s.cuts[static_cast<std::size_t>(first_range)];
         v < s.cuts[static_cast<std::size_t>(last_range)]; ++v) {
      const std::int64_t k0 = groups.offsets[v], k1 = groups.offsets[v + 1];
      for (std::int64_t k = k0; k < k1; k += block_messages) {
        const std::int64_t end = std::min<std::int64_t>(k + block_messages, k1);
        messages.write(v, k, end, {scratch.data(), width, nullptr, nullptr, k});
        rows[0].base = scratch.data() - k * width;
        fold.continue_group(v, k, end, states.data(), k == k0);
      }
      if (k0 == k1) fold.empty_group(v);
      else fold.finish_group(v, k1 - k0, states.data());
    }
  });
  return out;
}

/// All messages of a node at once, in scratch of the task.
template <any_message M, class R>
auto gather_mailboxes(const M& m, const R& r, const edge_groups& groups, side grouped_by, const operand_scope& scope) {
  using V = typename M::value_type;
  using O = typename mailbox_out<R, V>::type;
  const edge_rows<M> messages(m, groups, grouped_by, scope);
  const std::int64_t width = num_elements(messages.features()), out_width = r.out_width(width);
  auto out = basic_tensor<O>::uninitialized(out_width == width ? folded_shape(groups.num_groups, messages.features(), 1)
                                                               : shape_type{groups.num_groups, out_width});
  O* out_data = out.data();
  const schedule s = make_schedule(groups, width, 1, false);
  parallel_for(s.ranges(), 1, [&](std::int64_t first_range, std::int64_t last_range) {
    std::unique_ptr<V[]> scratch;
    std::int64_t room = 0;
    for (std::int64_t v = s.cuts[static_cast<std::size_t>(first_range)];
         v < s.cuts[static_cast<std::size_t>(last_range)]; ++v) {
      const std::int64_t k0 = groups.offsets[v], degree = groups.degree(v);
      if (degree == 0) {
        std::fill_n(out_data + v * out_width, out_width, static_cast<O>(empty_of(r)));
        continue;
      }
      if (degree > room) scratch.reset(new V[static_cast<std::size_t>((room = degree) * width)]);
      messages.write(v, k0, k0 + degree, {scratch.get(), width, nullptr, nullptr, k0});
      r.apply(scratch.get(), degree, width, out_data + v * out_width);
    }
  });
  return out;
}

/// Folds the messages of each group: the one entry to all kernels that reduce.
template <any_message M, class R>
auto fold_messages(const M& m, const R& reducer, const edge_groups& groups, side grouped_by,
                   const operand_scope& scope) {
  if constexpr (mailbox_reducer<R, typename M::value_type>)
    return gather_mailboxes(m, reducer, groups, grouped_by, scope);
  else if constexpr (is_elementwise<M>) return fold_fused(m, as_fold(reducer), groups, grouped_by, scope);
  else return fold_rows(m, as_fold(reducer), groups, grouped_by, scope);
}

}  // namespace impl

/// Sends the message of every edge to its destination and folds there: a tensor (num_dst, features...). A destination
/// without in-edges gets the reducer's `empty`. Throws where operands do not fit the graph or each other.
template <any_message M, class R>
auto update_all(const graph& g, const M& m, const R& reducer) {
  return impl::fold_messages(m, reducer, g.topology().in_edges(), side::dst, detail::scope_of(g, "update_all"));
}

}  // namespace EDGEFOLD_ISA

template <class Message, class Reducer>
void graph::update_all(const Message& m, const Reducer& r, std::string_view out) {
  dstdata[out] = edgefold::update_all(*this, m, r);
}

}  // namespace edgefold
