/// What a reducer is: a fold over the messages that arrive at a node, or a function of all of them.
#pragma once
#include <array>
#include <concepts>
#include <utility>

#include <edgefold/core/error.hpp>
#include <edgefold/core/simd/math.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// What a reducer folds messages of M in: itself, unless it names another type by `template <class M> using
/// accumulator`.
template <class R, class M>
struct accumulator_of {
  using type = M;
};
template <class R, class M>
requires requires { typename R::template accumulator<M>; }
struct accumulator_of<R, M> {
  using type = typename R::template accumulator<M>;
};
template <class R, class M>
using accumulator_type = typename accumulator_of<R, M>::type;

/// The type of the result where `finish` gives values of V: that, unless the reducer names another by `template <class
/// M> using result`.
template <class R, class M, class V>
struct fold_result {
  using type = V;
};
template <class R, class M, class V>
requires requires { typename R::template result<M>; }
struct fold_result<R, M, V> {
  using type = typename R::template result<M>;
};

}  // namespace impl

/// A fold: an aggregate with `template <class T> struct state` (of T's alone), `init`, `step` and `finish`.
template <class R, class P>
concept fold_reducer = requires(const R& r, const typename R::template state<P>& s, const P& m) {
  { r.step(s, m) } -> std::same_as<typename R::template state<P>>;
  r.finish(s, m);
};
/// A fold said as sums: `lift(message)` gives the terms, `lower(sums, degree)` the result.
template <class R, class P>
concept lifted_reducer = requires(const R& r, const P& m) {
  r.lower(r.lift(m), m);
};
/// Not a fold: `apply(messages, degree, width, out)` sees all messages of a node, row-major (degree, width).
template <class R, class M>
concept mailbox_reducer = requires(const R& r, const M* messages, M* out) {
  r.apply(messages, std::int64_t{}, std::int64_t{}, out);
  { r.out_width(std::int64_t{}) } -> std::same_as<std::int64_t>;
};

namespace impl {

template <class R, class P>  // P said outright: a state that is an alias does not tell it
concept has_merge = requires(const R& r, const typename R::template state<P>& s) {
  { r.template merge<P>(s, s) } -> std::same_as<typename R::template state<P>>;
};
/// A step that does not give a state: it returns nothing, or a value, or changes the state in place.
template <class R, class P>
concept step_gives_no_state = requires(const R& r, typename R::template state<P>& s, const P& m) {
  r.step(s, m);
}
&&!requires(const R& r, const typename R::template state<P>& s, const P& m) {
  { r.step(s, m) } -> std::same_as<typename R::template state<P>>;
};
template <class R>
concept has_pivot = requires {
  typename R::pivot;
};
/// `step(state, high, low)` takes a 64-bit integer as the sum of two doubles: exactly.
template <class R, class P>
concept has_split_step = requires(const R& r, const typename R::template state<P>& s, const P& m) {
  { r.step(s, m, m) } -> std::same_as<typename R::template state<P>>;
};
template <class R>
concept selects = R::selects;  // the result is one of the messages

template <class R>
struct lifted_fold;

/// Value of a node that no edge reaches.
template <class R>
double empty_of(const R& r) {
  if constexpr (requires { r.empty; }) return static_cast<double>(r.empty);
  else return 0;
}
template <class R>
double empty_of(const lifted_fold<R>& lifted) {
  return empty_of(lifted.r);
}

/// Twice P: what grows with T in a state grows with it, and what else it holds does not.
template <class P>
struct two_of {
  using value_type = typename P::value_type;
  P values[2];
};
template <class R, class P>
constexpr bool state_of_values() {
  using state = typename R::template state<P>;
  bool good = std::is_trivially_copyable_v<state> && sizeof(state) % sizeof(P) == 0;
  if constexpr (requires { typename R::lifts; }) return good;  // its state is what lift returned
  else return good && sizeof(typename R::template state<two_of<P>>) == 2 * sizeof(state);
}

/// Throws for an `empty` that a result of V cannot be, and for what the reducer of messages of M itself refuses.
template <element V, element M, class R>
void check_options(const R& r, std::string_view operation) {
  exactly<V>(empty_of(r), operation, "empty");
  using accumulator = accumulator_type<R, M>;
  if constexpr (requires { r.template check_options<accumulator>(operation); })
    r.template check_options<accumulator>(operation);
}

/// A struct of K packs seen as an array of them.
template <class P, class S>
struct as_array {
  static constexpr std::size_t size = sizeof(S) / sizeof(P);  // NOLINT(bugprone-sizeof-expression)
  using type = std::array<P, size>;
};

/// Adds two structs of packs, value by value.
template <class P, class S>
[[gnu::always_inline]] inline S add_values(const S& a, const S& b) {
  using array = typename as_array<P, S>::type;
  auto x = __builtin_bit_cast(array, a);
  const auto y = __builtin_bit_cast(array, b);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] + y[i];
  return __builtin_bit_cast(S, x);
}

/// `lift` and `lower` as a fold.
template <class R>
struct lifted_fold {
  using lifts = R;
  R r;
  template <class P>
  using state = std::remove_cvref_t<decltype(std::declval<const R&>().lift(std::declval<const P&>()))>;
  template <class P>
  state<P> init() const {
    std::array<P, as_array<P, state<P>>::size> zero;
    zero.fill(P(0));
    return __builtin_bit_cast(state<P>, zero);
  }
  template <class P>
  state<P> step(const state<P>& s, const P& m) const {
    return add_values<P>(s, r.lift(m));
  }
  template <class P>
  state<P> merge(const state<P>& a, const state<P>& b) const {
    return add_values<P>(a, b);
  }
  template <class P>
  auto finish(const state<P>& s, const P& degree) const {
    return r.lower(s, degree);
  }
};
template <class R, class M>
struct accumulator_of<lifted_fold<R>, M> : accumulator_of<R, M> {};
template <class R, class M, class V>
struct fold_result<lifted_fold<R>, M, V> : fold_result<R, M, V> {};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
