/// Dual numbers: a value and its derivatives in some directions, carried through any functor that is written with
/// `auto` (forward-mode differentiation; Griewank and Walther 2008, chapter 3).
#pragma once
#include <edgefold/core/simd/math.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// A pack P and its derivatives in D directions. Mixes with plain packs and literals, which are constants.
template <class P, int D>
struct dual {
  using value_type = typename P::value_type;  ///< of a lane
  static constexpr int lanes = P::lanes;      ///< of the pack
  P value;                                    ///< what a plain pack would hold
  P grad[D];                                  ///< its derivatives, by direction

  dual() = default;
  /// All derivatives are 0.
  /// @{
  dual(const P& constant) : value(constant) {  // NOLINT(google-explicit-constructor)
    for (P& g : grad) g = P(0);
  }
  template <class U>
  requires std::is_arithmetic_v<U> dual(U constant) : dual(P(constant)) {}  // NOLINT(google-explicit-constructor)
  /// @}

  /// x itself, whose derivative in `direction` is 1.
  static dual variable(const P& x, int direction = 0) {
    dual d(x);
    d.grad[direction] = P(1);
    return d;
  }

  /// The operations below, in place.
  /// @{
  dual& operator+=(const dual& b) { return *this = *this + b; }
  dual& operator-=(const dual& b) { return *this = *this - b; }
  dual& operator*=(const dual& b) { return *this = *this * b; }
  dual& operator/=(const dual& b) { return *this = *this / b; }
  /// @}
};

namespace impl {

/// Set where a dual was assigned to a plain pack: a functor that does so is run with all operands dual.
inline bool& derivative_lost() {
  static thread_local bool lost = false;
  return lost;
}

// The type that an operation of A and B gives where at least one of them is a dual.
template <class A, class B>
struct dual_pair {};
template <class P, int D>
struct dual_pair<dual<P, D>, dual<P, D>> {
  using type = dual<P, D>;
};
template <class P, int D, class U>
requires(std::is_arithmetic_v<U> || std::same_as<U, P>) struct dual_pair<dual<P, D>, U> {
  using type = dual<P, D>;
};
template <class P, int D, class U>
requires(std::is_arithmetic_v<U> || std::same_as<U, P>) struct dual_pair<U, dual<P, D>> {
  using type = dual<P, D>;
};
template <class A, class B>
using dual_of = typename dual_pair<A, B>::type;

template <class>
inline constexpr bool is_dual = false;
template <class P, int D>
inline constexpr bool is_dual<dual<P, D>> = true;

template <class Dual>
using pack_of = decltype(Dual::value);
template <class Dual, class X>
[[gnu::always_inline]] inline pack_of<Dual> value_of(const X& x) {
  if constexpr (is_dual<X>) return x.value;
  else return x;
}

/// `value`, with derivatives a' slope_a + b' slope_b.
template <class Dual, class A, class B>
[[gnu::always_inline]] inline Dual linear(const pack_of<Dual>& value, const A& a, const pack_of<Dual>& slope_a,
                                          const B& b, const pack_of<Dual>& slope_b) {
  Dual r;
  r.value = value;
#pragma GCC unroll 8
  for (std::size_t d = 0; d < std::extent_v<decltype(r.grad)>; ++d) {
    if constexpr (is_dual<A> && is_dual<B>) r.grad[d] = a.grad[d] * slope_a + b.grad[d] * slope_b;
    else if constexpr (is_dual<A>) r.grad[d] = a.grad[d] * slope_a;
    else r.grad[d] = b.grad[d] * slope_b;
  }
  return r;
}

/// `value`, with derivatives x' slope; along a direction in which x does not move, 0 even where the slope is infinite.
template <class P, int D>
[[gnu::always_inline]] inline dual<P, D> chain(const P& value, const dual<P, D>& x, const P& slope) {
  dual<P, D> r;
  r.value = value;
#pragma GCC unroll 8
  for (int d = 0; d < D; ++d) r.grad[d] = where(x.grad[d] == 0, P(0), x.grad[d] * slope);
  return r;
}
template <class P, int D>
[[gnu::always_inline]] inline dual<P, D> smooth(const P& value, const dual<P, D>& x, const P& slope) {
  dual<P, D> r;
  r.value = value;
#pragma GCC unroll 8
  for (int d = 0; d < D; ++d) r.grad[d] = x.grad[d] * slope;
  return r;
}

/// n / (x^2 + y^2), 0 at the origin.
template <class P>
[[gnu::always_inline]] inline P over_square(const P& n, const P& x, const P& y) {
  const P length = hypot(x, y);
  return where(length == 0, P(0), n / length / length);
}
/// The normal distribution, and x times its density.
template <class P>
[[gnu::always_inline]] inline P gelu_slope(const P& x) {
  const P e = exp(-0.5 * (x * x));
  return 0.5 + 0.5 * erf(x * 0.70710678118654752440) + where(e == 0, P(0), x) * (0.39894228040143267794 * e);
}
/// s + y (1 - s), for s = sigmoid(x) and y = x s.
template <class P>
[[gnu::always_inline]] inline P silu_slope(const P& x, const P& y) {
  const P s = sigmoid(x), rest = sigmoid(-x);
  return s + where(rest == 0, P(0), y) * rest;
}

}  // namespace impl

template <class T, int N>
template <int D>
pack<T, N>::pack(const dual<pack, D>& x) : v(x.value.v) {
  impl::derivative_lost() = true;
}

#define EDGEFOLD_DUAL_BINARY(name, value, slope_a, slope_b)           \
  template <class A, class B, class Dual = impl::dual_of<A, B>>       \
  [[gnu::always_inline]] inline Dual name(const A& a, const B& b) {   \
    using P = impl::pack_of<Dual>;                                    \
    const P x = impl::value_of<Dual>(a), y = impl::value_of<Dual>(b); \
    const P r = value;                                                \
    return impl::linear<Dual>(r, a, P(slope_a), b, P(slope_b));       \
  }
/// Operations of two duals, of a dual and a constant pack, and of a dual and a literal.
/// @{
EDGEFOLD_DUAL_BINARY(operator+, x + y, 1, 1)
EDGEFOLD_DUAL_BINARY(operator-, x - y, 1, -1)
EDGEFOLD_DUAL_BINARY(operator*, x* y, y, x)
EDGEFOLD_DUAL_BINARY(operator/, x / y, 1 / y, -r / y)
/// @}
/// The functions of two numbers. At the origin the derivatives of `hypot` and `atan2` are 0; `fmod` has those of x - n
/// y.
/// @{
EDGEFOLD_DUAL_BINARY(hypot, hypot(x, y), where(r == 0, P(0), x / r), where(r == 0, P(0), y / r))
EDGEFOLD_DUAL_BINARY(atan2, atan2(x, y), impl::over_square(y, x, y), impl::over_square(-x, x, y))
EDGEFOLD_DUAL_BINARY(fmod, fmod(x, y), 1, (r - x) / y)
/// @}
#undef EDGEFOLD_DUAL_BINARY

#define EDGEFOLD_DUAL_COMPARISON(symbol)                                       \
  template <class A, class B, class Dual = impl::dual_of<A, B>>                \
  [[gnu::always_inline]] inline auto operator symbol(const A& a, const B& b) { \
    return impl::value_of<Dual>(a) symbol impl::value_of<Dual>(b);             \
  }
/// Comparisons of the values of such operands; they give masks.
/// @{
EDGEFOLD_DUAL_COMPARISON(<)
EDGEFOLD_DUAL_COMPARISON(<=)
EDGEFOLD_DUAL_COMPARISON(>)
EDGEFOLD_DUAL_COMPARISON(>=)
EDGEFOLD_DUAL_COMPARISON(==)
EDGEFOLD_DUAL_COMPARISON(!=)
/// @}
#undef EDGEFOLD_DUAL_COMPARISON

/// The negative of a, and a itself.
/// @{
template <class P, int D>
[[gnu::always_inline]] inline dual<P, D> operator-(const dual<P, D>& a) {
  return impl::smooth(-a.value, a, P(-1));
}
template <class P, int D>
dual<P, D> operator+(const dual<P, D>& a) {
  return a;
}
/// @}

/// a in the lanes where m holds, b in the others, and the derivatives likewise.
template <class T, int N, class A, class B, class Dual = impl::dual_of<A, B>>
requires std::same_as<typename Dual::value_type, T>
[[gnu::always_inline]] inline Dual where(const mask<T, N>& m, const A& a, const B& b) {
  const Dual x(a), y(b);
  Dual r;
  r.value = where(m, x.value, y.value);
#pragma GCC unroll 8
  for (std::size_t d = 0; d < std::extent_v<decltype(r.grad)>; ++d) r.grad[d] = where(m, x.grad[d], y.grad[d]);
  return r;
}

/// The greater or smaller one, NaN where either is; of equals the derivative of the first.
/// @{
template <class A, class B, class Dual = impl::dual_of<A, B>>
[[gnu::always_inline]] inline Dual max(const A& a, const B& b) {
  const auto x = impl::value_of<Dual>(a), y = impl::value_of<Dual>(b);
  return where((x >= y) | (x != x), Dual(a), Dual(b));
}
template <class A, class B, class Dual = impl::dual_of<A, B>>
[[gnu::always_inline]] inline Dual min(const A& a, const B& b) {
  const auto x = impl::value_of<Dual>(a), y = impl::value_of<Dual>(b);
  return where((x <= y) | (x != x), Dual(a), Dual(b));
}
/// @}

// y is the value at x.
#define EDGEFOLD_DUAL_FUNCTION(name, rule, slope)                      \
  template <class P, int D>                                            \
  [[gnu::always_inline]] inline dual<P, D> name(const dual<P, D>& a) { \
    const P x = a.value, y = name(x);                                  \
    return impl::rule(y, a, P(slope));                                 \
  }
/// What the functions of packs give, with derivatives; those of `relu`, `abs` and `safe_sqrt` are 0 at 0. Along a
/// direction in which a does not move, those of `log`, `log1p`, `sqrt`, `rsqrt`, `cbrt`, `asin` and `acos` are 0 even
/// where the slope is infinite.
/// @{
EDGEFOLD_DUAL_FUNCTION(exp, smooth, y)
EDGEFOLD_DUAL_FUNCTION(expm1, smooth, y + 1)
EDGEFOLD_DUAL_FUNCTION(log, chain, 1 / x)
EDGEFOLD_DUAL_FUNCTION(log1p, chain, 1 / (1 + x))
EDGEFOLD_DUAL_FUNCTION(sinh, smooth, cosh(x))
EDGEFOLD_DUAL_FUNCTION(cosh, smooth, sinh(x))
EDGEFOLD_DUAL_FUNCTION(tanh, smooth, 1 - y * y)
EDGEFOLD_DUAL_FUNCTION(sqrt, chain, 0.5 / y)
EDGEFOLD_DUAL_FUNCTION(rsqrt, chain, -0.5 * y / x)
EDGEFOLD_DUAL_FUNCTION(safe_sqrt, smooth, where(y == 0, P(0), 0.5 / y))
EDGEFOLD_DUAL_FUNCTION(cbrt, chain, 1 / (3 * y * y))
EDGEFOLD_DUAL_FUNCTION(sin, smooth, cos(x))
EDGEFOLD_DUAL_FUNCTION(cos, smooth, -sin(x))
EDGEFOLD_DUAL_FUNCTION(asin, chain, rsqrt((1 - x) * (1 + x)))
EDGEFOLD_DUAL_FUNCTION(acos, chain, -rsqrt((1 - x) * (1 + x)))
EDGEFOLD_DUAL_FUNCTION(atan, smooth, 1 / (1 + x * x))
EDGEFOLD_DUAL_FUNCTION(erf, smooth, 1.12837916709551257390 * exp(-(x * x)))
EDGEFOLD_DUAL_FUNCTION(gelu, smooth, impl::gelu_slope(x))
EDGEFOLD_DUAL_FUNCTION(silu, smooth, impl::silu_slope(x, y))
EDGEFOLD_DUAL_FUNCTION(floor, smooth, 0)
EDGEFOLD_DUAL_FUNCTION(ceil, smooth, 0)
EDGEFOLD_DUAL_FUNCTION(round, smooth, 0)
EDGEFOLD_DUAL_FUNCTION(trunc, smooth, 0)
EDGEFOLD_DUAL_FUNCTION(sign, smooth, 0)
EDGEFOLD_DUAL_FUNCTION(sigmoid, smooth, y*(1 - y))
EDGEFOLD_DUAL_FUNCTION(softplus, smooth, sigmoid(x))
EDGEFOLD_DUAL_FUNCTION(relu, smooth, where(x > 0, P(1), P(0)))
EDGEFOLD_DUAL_FUNCTION(abs, smooth, where(x > 0, P(1), where(x < 0, P(-1), P(0))))
/// @}
#undef EDGEFOLD_DUAL_FUNCTION

/// As of packs; the derivative at 0 is that from below, `slope` or `alpha`.
/// @{
template <class P, int D>
[[gnu::always_inline]] inline dual<P, D> leaky_relu(const dual<P, D>& a, double slope = 0.01) {
  return impl::smooth(leaky_relu(a.value, slope), a, where(a.value > 0, P(1), P(slope)));
}
template <class P, int D>
[[gnu::always_inline]] inline dual<P, D> elu(const dual<P, D>& a, double alpha = 1) {
  const P y = elu(a.value, alpha);
  return impl::smooth(y, a, where(a.value > 0, P(1), y + alpha));
}
/// @}

/// x to the power y: y x^(y-1) along x, 0 where y is; x^y log x along y, 0 where x is.
template <class A, class B, class Dual = impl::dual_of<A, B>>
[[gnu::always_inline]] inline Dual pow(const A& a, const B& b) {
  using P = impl::pack_of<Dual>;
  const P x = impl::value_of<Dual>(a), y = impl::value_of<Dual>(b), r = pow(x, y);
  Dual d(r);
  if constexpr (impl::is_dual<A>) d = d + impl::chain(P(0), a, where(y == 0, P(0), y * pow(x, y - 1)));
  if constexpr (impl::is_dual<B>) d = d + impl::chain(P(0), b, where(x == 0, P(0), r * log(x)));
  return d;
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
