/// Partial derivatives of a message's functor, from dual numbers.
#pragma once
#include <edgefold/core/simd/dual.hpp>
#include <edgefold/ops/message/message.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace functor {

/// What `no_gradient(f)` makes.
template <class F>
struct without_gradient {
  F f;  ///< called as it is
  template <class... P>
  auto operator()(const P&... x) const {
    return f(x...);
  }
};

}  // namespace functor

/// For a functor whose messages nobody differentiates: results carry no gradient, and no backward pass is compiled.
template <class F>
functor::without_gradient<F> no_gradient(F f) {
  return {std::move(f)};
}
/// The same for a message as a whole: no_gradient(u_mul_e(h, w)).
/// @{
template <class F, element T, std::size_t N>
elementwise_message<functor::without_gradient<F>, T, N> no_gradient(elementwise_message<F, T, N> m) {
  return {{std::move(m.f)}, std::move(m.operands)};
}
template <class F, element T, std::size_t N>
sum_last_message<functor::without_gradient<F>, T, N> no_gradient(sum_last_message<F, T, N> m) {
  return {{std::move(m.f)}, std::move(m.operands), m.equal_widths};
}
/// @}

namespace impl {

/// What forward kernels call: they are the same, marked or not.
/// @{
template <class F>
const F& unmarked(const F& f) {
  return f;
}
template <class F>
const F& unmarked(const functor::without_gradient<F>& f) {
  return f.f;
}
/// @}

enum class gradient_kind : std::uint8_t { by_duals, none, refused };
template <class F>
inline constexpr auto gradient_of = gradient_kind::by_duals;
template <class F>
inline constexpr auto gradient_of<functor::without_gradient<F>> = gradient_kind::none;
template <class F>
inline constexpr auto gradient_of<functor::lane_by_lane<F>> = gradient_kind::refused;

template <bool AllDual, std::size_t I, std::size_t J, class P>
[[gnu::always_inline]] inline auto dual_argument(const P& x) {
  if constexpr (I == J) return dual<P>::variable(x);
  else if constexpr (AllDual) return dual<P>(x);
  else return x;
}

template <bool AllDual, std::size_t I, class F, class P, std::size_t... J>
[[gnu::always_inline]] inline auto call_with_dual(const F& f, const std::array<P, sizeof...(J)>& x,
                                                  std::index_sequence<J...>) {
  return f(dual_argument<AllDual, I, J>(x[J])...);
}

template <std::size_t I, class F, class P, std::size_t... J>
constexpr bool takes_mixed(std::index_sequence<J...>) {
  return std::invocable<const F&, std::conditional_t<I == J, dual<P>, P>...>;
}

/// d f / d (operand I) at x. The other operands are plain packs, or duals too where the functor gives all its arguments
/// one type.
template <bool AllDual, std::size_t I, class F, class P, std::size_t N>
[[gnu::always_inline]] inline P partial(const F& f, const std::array<P, N>& x) {
  constexpr bool all = AllDual || !takes_mixed<I, F, P>(std::make_index_sequence<N>{});
  const auto r = call_with_dual<all, I>(f, x, std::make_index_sequence<N>{});
  if constexpr (is_dual<std::remove_cvref_t<decltype(r)>>) return r.grad[0];
  else return P(0);
}

/// Whether a functor of N operands might need all of them as duals: of built-in ones it is known that they do not.
template <class F, std::size_t N>
inline constexpr bool may_need_all_dual = N > 1;
template <std::size_t N>
inline constexpr bool may_need_all_dual<functor::add, N> = false;
template <std::size_t N>
inline constexpr bool may_need_all_dual<functor::sub, N> = false;
template <std::size_t N>
inline constexpr bool may_need_all_dual<functor::mul, N> = false;
template <std::size_t N>
inline constexpr bool may_need_all_dual<functor::div, N> = false;

/// Whether the functor assigns a result to a variable of one of its arguments' type: then it would lose the derivative
/// with respect to another one, unless all are dual. Found by running it.
template <class F, class P, std::size_t N>
bool needs_all_dual(const F& f) {
  static const bool needs = [&f] {
    std::array<P, N> x;
    x.fill(P(1));
    auto loses = [&]<bool AllDual, std::size_t... I>(std::bool_constant<AllDual>, std::index_sequence<I...>) {
      derivative_lost() = false;
      (partial<AllDual, I>(f, x), ...);
      return std::exchange(derivative_lost(), false);
    };
    constexpr auto operands = std::make_index_sequence<N>{};
    if (!may_need_all_dual<F, N> || !loses(std::false_type{}, operands)) return false;
    check(!loses(std::true_type{}, operands), "message",
          "the functor turns its result into a plain value, which has no derivative: write it with `auto`");
    return true;
  }();
  return needs;
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
