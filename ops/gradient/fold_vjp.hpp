/// Folds with gradients: what the forward pass keeps of a reducer, and how the backward pass gets each message's
/// gradient.
#pragma once
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/gradient/message_gradients.hpp>

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
auto recorded_form(const R& r, bool kept = true) {
  using P = pack<T>;
  if constexpr (mailbox_reducer<R, T> || concatenates<R>) return r;
  else if constexpr (selects<R>) return with_choice<R>{r};
  else if constexpr (closed_form<R, P>) {
    if constexpr (adjoint_rule<R, P>::needs_state) return with_states<R>{r, kept};
    else return r;
  } else return r;
}
/// Whether the gradient reads the result.
template <class R, class T>
constexpr bool keeps_result() {
  if constexpr (mailbox_reducer<R, T> || concatenates<R>) return false;
  else if constexpr (closed_form<R, pack<T>>) return adjoint_rule<R, pack<T>>::needs_out;
  else return false;
}
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
  auto of_block = [&](const edge_groups& range, side, std::int64_t first) {
    return std::vector{gradients.of(range, first)};
  };
  sweep_in_blocks<T>(m.operands, vjp, groups, of_block, in);
}

/// Adds the gradients of the operands of `m`, whose messages `r` folded over `edges`, given that of the result and what
/// fold_keeping left.
template <any_message M, class R, class T>
void fold_vjp(const M& m, const R& r, const grouped_edges& edges, const basic_tensor<T>& g,
              const std::vector<basic_tensor<T>>& kept, const vjp_inputs& in) {
  using P = pack<T>;
  if constexpr (!mailbox_reducer<R, T> && closed_form<R, P>) {
    const auto adjoints = adjoint_tensors(r, g, kept, edges.groups);
    using G = decltype(gradient_functor<R, P>(r));
    // A message that is a sum is not known lane by lane; a functor of rows takes the gradient alone.
    if constexpr (is_elementwise<M> || (is_sum<M> && !adjoint_rule<R, P>::needs_message) ||
                  (!is_sum<M> && std::same_as<G, upstream>)) {
      using closed = closed_rows<R, T>;
      closed extra(adjoints);
      shape_type row = g.shape();
      row[0] = 1;
      const typename vjp_of<M, G, closed::extra>::type vjp(m, gradient_functor<R, P>(r), closed::shapes(row));
      auto of_groups = [&](const edge_groups& where, side by, std::int64_t) { return extra.of(where, by); };
      if (edges.topology) sweep_both_ways<T>(m.operands, vjp, edges.groups, edges.topology.get(), of_groups, in);
      else sweep_in_blocks<T>(m.operands, vjp, edges.groups, of_groups, in);
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

/// Of several reducers in one pass, whose results stand side by side along the last dim.
template <any_message M, class... Rs, class T>
void multi_vjp(const M& m, const reduce::multi<Rs...>& r, const grouped_edges& edges, const basic_tensor<T>& g,
               const vjp_inputs& in) {
  const operand_scope scope = message_scope(m, edges.groups);
  const std::int64_t last = g.shape().back() / static_cast<std::int64_t>(sizeof...(Rs));
  std::int64_t begin = 0;
  auto one = [&](const auto& each) {
    const basic_tensor<T> own = slice(g, -1, begin, begin + last);
    begin += last;
    const auto kept = fold_keeping(m, each, edges.groups, scope);
    fold_vjp(m, each, edges, own.reshape(kept[0].shape()), kept, in);
  };
  std::apply([&](const auto&... each) { (one(each), ...); }, r.reducers);
}

template <any_message M, class R>
auto record_fold(const M& m, const R& r, const grouped_edges& edges, const operand_scope& scope) {
  using T = typename M::scalar_type;
  auto kept = fold_keeping(m, r, edges.groups, scope);
  basic_tensor<T> out = kept[0];
  if constexpr (!keeps_result<R, T>()) kept[0] = {};
  record_message<T>(out, m.operands, kept,
                    [message = without_operands(m), r, edges](std::span<operand<T>> operands,
                                                              const std::vector<basic_tensor<T>>& saved_tensors,
                                                              const basic_tensor<T>& g, const vjp_inputs& in) {
                      const M bound = with_operands(message, operands);
                      if constexpr (concatenates<R>) multi_vjp(bound, r, edges, g, in);
                      else fold_vjp(bound, r, edges, g, saved_tensors, in);
                    });
  return out;
}

/// A fold without a gradient, by the kernel of the one that leaves states for it, if any: compiled once.
template <class R, class T>
auto unrecorded_form(const R& r) {
  if constexpr (selects<R>) return r;
  else return recorded_form<R, T>(r, false);
}

/// Folds the messages of `edges` into their destinations, and records how to get back.
template <any_message M, class R>
basic_tensor<typename folded<R, typename M::value_type>::type> fold_recorded(const M& unbound, const R& reducer,
                                                                             const grouped_edges& edges,
                                                                             const operand_scope& scope) {
  using T = typename M::scalar_type;
  check_empty<typename folded<R, typename M::value_type>::type>(reducer, scope.operation);
  const M m = bind_all(unbound, scope);
  const auto r = as_fold(reducer);
  using fold = std::remove_const_t<decltype(r)>;
  constexpr bool passes_back = std::same_as<typename M::value_type, T> && fold_differentiates<fold, T>();
  if constexpr (passes_back && message_gradient<M> == gradient_kind::by_duals) {
    if (message_needs_grad(m, scope.operation)) {
      constexpr bool has_vjp = !mailbox_reducer<fold, T> || vjp_mailbox<fold, T>;
      check(has_vjp, scope.operation,
            "an operand requires a gradient, which a mailbox reducer without a vjp does not have: give it one, or work "
            "under no_grad");
      if constexpr (has_vjp) return record_fold(m, r, edges, scope);
    }
    return fold_messages(m, unrecorded_form<fold, T>(r), edges.groups, side::dst, scope)[0];
  } else {
    if constexpr (passes_back && message_gradient<M> == gradient_kind::refused) message_needs_grad(m, scope.operation);
    return fold_messages(m, r, edges.groups, side::dst, scope)[0];
  }
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
