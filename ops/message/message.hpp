/// Messages: a functor of any number of operands, computed for each edge and each feature.
#pragma once
#include <array>
#include <concepts>
#include <utility>

#include <edgefold/ops/message/functor.hpp>
#include <edgefold/ops/message/operand.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class T, std::size_t>
struct repeated {
  using type = const T&;
};

template <class F, class P, std::size_t... I>
auto result_of(std::index_sequence<I...>)
    -> std::remove_cvref_t<std::invoke_result_t<const F&, typename repeated<P, I>::type...>>;

/// Element type of what F makes of N packs of T.
template <class F, class T, std::size_t N>
using message_value =
    typename result_traits<decltype(result_of<F, pack<T>>(std::make_index_sequence<N>{}))>::value_type;

template <class>
inline constexpr bool is_operand = false;
template <class T>
inline constexpr bool is_operand<operand<T>> = true;

/// All operands of a message, as an array.
template <element T, class... More>
std::array<operand<T>, 1 + sizeof...(More)> all_of(operand<T> first, More... more) {
  static_assert((std::same_as<More, operand<T>> && ...),
                "the operands of a message have unlike scalar types (a name means a float column): convert with "
                "cast<T>(tensor), or say src<double>(\"name\")");
  if constexpr ((std::same_as<More, operand<T>> && ...)) return {std::move(first), std::move(more)...};
  else return {};
}

/// F is `const` where it must not change itself.
template <class F, class P, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return std::invocable<F&, typename repeated<P, I>::type...>;
}
template <class F, class P, std::size_t N>
constexpr bool changes_itself() {
  constexpr auto values = std::make_index_sequence<N>{};
  if constexpr (takes<const F, P>(values)) return false;
  else return takes<F, P>(values);
}

}  // namespace impl

/// f on each feature of the broadcast operands.
template <class F, element T, std::size_t N>
struct elementwise_message {
  using scalar_type = T;                            ///< of the operands
  using value_type = impl::message_value<F, T, N>;  ///< of the messages: bool where f compares
  static constexpr std::size_t num_operands = N;    ///< as many as f takes
  F f;                                              ///< of packs
  std::array<operand<T>, N> operands;               ///< in the order of f's arguments
};

/// The sum of an elementwise message over its last dim, which becomes 1.
template <class F, element T, std::size_t N>
struct sum_last_message {
  using scalar_type = T;                      ///< of the operands
  using term = impl::message_value<F, T, N>;  ///< of what is added up
  /// Of the sums: truths are counted.
  using value_type = std::conditional_t<std::same_as<term, bool>, std::int64_t, term>;
  static constexpr std::size_t num_operands = N;  ///< as many as f takes
  F f;                                            ///< gives the terms
  std::array<operand<T>, N> operands;             ///< in the order of f's arguments
  bool equal_widths = false;  ///< dot: the last dims of the operands must be equal, not merely broadcast
};

/// The gradient of a rows_message that has none.
struct no_vjp {};

/// f on whole rows.
template <class F, class Vjp, element T, std::size_t N>
struct rows_message {
  using scalar_type = T;                          ///< of the operands
  using value_type = T;                           ///< of the messages: the same
  static constexpr std::size_t num_operands = N;  ///< as many rows as f takes
  F f;                                            ///< of Eigen row vectors
  Vjp vjp;                                        ///< its gradient, or no_vjp
  std::array<operand<T>, N> operands;             ///< in the order of f's arguments
  std::int64_t width;                             ///< of a message
};

/// A message of `operands`, each src(x), dst(x), edge(x) or shared(x) of a tensor or a column's name, all of one scalar
/// type. Their feature shapes broadcast: aligned at the right, each dim equal or 1. `f` is written with `auto`, runs on
/// packs of values, and finds exp, log, max, where, ... by argument-dependent lookup.
template <class F, element T, class... More>
requires(impl::is_operand<More>&&...) auto message(F f, operand<T> first, More... more) {
  constexpr std::size_t n = 1 + sizeof...(More);
  static_assert(!impl::changes_itself<F, pack<T>, n>(),
                "message(f, operands...): f must be callable as a constant, because threads share it: no `mutable` "
                "lambda, and operator() of a struct is const");
  static_assert(
      impl::takes<const F, pack<T>>(std::make_index_sequence<n>{}),
      "message(f, operands...): f must take as many values as there are operands, each as `auto` or `const auto&`, and "
      "call exp(x), not std::exp(x), and the like");
  return elementwise_message<F, T, n>{std::move(f), impl::all_of(std::move(first), std::move(more)...)};
}

/// Says what is wrong with anything else.
template <class F, class... Others>
requires(!(impl::is_operand<Others> && ...)) auto message(const F&, const Others&...) {
  static_assert(impl::always_false<F>,
                "message(f, operands...): first f, then operands, each of which says whose rows it has: src(x), "
                "dst(x), edge(x) or shared(x), not x alone");
}

/// Any elementwise message summed over its last dim: feature shape (dims..., k) becomes (dims..., 1).
template <class F, element T, std::size_t N>
sum_last_message<F, T, N> sum_last(elementwise_message<F, T, N> m) {
  return {std::move(m.f), std::move(m.operands)};
}

/// Messages of whole rows with their gradient: `vjp` sees the gradient of a message and the operands' rows, and returns
/// the gradients of those: a row vector expression where there is one operand, else a std::tuple of row vectors.
template <class F, class Vjp, element T, class... More>
requires(!impl::is_operand<Vjp> && (impl::is_operand<More> && ...)) auto message_rows(std::int64_t width, F f, Vjp vjp,
                                                                                      operand<T> first, More... more) {
  check(width >= 0, "message_rows", "width is ", width);
  return rows_message<F, Vjp, T, 1 + sizeof...(More)>{std::move(f), std::move(vjp),
                                                      impl::all_of(std::move(first), std::move(more)...), width};
}

/// The escape for functors that mix the features of a row: `f` sees each operand's row as an Eigen row vector (a
/// constant Map; the dims flattened, not broadcast) and returns a row vector expression of `width` values, ended with
/// `.eval()` where it refers to a matrix; the operation throws where it returns another number of them.
template <class F, element T, class... More>
requires(impl::is_operand<More>&&...) auto message_rows(std::int64_t width, F f, operand<T> first, More... more) {
  return message_rows(width, std::move(f), no_vjp{}, std::move(first), std::move(more)...);
}

/// Says what is wrong with anything else.
template <class F, class First, class... More>
requires(!((impl::is_operand<More> && ...) &&
           (impl::is_operand<First> || sizeof...(More) > 0))) auto message_rows(std::int64_t, const F&, const First&,
                                                                                const More&...) {
  static_assert(impl::always_false<F>,
                "message_rows(width, f, operands...) or message_rows(width, f, vjp, operands...): each operand says "
                "whose rows it has: src(x), dst(x), edge(x) or shared(x), not x alone");
}

/// What the drivers take: any of the three kinds above.
template <class M>
concept any_message = requires(const M& m) {
  typename M::scalar_type;
  typename M::value_type;
  { M::num_operands } -> std::convertible_to<std::size_t>;
  m.operands;
};

// The built-in messages are one line each, with no code path of their own.
/// The operand itself; a + b, a - b, a * b, a / b (integers: x / 0 is 0) of operands whose features broadcast.
/// @{
template <element T>
auto copy(operand<T> a) {
  return message(functor::copy{}, std::move(a));
}
template <element A, element B>
auto add(operand<A> a, operand<B> b) {
  return message(functor::add{}, std::move(a), std::move(b));
}
template <element A, element B>
auto sub(operand<A> a, operand<B> b) {
  return message(functor::sub{}, std::move(a), std::move(b));
}
template <element A, element B>
auto mul(operand<A> a, operand<B> b) {
  return message(functor::mul{}, std::move(a), std::move(b));
}
template <element A, element B>
auto div(operand<A> a, operand<B> b) {
  return message(functor::div{}, std::move(a), std::move(b));
}
/// @}
/// The inner product over the last dim, which must be equal: (..., k) and (..., k) give (..., 1).
template <element A, element B>
auto dot(operand<A> a, operand<B> b) {
  auto m = sum_last(mul(std::move(a), std::move(b)));
  m.equal_widths = true;
  return m;
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
