/// Several lanes of one scalar type that a functor computes with as if they were one number.
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <edgefold/core/simd/lanes.hpp>
#include <edgefold/core/types.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

namespace impl {
template <class>
inline constexpr bool always_false = false;

}  // namespace impl

/// What a comparison of packs gives: one truth value a lane. Combine with & | !, choose with where(mask, a, b).
template <class T, int N>
struct mask {
  /// What a comparison of lanes gives: signed integers of their width.
  using lanes_type = decltype(impl::register_type<T, N>{} < impl::register_type<T, N>{});
  lanes_type v;  ///< -1 where it holds, else 0

  /// Refused when compiling, with a sentence that says what to write instead.
  /// @{
  template <class U>
  static void refuse_branch() {
    static_assert(
        impl::always_false<U>,
        "a functor runs on several values at once and cannot branch on one of them: replace `if (a < b) x; else "
        "y;` and `a < b ? x : y` by where(a < b, x, y), && by &, || by |; or wrap the functor in scalar(f)");
  }
  template <class U = T>
  explicit operator bool() const {
    refuse_branch<U>();
    return false;
  }
  template <class U>  // declared to be refused with the sentence: inside of where(...) the conversion alone says less
  friend mask operator&&(const mask& a, const U&) {
    return refuse_branch<U>(), a;
  }
  template <class U>
  friend mask operator||(const mask& a, const U&) {
    return refuse_branch<U>(), a;
  }
  /// @}
  /// Lane by lane.
  /// @{
  friend mask operator&(const mask& a, const mask& b) { return {a.v & b.v}; }
  friend mask operator|(const mask& a, const mask& b) { return {a.v | b.v}; }
  friend mask operator!(const mask& a) { return {~a.v}; }
  /// @}
};

template <class P, int D = 1>
struct dual;

/// N lanes of T. Arithmetic mixes with literals of any arithmetic type.
template <class T, int N = impl::native_lanes<T>>
struct pack {
  using value_type = T;            ///< of a lane
  using mask_type = mask<T, N>;    ///< of a comparison
  static constexpr int lanes = N;  ///< how many
  impl::register_type<T, N> v;     ///< the lanes; a bool is an unsigned char here

  pack() = default;
  /// The lanes as they are.
  pack(const impl::register_type<T, N>& raw) : v(raw) {}  // NOLINT(google-explicit-constructor)
  /// x, converted to T, in all lanes.
  template <class U>
  requires std::is_arithmetic_v<U> pack(U x) { impl::splat<T, N>(v, static_cast<T>(x)); }  // NOLINT
  /// The value alone, for a functor that assigns to its arguments' type; see core/simd/dual.hpp.
  template <int D>
  pack(const dual<pack, D>& x);  // NOLINT(google-explicit-constructor)

  /// Arithmetic on bools is what C++ makes of it when the result is a bool again. Integers wrap: an overflow of signed
  /// lanes is undefined, of unsigned ones it is not.
  /// @{
  friend pack operator+(const pack& a, const pack& b) {
    if constexpr (std::same_as<T, bool>) return {a.v | b.v};
    else if constexpr (std::integral<T>) return wrapped(a, b, [](auto& x, const auto& y) { x += y; });
    else return {a.v + b.v};
  }
  friend pack operator-(const pack& a, const pack& b) {
    if constexpr (std::same_as<T, bool>) return {a.v ^ b.v};
    else if constexpr (std::integral<T>) return wrapped(a, b, [](auto& x, const auto& y) { x -= y; });
    else return {a.v - b.v};
  }
  /// Rounded before a sum takes it: compilers make one FMA of both in one instance of a kernel and not in the next, and
  /// a value may not depend on the column it stands in.
  friend pack operator*(const pack& a, const pack& b) {
    if constexpr (std::integral<T> && !std::same_as<T, bool>)
      return wrapped(a, b, [](auto& x, const auto& y) { x *= y; });
    pack product = a.v * b.v;
#ifdef EDGEFOLD_FUSED
    if constexpr (std::floating_point<T>) impl::keep(product.v);
#endif
    return product;
  }
  /// Integers: x / 0 is 0, as NumPy has it (the processor would trap, and lanes past the end of a row are 0).
  friend pack operator/(const pack& a, const pack& b) {
    if constexpr (std::floating_point<T>) {
      return {a.v / b.v};
    } else if constexpr (std::same_as<T, bool>) {
      return {a.v & b.v};
    } else {
      const pack no_trap = where((b == 0) | (b == -1), pack(1), b);
      return where(b == 0, pack(0), where(b == -1, -a, pack(a.v / no_trap.v)));
    }
  }
  friend pack operator-(const pack& a) {
    if constexpr (std::same_as<T, bool>) return a;
    else if constexpr (std::integral<T>) return pack(0) - a;
    else return {-a.v};
  }
  friend pack operator+(const pack& a) { return a; }
  pack& operator+=(const pack& b) { return *this = *this + b; }
  pack& operator-=(const pack& b) { return *this = *this - b; }
  pack& operator*=(const pack& b) { return *this = *this * b; }
  pack& operator/=(const pack& b) { return *this = *this / b; }
  /// @}

  /// A truth value for each lane.
  /// @{
  friend mask_type operator<(const pack& a, const pack& b) { return {a.v < b.v}; }
  friend mask_type operator<=(const pack& a, const pack& b) { return {a.v <= b.v}; }
  friend mask_type operator>(const pack& a, const pack& b) { return {a.v > b.v}; }
  friend mask_type operator>=(const pack& a, const pack& b) { return {a.v >= b.v}; }
  friend mask_type operator==(const pack& a, const pack& b) { return {a.v == b.v}; }
  friend mask_type operator!=(const pack& a, const pack& b) { return {a.v != b.v}; }
  /// @}

  /// Of bools alone, which combine as masks do.
  /// @{
  friend pack operator&(const pack& a, const pack& b) requires std::same_as<T, bool> { return {a.v & b.v}; }
  friend pack operator|(const pack& a, const pack& b) requires std::same_as<T, bool> { return {a.v | b.v}; }
  friend pack operator!(const pack& a) requires std::same_as<T, bool> { return {a.v ^ pack(true).v}; }
  /// @}

  /// a in the lanes where m holds, b in the others: both are computed.
  friend pack where(const mask_type& m, const pack& a, const pack& b) {
    pack r;
    impl::select(r.v, m.v, a.v, b.v);
    return r;
  }

  /// The greater or smaller one; NaN where either is.
  /// @{
  friend pack max(const pack& a, const pack& b) { return where(mask_type{(a.v > b.v) | (a.v != a.v)}, a, b); }
  friend pack min(const pack& a, const pack& b) { return where(mask_type{(a.v < b.v) | (a.v != a.v)}, a, b); }
  /// @}
  /// Of an integer's lowest value: the same.
  friend pack abs(const pack& a) { return where(a > 0, a, pack(0) - a); }

 private:
  template <class F>
  [[gnu::always_inline]] static pack wrapped(const pack& a, const pack& b, const F& f) {
    using wrapping = impl::register_type<std::make_unsigned_t<T>, N>;
    auto x = __builtin_bit_cast(wrapping, a.v);
    f(x, __builtin_bit_cast(wrapping, b.v));
    return {__builtin_bit_cast(impl::register_type<T, N>, x)};
  }
};

namespace impl {

/// Lane by lane conversion; a mask becomes a pack of bool.
template <class To, class From, int N>
pack<To, N> convert(const pack<From, N>& p) {
  pack<To, N> to;
  if constexpr (std::same_as<To, From>) to = p;
  else if constexpr (std::same_as<To, bool>) convert_lanes<bool, N>(to.v, (p.v != 0) & 1);
  else convert_lanes<To, N>(to.v, p.v);
  return to;
}
/// 64-bit integers as sums of two doubles, both exact: one alone has 53 bits.
template <int N>
void split(const pack<std::int64_t, N>& x, pack<double, N>& high, pack<double, N>& low) {
  constexpr std::int64_t low_bits = 0xffffffff;
  high = convert<double>(pack<std::int64_t, N>(x.v & ~low_bits));
  low = convert<double>(pack<std::int64_t, N>(x.v & low_bits));
}
template <class To, class T, int N>
pack<To, N> convert(const mask<T, N>& m) {
  pack<To, N> to;
  convert_lanes<To, N>(to.v, m.v & 1);
  return to;
}

/// What a functor may return on packs.
template <class Lanes>
struct result_traits {
  static_assert(
      !std::same_as<Lanes, Lanes>,
      "a functor, or a reducer's finish or lower, must return a value made of its arguments, which it takes as "
      "`auto`: not void, nor a plain number (for a constant c say `decltype(argument)(c)`)");
  using value_type = float;
};
template <class T, int N>
struct result_traits<pack<T, N>> {
  using value_type = T;
};
template <class T, int N>
struct result_traits<mask<T, N>> {
  using value_type = bool;
};

}  // namespace impl

/// A choice between two literals, which take the type of what was compared.
template <class T, int N, class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) pack<T, N> where(const mask<T, N>& m, A a, B b) {
  static_assert(
      std::floating_point<T> || !(std::floating_point<A> || std::floating_point<B>),
      "where(a < b, x, y) of two literals gives the type of a and b, and whole numbers have no fractions: write "
      "x and y as whole numbers, or give the message a column of float or double");
  return where(m, pack<T, N>(a), pack<T, N>(b));
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
