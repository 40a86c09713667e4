/// Messages of groups of edges, folded: which kernel serves which kind of message and reducer.
#pragma once
#include <edgefold/ops/kernel/fold_kernel.hpp>
#include <edgefold/ops/kernel/kernel_form.hpp>
#include <edgefold/ops/kernel/message_writer.hpp>
#include <edgefold/ops/message/derivative.hpp>
#include <edgefold/ops/reduce/mailbox.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class>
inline constexpr bool is_elementwise = false;
template <class F, class T, std::size_t N>
inline constexpr bool is_elementwise<elementwise_message<F, T, N>> = true;
template <class>
inline constexpr bool is_sum = false;
template <class F, class T, std::size_t N>
inline constexpr bool is_sum<sum_last_message<F, T, N>> = true;

/// (groups, features...), the last dim `outputs` times as long.
inline shape_type folded_shape(std::int64_t groups, const shape_type& features, int outputs) {
  shape_type shape{groups};
  shape.insert(shape.end(), features.begin(), features.end());
  if (outputs > 1 && features.empty()) shape.push_back(1);
  if (outputs > 1) shape.back() *= outputs;
  return shape;
}
template <class T>
tile_options fold_options(const shape_type& features, int outputs) {
  tile_options options{.lanes = native_lanes<T>, .slots = slots_of<T>};
  if (outputs > 1) {
    options.keep_last = true;
    options.out_last = (features.empty() ? 1 : features.back()) * outputs;
  }
  return options;
}

/// Several results of one pass: side by side in one tensor, or (what a gradient needs of a fold) in one each.
template <class>
inline constexpr bool concatenates = false;
template <class... Rs>
inline constexpr bool concatenates<reduce::multi<Rs...>> = true;

template <class R, class Kernel>
struct fold_outputs {
  using V = typename Kernel::out_type;
  static constexpr int outputs = Kernel::fold::outputs, joined = concatenates<R> ? outputs : 1;
  std::array<basic_tensor<V>, concatenates<R> ? 1 : static_cast<std::size_t>(outputs)> tensors;
  typename Kernel::out_array data;

  fold_outputs(const R& r, std::int64_t groups, const shape_type& features) {
    for (std::size_t i = 0; i < (gives_all(r) ? tensors.size() : 1); ++i)
      tensors[i] = basic_tensor<V>::uninitialized(folded_shape(groups, features, joined));
    const std::int64_t last = features.empty() ? 1 : features.back();
    for (std::size_t i = 0; i < data.size(); ++i)
      data[i] =
          concatenates<R> ? tensors[0].mutable_data() + static_cast<std::int64_t>(i) * last : tensors[i].mutable_data();
  }
  static tile_options options(const shape_type& features) {
    return fold_options<typename Kernel::scalar_type>(features, joined);
  }
};

/// Messages that fuse into the fold: nothing is stored.
template <class F, class T, std::size_t N, class R>
auto fold_fused(const elementwise_message<F, T, N>& m, const R& r, const edge_groups& groups,
                std::string_view operation) {
  const auto& f = unmarked(m.f);
  using kernel = fold_kernel<std::remove_cvref_t<decltype(f)>, R, T, N>;
  using outputs = fold_outputs<R, kernel>;
  const operand_rows<elementwise_message<F, T, N>> operands(m, groups);
  const shape_type features = broadcast_features(operands.shapes, operation);
  const bound_plan plan(plan_tiles(features, operands.shapes, outputs::options(features)));
  const outputs out(r, groups.num_groups, features);
  kernel(f, r, operands.rows, plan, groups, out.data, out.tensors[0].width()).run(num_elements(features));
  return out.tensors;
}

/// Messages of whole rows: a block of them at a time in scratch, folded from there.
template <any_message M, class R>
auto fold_rows(const M& m, const R& r, const edge_groups& groups, std::string_view operation) {
  using V = typename M::value_type;
  using kernel = fold_kernel<functor::copy, R, V, 1>;
  using outputs = fold_outputs<R, kernel>;
  struct scratch {
    detail::buffer<V> messages;
    std::vector<typename kernel::running> states;
    std::vector<typename kernel::state> pieces;  // of a hub, chunk by chunk
  };
  const message_writer<M> messages(m, groups, operation);
  const shape_type& features = messages.features();
  const std::int64_t width = num_elements(features);
  const std::array<shape_type, 1> operand{folded_shape(1, features, 1)};
  const bound_plan plan(plan_tiles(features, operand, outputs::options(features)));
  const outputs out(r, groups.num_groups, features);
  const functor::copy copy;
  const std::size_t slots = plan.slots();
  for_each_group(
      groups, width,
      [&] {
        return scratch{detail::buffer<V>(part_length * width), std::vector<typename kernel::running>(slots), {}};
      },
      [&](scratch& work, std::int64_t v) {
        std::array<row_source<V>, 1> rows;
        rows[0].by_position = width;
        rows[0].base = work.messages.data();
        const kernel fold(copy, r, rows, plan, groups, out.data, out.tensors[0].width());
        const std::int64_t k0 = groups.offsets[v], k1 = groups.offsets[v + 1];
        if (k0 == k1) return fold.empty_group(v);
        const bool cut = kernel::fold::merges && k1 - k0 > hub_degree;  // where the edges of others are
        const std::int64_t piece = cut ? chunk_edges : k1 - k0;
        const auto pieces = static_cast<std::size_t>((k1 - k0 - 1) / piece + 1);
        work.pieces.resize(slots * pieces);
        typename kernel::state* closed = work.pieces.data();
        for (std::int64_t start = k0; start < k1; start += piece, closed += slots) {
          const std::int64_t last = std::min(start + piece, k1);
          for (std::int64_t k = start; k < last; k += part_length) {
            const std::int64_t end = std::min<std::int64_t>(k + part_length, last);
            messages.write(v, k, end, {work.messages.data(), width, nullptr, nullptr, k});
            rows[0].first = k;
            fold.continue_group(v, start, k, end, work.states.data());
          }
          fold.close(work.states.data(), last - start, closed);
        }
        fold.finish_group(v, work.pieces.data(), pieces);
      });
  return out.tensors;
}

/// All messages of a node at once, in scratch of the task.
template <any_message M, class R>
auto gather_mailboxes(const M& m, const R& r, const edge_groups& groups, std::string_view operation) {
  using V = typename M::value_type;
  using O = typename mailbox_out<R, V>::type;
  const message_writer<M> messages(m, groups, operation);
  const std::int64_t width = num_elements(messages.features()), out_width = r.out_width(width);
  auto out = basic_tensor<O>::uninitialized(out_width == width ? folded_shape(groups.num_groups, messages.features(), 1)
                                                               : shape_type{groups.num_groups, out_width});
  O* out_data = out.mutable_data();
  for_each_group(
      groups, width, [] { return detail::buffer<V>(); },
      [&](detail::buffer<V>& scratch, std::int64_t v) {
        const std::int64_t k0 = groups.offsets[v], degree = groups.degree(v);
        if (degree == 0) {
          std::fill_n(out_data + v * out_width, out_width, static_cast<O>(empty_of(r)));
          return;
        }
        V* const mailbox = scratch.at_least(degree * width);
        messages.write(v, k0, k0 + degree, {mailbox, width, nullptr, nullptr, k0});
        r.apply(mailbox, degree, width, out_data + v * out_width);
      });
  return std::array{out};
}

/// Element type of messages V folded by R.
template <class R, class V>
struct folded {
  using type = typename packed_reducer<decltype(as_fold(std::declval<const R&>())), V, native_lanes<V>>::out_type;
};
template <class R, class V>
requires mailbox_reducer<R, V>
struct folded<R, V> : mailbox_out<R, V> {
};

/// Folds the messages of each group: the one entry to all kernels that reduce. An array of tensors: the result, and
/// what the fold was asked to keep.
template <any_message M, class R>
auto fold_messages(const M& m, const R& reducer, const edge_groups& groups, std::string_view operation) {
  using V = typename M::value_type;
  if constexpr (mailbox_reducer<R, V>) return gather_mailboxes(m, reducer, groups, operation);
  else if constexpr (is_elementwise<M>) return fold_fused(m, kernel_form<V>(as_fold(reducer)), groups, operation);
  else return fold_rows(m, kernel_form<V>(as_fold(reducer)), groups, operation);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
