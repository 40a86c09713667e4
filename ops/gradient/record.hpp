/// Where forward and backward meet: an operation computes by the kernels, asks whether an operand wants a gradient, and
/// then puts the way back on the tape.
#pragma once
#include <edgefold/ops/gradient/fold_backward.hpp>
#include <edgefold/ops/gradient/named_pairs.hpp>
#include <edgefold/ops/kernel/edge_messages.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

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

/// Whether an operation on bound `m` goes on the tape. Throws where it should and cannot.
template <any_message M>
bool is_recorded(const M& m, std::string_view operation) {
  const bool wanted = needs_grad<typename M::scalar_type>(m.operands);
  if constexpr (message_gradient<M> == gradient_kind::refused)
    check(!wanted, operation,
          "an operand requires a gradient, which scalar(f), and message_rows without a "
          "vjp, do not have: give message_rows one, write f without branches, or work under no_grad");
  return wanted && message_gradient<M> == gradient_kind::by_duals;
}

/// The same message of other operands.
template <any_message M>
M with_operands(M m, std::span<operand<typename M::scalar_type>> operands) {
  std::move(operands.begin(), operands.end(), m.operands.begin());
  return m;
}
/// What is left of a message where its operands are kept elsewhere.
template <any_message M>
M without_operands(M m) {
  m.operands = {};
  return m;
}

/// recorded_messages by kernels that are compiled where it is called.
template <any_message M>
basic_tensor<typename M::value_type> compiled_messages(const M& m, const grouped_edges& edges,
                                                       std::string_view operation) {
  using T = typename M::scalar_type;
  auto out = edge_messages(m, edges.groups, operation);
  if constexpr (std::same_as<typename M::value_type, T> && message_gradient<M> != gradient_kind::none)
    if (is_recorded(m, operation))
      if constexpr (message_gradient<M> == gradient_kind::by_duals)
        record_message<T>(out, m.operands, {},
                          [message = without_operands(m), edges](std::span<operand<T>> operands, const auto&,
                                                                 const basic_tensor<T>& g, const vjp_inputs& in) {
                            messages_backward(with_operands(message, operands), edges, g, in);
                          });
  return out;
}

/// The messages of bound `m` on all edges, by edge id, and how to get back: `edges.groups` are grouped by destination,
/// and operands of the sources need the topology.
template <any_message M>
basic_tensor<typename M::value_type> recorded_messages(const M& m, const grouped_edges& edges,
                                                       std::string_view operation) {
  if constexpr (is_named_message<M>) return named_messages(named(m), edges, operation);
  else return compiled_messages(m, edges, operation);
}

template <class R, class T>
concept vjp_mailbox = requires(const R& r, const T* messages, T* out) {
  r.vjp(messages, std::int64_t{}, std::int64_t{}, messages, out);
};

/// Whether the result of reducing messages of floating T is a differentiable T.
template <class R, class T>
constexpr bool fold_differentiates() {
  if constexpr (!std::floating_point<T>) return false;
  else if constexpr (mailbox_reducer<R, T>) return true;
  else return std::same_as<typename packed_reducer<R, T, native_lanes<T>>::out_type, T>;
}

template <any_message M, class R>
auto record_fold(const M& m, const R& r, const grouped_edges& edges, std::string_view operation) {
  using T = typename M::scalar_type;
  auto kept = fold_and_keep(m, r, edges.groups, operation);
  basic_tensor<T> out = kept[0];
  if constexpr (!keeps_result<R, T>()) kept[0] = {};
  record_message<T>(out, m.operands, kept,
                    [message = without_operands(m), r, edges](std::span<operand<T>> operands,
                                                              const std::vector<basic_tensor<T>>& saved_tensors,
                                                              const basic_tensor<T>& g, const vjp_inputs& in) {
                      const M own = with_operands(message, operands);
                      if constexpr (concatenates<R>) multi_backward(own, r, edges, g, in);
                      else fold_backward(own, r, edges, g, saved_tensors, in);
                    });
  return out;
}

/// A fold without a gradient, by the kernel of the one that leaves states for it, if any: compiled once.
template <class R, class T>
auto unrecorded_form(const R& r) {
  if constexpr (selects<R>) return r;
  else return recorded_form<R, T>(r, false);
}

/// recorded_fold by kernels that are compiled where it is called.
template <any_message M, class R>
auto compiled_fold(const M& m, const R& reducer, const grouped_edges& edges, std::string_view operation)
    -> basic_tensor<typename folded<R, typename M::value_type>::type> {
  using T = typename M::scalar_type;
  check_options<typename folded<R, typename M::value_type>::type, typename M::value_type>(reducer, operation);
  const auto r = as_fold(reducer);
  using fold = std::remove_const_t<decltype(r)>;
  constexpr bool passes_back = std::same_as<typename M::value_type, T> && fold_differentiates<fold, T>();
  if constexpr (passes_back && message_gradient<M> != gradient_kind::none)
    if (is_recorded(m, operation))
      if constexpr (message_gradient<M> == gradient_kind::by_duals) {
        constexpr bool has_vjp = !mailbox_reducer<fold, T> || vjp_mailbox<fold, T>;
        check(has_vjp, operation,
              "an operand requires a gradient, which a mailbox reducer without a vjp does not have: give it one, or "
              "work under no_grad");
        if constexpr (has_vjp) return record_fold(m, r, edges, operation);
      }
  if constexpr (passes_back && message_gradient<M> == gradient_kind::by_duals)
    return fold_messages(m, unrecorded_form<fold, T>(r), edges.groups, operation)[0];
  else return fold_messages(m, r, edges.groups, operation)[0];
}

/// Folds the messages of bound `m` on `edges` into their destinations, and records how to get back where an operand
/// asks for it.
template <any_message M, class R>
auto recorded_fold(const M& m, const R& reducer, const grouped_edges& edges, std::string_view operation) {
  if constexpr (is_named_fold<M, R>) return named_fold(named(m), *reducer_name<R>, reducer.empty, edges, operation);
  else return compiled_fold(m, reducer, edges, operation);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
