/// Gradients of messages written down for a block of edges, where they do not follow node by node.
#pragma once
#include <edgefold/ops/gradient/closed_form.hpp>
#include <edgefold/ops/gradient/message_backward.hpp>
#include <edgefold/ops/gradient/reverse_fold.hpp>
#include <edgefold/ops/kernel/fold_messages.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Gradients of the messages of a block of edges, where they do not follow node by node: row by row in scratch.
template <any_message M, class R>
class message_gradients {
  using T = typename M::scalar_type;
  using P = pack<T>;

 public:
  message_gradients(const M& m, const R& r, const basic_tensor<T>& g, const std::vector<basic_tensor<T>>& adjoints)
      : m_(m), r_(r), g_(g), adjoints_(adjoints) {}

  /// For groups first, first + 1, ... of all, which are those of `range`.
  row_source<T> of(const edge_groups& range, std::int64_t first) {
    if constexpr (is_elementwise<M> && !mailbox_reducer<R, T>) {
      const operand_rows<M> operands(m_, range, first);
      fill(m_.f, operands.rows, std::span<const shape_type>(operands.shapes),
           broadcast_features(operands.shapes, "backward"), range, first);
    } else {
      write_messages_of(range, first);
    }
    row_source<T> r;
    r.by_position = width_;
    r.first = range.offsets[0];
    r.base = gradients_.data();
    return r;
  }

 private:
  void write_messages_of(const edge_groups& range, std::int64_t first) {
    const message_writer<M> rows(m_, range, "backward", first);
    width_ = num_elements(rows.features());
    T* const messages = messages_.at_least(range.num_edges * width_);
    for_each_group(range, width_, [&](std::int64_t v) {
      rows.write(v, range.offsets[v], range.offsets[v + 1], {messages, width_, nullptr, nullptr, range.offsets[0]});
    });
    if constexpr (mailbox_reducer<R, T>) {
      T* const gradients = gradients_.at_least(range.num_edges * width_);
      const std::int64_t out_width = g_.width();
      for_each_group(range, width_, [&](std::int64_t v) {
        const std::int64_t at = (range.offsets[v] - range.offsets[0]) * width_, degree = range.degree(v);
        std::fill_n(gradients + at, degree * width_, T(0));  // a user's vjp may leave out what is 0
        if (degree > 0) r_.vjp(messages + at, degree, width_, g_.data() + (first + v) * out_width, gradients + at);
      });
    } else {
      std::array<row_source<T>, 1> source;
      source[0].by_position = width_;
      source[0].first = range.offsets[0];
      source[0].base = messages;
      shape_type shape{1};
      shape.insert(shape.end(), rows.features().begin(), rows.features().end());
      fill(functor::copy{}, source, std::span<const shape_type>(&shape, 1), rows.features(), range, first);
    }
  }

  template <class F, std::size_t N>
  void fill(const F& f, const std::array<row_source<T>, N>& rows, std::span<const shape_type> shapes,
            const shape_type& features, const edge_groups& range, std::int64_t first) {
    width_ = num_elements(features);
    gradients_.at_least(range.num_edges * width_);
    if constexpr (closed_form<R, P>) {
      static_assert(N == 1, "elementwise messages under a closed form are swept whole");
      fill_closed(f, rows, shapes[0], features, range, first);
    } else {
      const bound_plan plan(plan_tiles(features, shapes, {.lanes = native_lanes<T>, .slots = single_slot}));
      reverse_fold<F, R, T, N>(f, r_, rows, plan, range, g_.data() + first * width_, gradients_.data(), width_).run();
    }
  }

  template <class F>
  void fill_closed(const F& f, const std::array<row_source<T>, 1>& rows, const shape_type& shape,
                   const shape_type& features, const edge_groups& range, std::int64_t first) {
    using G = decltype(gradient_functor<R, P>(r_));
    using closed = closed_rows<R, T>;
    const G gradient = gradient_functor<R, P>(r_);
    closed extra(adjoints_);
    std::array<row_source<T>, 1 + closed::extra> all{rows[0]};
    const auto more = extra.of(range, side::dst);
    for (std::size_t i = 0; i < closed::extra; ++i) {
      all[i + 1] = more[i];
      all[i + 1].base += first * more[i].by_group;
    }
    std::array<shape_type, 1 + closed::extra> shapes{shape};
    auto more_shapes = closed::shapes(shape);
    for (std::size_t i = 0; i < closed::extra; ++i) shapes[i + 1] = std::move(more_shapes[i]);
    const bound_plan plan(plan_tiles(features, shapes, {.lanes = native_lanes<T>, .slots = gradient_slots}));
    std::array<grad_target<T>, 1> to{{{{gradients_.data(), width_, nullptr, nullptr, range.offsets[0]}, false, true}}};
    if (width_ == 1) std::fill_n(gradients_.data(), range.num_edges, T(0));  // (read by splats, and so added to)
    backward_sweep<F, G, T, 1, closed::extra, false>(f, gradient, all, plan, range, to).run(width_);
  }

  const M& m_;
  const R& r_;
  const basic_tensor<T>& g_;
  const std::vector<basic_tensor<T>>& adjoints_;
  std::int64_t width_ = 0;
  detail::buffer<T> messages_, gradients_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
