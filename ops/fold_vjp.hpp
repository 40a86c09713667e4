/// Folds with gradients: what the forward pass keeps of a reducer, and how the backward pass gets each message's
/// gradient.
#pragma once
#include <edgefold/ops/adjoint.hpp>
#include <edgefold/ops/fold_messages.hpp>
#include <edgefold/ops/message_vjp.hpp>
#include <edgefold/ops/reverse_fold.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class R, class T>
concept vjp_mailbox = requires(const R& r, const T* messages, T* out) {
  r.vjp(messages, std::int64_t{}, std::int64_t{}, messages, out);
};

/// Whether the result of reducing messages of floating T is a differentiable T.
template <class R, class T>
constexpr bool fold_differentiates() {
  if constexpr (!std::floating_point<T>) return false;
  else if constexpr (mailbox_reducer<R, T>) return true;
  else return std::same_as<typename folding<R, T, native_lanes<T>>::out_type, T>;
}

/// What a fold leaves for its gradient: the result, and final states or the chosen edges.
template <class R, class T>
auto recorded_form(const R& r) {
  using P = pack<T>;
  if constexpr (mailbox_reducer<R, T> || concatenates<R>) return r;
  else if constexpr (selects<R>) return with_choice<R>{r};
  else if constexpr (closed_form<R, P>) {
    if constexpr (adjoint_rule<R, P>::needs_state) return with_states<R>{r};
    else return r;
  } else return r;
}

/// A closed form as what a sweep calls for each message.
template <class R>
struct closed_gradient {
  R r;
  static constexpr bool needs_message = true;
  template <class P>
  [[gnu::always_inline]] P operator()(const P& m, const P* a) const {
    std::array<P, adjoint_rule<R, P>::size> values;
    std::copy_n(a, values.size(), values.begin());
    return adjoint_rule<R, P>::message(r, m, values);
  }
};
/// The gradient of a selection: all of it to the edge whose id (third) is the chosen one (second).
struct chosen_gradient {
  static constexpr bool needs_message = false;
  template <class P>
  [[gnu::always_inline]] P operator()(const P&, const P* a) const {
    using T = typename P::value_type;
    using bits = register_type<std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>, P::lanes>;
    const auto same = __builtin_bit_cast(bits, a[1].v) == __builtin_bit_cast(bits, a[2].v);
    return {same ? a[0].v : P(0).v};
  }
};
template <class R, class P>
auto gradient_functor(const R& r) {
  if constexpr (selects<R>) return chosen_gradient{};
  else if constexpr (adjoint_rule<R, P>::needs_message) return closed_gradient<R>{r};
  else return upstream{};
}

/// The ids of edge positions as bits of T, which a kernel reads like a feature of width 1.
template <class T>
class id_column {
  using number = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

 public:
  row_source<T> of(const edge_groups& groups) {
    row_source<T> r;
    r.by_position = 1;
    if constexpr (sizeof(T) == 4)
      if (groups.edge_ids) return r.base = reinterpret_cast<const T*>(groups.edge_ids), r;
    check(sizeof(T) == 8 || groups.end() < 0x7f800000, "backward",
          "the gradient of max and min of floats is limited to 2,139,095,039 edges: use double");
    auto& ids = kept_.emplace_back(basic_tensor<number>::uninitialized({groups.num_edges}));
    number* to = ids.data();
    const std::int64_t first = groups.offsets[0];
    parallel_for(groups.num_edges, 1 << 16, [&](std::int64_t b, std::int64_t e) {
      for (std::int64_t k = b; k < e; ++k) to[k] = static_cast<number>(groups.id_at(first + k));
    });
    r.base = reinterpret_cast<const T*>(to) - first;
    return r;
  }

 private:
  std::vector<basic_tensor<number>> kept_;
};

/// What a sweep reads besides the operands under a closed form: what the reducer computed once a node, and the edge's
/// id where the reducer selects.
template <class R, class T>
class closed_rows {
 public:
  static constexpr std::size_t values = adjoint_rule<R, pack<T>>::size, extra = values + (selects<R> ? 1 : 0);
  explicit closed_rows(const std::vector<basic_tensor<T>>& adjoints) : adjoints_(adjoints) {}
  static std::array<shape_type, extra> shapes(const shape_type& row) {
    std::array<shape_type, extra> all;
    all.fill(row);
    if constexpr (selects<R>) all.back() = {1, 1};
    return all;
  }
  std::array<row_source<T>, extra> of(const edge_groups& groups, side grouped_by) {
    std::array<row_source<T>, extra> rows;
    for (std::size_t i = 0; i < values; ++i) rows[i] = rows_from(adjoints_[i], side::dst, groups, grouped_by);
    if constexpr (selects<R>) rows.back() = ids_.of(groups);
    return rows;
  }

 private:
  const std::vector<basic_tensor<T>>& adjoints_;
  id_column<T> ids_;
};

/// Whether the gradient reads the result.
template <class R, class T>
constexpr bool keeps_result() {
  if constexpr (mailbox_reducer<R, T> || concatenates<R>) return false;
  else if constexpr (closed_form<R, pack<T>>) return adjoint_rule<R, pack<T>>::needs_out;
  else return false;
}

/// Row counts of a bound message's operands.
template <any_message M>
operand_scope message_scope(const M& m, const edge_groups& groups) {
  operand_scope scope{"backward", 0, groups.num_groups, 0, nullptr};
  for (const auto& o : m.operands)
    if (o.where == side::src) scope.num_src = o.value.rows();
    else if (o.where == side::edge) scope.num_edges = o.value.rows();
  return scope;
}

/// What a reducer computes once a node: tensors of the shape of the result.
template <class R, class T>
std::vector<basic_tensor<T>> adjoint_tensors(const R& r, const basic_tensor<T>& g, const basic_tensor<T>& out,
                                             const std::vector<basic_tensor<T>>& states, const edge_groups& groups) {
  constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;
  using rule = adjoint_rule<R, P>;
  if constexpr (passes_gradient<R>) return {g};
  else if constexpr (selects<R>) return {g, states[0]};
  else {
    std::vector<basic_tensor<T>> values;
    std::array<T*, rule::size> to;
    for (std::size_t i = 0; i < rule::size; ++i) {
      values.push_back(basic_tensor<T>::uninitialized(g.shape()));
      to[i] = values[i].data();
    }
    const std::int64_t width = g.width();
    parallel_for(
        g.rows(), std::max<std::int64_t>(1, (1 << 14) / std::max<std::int64_t>(width, 1)),
        [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t v = begin; v < end; ++v)
            for (std::int64_t c = 0; c < width; c += lanes) {
              const first_lanes<T, lanes> some(static_cast<int>(std::min<std::int64_t>(lanes, width - c)));
              auto at = [&](const basic_tensor<T>& t) { return load<T, lanes>(t.data() + v * width + c, some); };
              std::array<P, state_size<R, P>> s;
              s.fill(P(0));
              if constexpr (rule::needs_state)
                for (std::size_t i = 0; i < s.size(); ++i) s[i] = at(states[i]);
              P result(0);
              if constexpr (rule::needs_out) result = at(out);
              const auto a = rule::values(r, at(g), __builtin_bit_cast(state_of<R, P>, s), result, P(groups.degree(v)));
              for (std::size_t i = 0; i < rule::size; ++i) store<T, lanes>(to[i] + v * width + c, a[i], some);
            }
        });
    return values;
  }
}

/// Gradients of the messages of a block of edges, where they do not follow node by node: row by row in scratch.
template <any_message M, class R>
class message_gradients {
  using T = typename M::scalar_type;
  using P = pack<T>;

 public:
  message_gradients(const M& m, const R& r, const basic_tensor<T>& g, const std::vector<basic_tensor<T>>& adjoints,
                    const operand_scope& scope)
      : m_(m), r_(r), g_(g), adjoints_(adjoints), scope_(scope) {}

  /// For groups first, first + 1, ... of all, which are those of `range`.
  row_source<T> of(const edge_groups& range, std::int64_t first) {
    if constexpr (is_elementwise<M> && !mailbox_reducer<R, T>) {
      const bound_operands<M> operands(m_, range, side::dst, scope_);
      const auto rows = shifted(operands.rows, first);
      fill(m_.f, rows, std::span<const shape_type>(operands.shapes), broadcast_features(operands.shapes, "backward"),
           range, first);
    } else {
      write_messages_of(range, first);
    }
    row_source<T> r;
    r.by_position = width_;
    r.base = gradients_.data() - range.offsets[0] * width_;
    return r;
  }

 private:
  void write_messages_of(const edge_groups& range, std::int64_t first) {
    M shifted_message = m_;
    for (auto& o : shifted_message.operands)  // rows of the destinations in this block
      if (o.where == side::dst)
        o.value = basic_tensor<T>::wrap(
            const_cast<T*>(o.value.data()) + first * o.value.width(),
            [&] {
              shape_type shape = o.value.shape();
              shape[0] = range.num_groups;
              return shape;
            }(),
            nullptr);
    operand_scope scope = scope_;
    scope.num_dst = range.num_groups;
    const edge_rows<M> rows(shifted_message, range, side::dst, scope);
    width_ = num_elements(rows.features());
    messages_.resize(static_cast<std::size_t>(range.num_edges * width_));
    for_each_group(
        range, width_, [] { return 0; },
        [&](int, std::int64_t v) {
          rows.write(v, range.offsets[v], range.offsets[v + 1],
                     {messages_.data(), width_, nullptr, nullptr, range.offsets[0]});
        });
    if constexpr (mailbox_reducer<R, T>) {
      gradients_.assign(messages_.size(), T(0));
      const std::int64_t out_width = g_.width();
      for_each_group(
          range, width_, [] { return 0; },
          [&](int, std::int64_t v) {
            const std::int64_t at = (range.offsets[v] - range.offsets[0]) * width_;
            if (range.degree(v) > 0)
              r_.vjp(messages_.data() + at, range.degree(v), width_, g_.data() + (first + v) * out_width,
                     gradients_.data() + at);
          });
    } else {
      std::array<row_source<T>, 1> source;
      source[0].by_position = width_;
      source[0].base = messages_.data() - range.offsets[0] * width_;
      shape_type shape{1};
      shape.insert(shape.end(), rows.features().begin(), rows.features().end());
      fill(functor::copy{}, source, std::span<const shape_type>(&shape, 1), rows.features(), range, first);
    }
  }

  template <class F, std::size_t N>
  void fill(const F& f, const std::array<row_source<T>, N>& rows, std::span<const shape_type> shapes,
            const shape_type& features, const edge_groups& range, std::int64_t first) {
    width_ = num_elements(features);
    gradients_.resize(static_cast<std::size_t>(range.num_edges * width_));
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
    std::copy(more.begin(), more.end(), all.begin() + 1);
    for (std::size_t i = 1; i < all.size(); ++i) all[i].base += first * all[i].by_group;
    std::array<shape_type, 1 + closed::extra> shapes{shape};
    const auto more_shapes = closed::shapes(shape);
    std::copy(more_shapes.begin(), more_shapes.end(), shapes.begin() + 1);
    const bound_plan plan(plan_tiles(features, shapes, {.lanes = native_lanes<T>, .slots = gradient_slots}));
    std::array<grad_target<T>, 1> to{{{{gradients_.data(), width_, nullptr, nullptr, range.offsets[0]}, false, true}}};
    if (width_ == 1) std::fill(gradients_.begin(), gradients_.end(), T(0));  // (read by splats, and so added to)
    vjp_sweep<F, G, T, 1, closed::extra, false>(f, gradient, all, plan, range, to).run(width_);
  }

  const M& m_;
  const R& r_;
  const basic_tensor<T>& g_;
  const std::vector<basic_tensor<T>>& adjoints_;
  operand_scope scope_;
  std::int64_t width_ = 0;
  std::vector<T> messages_, gradients_;
};

/// The general way: gradients of the messages of a block of edges, then those of their operands.
template <any_message M, class R, class T>
void sweep_kept(const M& m, const R& r, const edge_groups& groups, const basic_tensor<T>& g,
                const std::vector<basic_tensor<T>>& adjoints, const vjp_inputs& in) {
  const operand_scope scope = message_scope(m, groups);
  shape_type row{1};
  const shape_type features = edge_rows<M>(m, groups, side::dst, scope).features();
  row.insert(row.end(), features.begin(), features.end());
  message_gradients<M, R> gradients(m, r, g, adjoints, scope);
  const typename vjp_of<M, upstream, 1>::type vjp(m, upstream{}, {row});
  sweep_in_blocks(
      m, vjp, groups,
      [&](const edge_groups& range, std::int64_t first) { return extra_rows<T, 1>{gradients.of(range, first)}; }, in);
}

/// Adds the gradients of the operands of `m`, whose messages `r` folded over `edges`, given that of the result.
template <any_message M, class R, class T>
void fold_vjp(const M& m, const R& r, const grouped_edges& edges, const basic_tensor<T>& g, const basic_tensor<T>& out,
              const std::vector<basic_tensor<T>>& kept, const vjp_inputs& in) {
  using P = pack<T>;
  if constexpr (!mailbox_reducer<R, T> && closed_form<R, P>) {
    const auto adjoints = adjoint_tensors(r, g, out, kept, edges.groups);
    using G = decltype(gradient_functor<R, P>(r));
    // A message that is a sum is not known lane by lane; a functor of rows takes the gradient alone.
    if constexpr (is_elementwise<M> || (is_sum<M> && !adjoint_rule<R, P>::needs_message) ||
                  (!is_sum<M> && std::same_as<G, upstream>)) {
      using closed = closed_rows<R, T>;
      closed extra(adjoints);
      shape_type row = g.shape();
      row[0] = 1;
      const typename vjp_of<M, G, closed::extra>::type vjp(m, gradient_functor<R, P>(r), closed::shapes(row));
      if (edges.topology)
        sweep_both_ways(
            m, vjp, edges.groups, edges.topology.get(),
            [&](const edge_groups& where, side by) { return extra.of(where, by); }, in);
      else
        sweep_in_blocks(
            m, vjp, edges.groups, [&](const edge_groups& where, std::int64_t) { return extra.of(where, side::dst); },
            in);
    } else {
      sweep_kept(m, r, edges.groups, g, adjoints, in);
    }
  } else {
    sweep_kept(m, r, edges.groups, g, std::vector<basic_tensor<T>>{}, in);
  }
}

/// Folds, and keeps what fold_vjp needs: the result first.
template <any_message M, class R>
auto fold_keeping(const M& m, const R& r, const edge_groups& groups, const operand_scope& scope) {
  const auto all = fold_messages(m, recorded_form<R, typename M::scalar_type>(r), groups, side::dst, scope);
  return std::vector<basic_tensor<typename M::scalar_type>>(all.begin(), all.end());
}

/// Columns part * last .. of the last dim of g, which holds the results of several reducers side by side.
template <class T>
basic_tensor<T> part_of(const basic_tensor<T>& g, std::int64_t part, std::int64_t parts) {
  shape_type shape = g.shape();
  const std::int64_t whole = shape.back(), last = shape.back() /= parts;
  auto out = basic_tensor<T>::uninitialized(shape);
  T* to = out.data();
  for (std::int64_t i = 0; i < (whole > 0 ? g.size() / whole : 0); ++i)
    std::copy_n(g.data() + i * whole + part * last, last, to + i * last);
  return out;
}

template <any_message M, class... Rs, class T>
void multi_vjp(const M& m, const reduce::multi<Rs...>& r, const grouped_edges& edges, const basic_tensor<T>& g,
               const vjp_inputs& in) {
  const operand_scope scope = message_scope(m, edges.groups);
  std::int64_t part = 0;
  auto one = [&](const auto& each) {
    basic_tensor<T> own = part_of(g, part++, static_cast<std::int64_t>(sizeof...(Rs)));
    const auto kept = fold_keeping(m, each, edges.groups, scope);
    fold_vjp(m, each, edges, own.reshape(kept[0].shape()), kept[0], {kept.begin() + 1, kept.end()}, in);
  };
  std::apply([&](const auto&... each) { (one(each), ...); }, r.reducers);
}

template <any_message M, class R>
auto record_fold(const M& m, const R& r, const grouped_edges& edges, const operand_scope& scope) {
  using T = typename M::scalar_type;
  auto kept = fold_keeping(m, r, edges.groups, scope);
  basic_tensor<T> out = kept[0];
  if constexpr (!keeps_result<R, T>()) kept[0] = {};
  std::vector<saved<T>> saved_tensors;
  for (const auto& t : kept) saved_tensors.emplace_back(t);
  record(
      out,
      [message = saved_message<M>(m), r, edges, saved_tensors](const basic_tensor<T>& g, const vjp_inputs& in) {
        if constexpr (concatenates<R>) {
          multi_vjp(message.get(), r, edges, g, in);
        } else {
          std::vector<basic_tensor<T>> states;
          for (std::size_t i = 1; i < saved_tensors.size(); ++i) states.push_back(saved_tensors[i].get());
          fold_vjp(message.get(), r, edges, g, saved_tensors[0].get(), states, in);
        }
      },
      operand_tensors(m));
  return out;
}

/// Folds the messages of `edges` into their destinations, and records how to get back.
template <any_message M, class R>
auto fold_recorded(const M& unbound, const R& reducer, const grouped_edges& edges, const operand_scope& scope) {
  using T = typename M::scalar_type;
  const M m = bind_all(unbound, scope);
  if constexpr (std::same_as<typename M::value_type, T> && message_gradient<M> != gradient_kind::none) {
    const auto r = as_fold(reducer);
    using fold = std::remove_const_t<decltype(r)>;
    if constexpr (fold_differentiates<fold, T>()) {
      if (message_needs_grad(m, scope.operation)) {
        if constexpr (message_gradient<M> == gradient_kind::by_duals) {
          constexpr bool has_vjp = !mailbox_reducer<fold, T> || vjp_mailbox<fold, T>;
          check(has_vjp, scope.operation,
                "an operand requires a gradient, which a mailbox reducer without a vjp does "
                "not have: give it one, or work under no_grad");
          if constexpr (has_vjp) return record_fold(m, r, edges, scope);
        }
      }
    }
  }
  return fold_messages(m, reducer, edges.groups, side::dst, scope)[0];
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
