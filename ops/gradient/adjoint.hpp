/// How the gradient of a reducer's result becomes that of each message: closed forms, and which reducers have one.
#pragma once
#include <edgefold/core/simd/dual.hpp>
#include <edgefold/ops/kernel/folding.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class R, class P>
using state_of = typename R::template state<P>;
template <class R, class P>
inline constexpr std::size_t state_size = as_array<P, state_of<R, P>>::size;

// The forms in which a reducer may give its gradient. P is a pack; g the gradient of the result.
template <class R>
concept passes_gradient = R::passes_gradient;  // that of each message is g
template <class R, class P>
concept scales_gradient = requires(const R& r, const P& p) {
  r.scale_gradient(p, p);
};  // (g, degree): a message's own
template <class R, class P>
concept has_adjoint_of_state = requires(const R& r, const P& p, const state_of<R, P>& s) {
  r.adjoint(p, s, p, p);
};
template <class R, class P>
concept has_adjoint = has_adjoint_of_state<R, P> || requires(const R& r, const P& p) {
  r.adjoint(p, p, p);
};
template <class R, class P>
concept has_grad = requires(const R& r, const P& p, const state_of<R, P>& s) {
  r.grad(p, s, p, p);
};

/// What is computed once a node: `values` for every feature, from the gradient of the result, the final state, the
/// result and the degree; then `message(m, values)` is the gradient of a message m.
template <class R, class P>
struct adjoint_rule;

struct one_value {
  static constexpr std::size_t size = 1;
  static constexpr bool needs_message = false, needs_out = false;
};

template <passes_gradient R, class P>
struct adjoint_rule<R, P> : one_value {
  static constexpr bool needs_state = false;
};

template <class R, class P>
requires scales_gradient<R, P>
struct adjoint_rule<R, P> : one_value {
  static constexpr bool needs_state = false;
  static std::array<P, 1> values(const R& r, const P& g, const state_of<R, P>&, const P&, const P& degree) {
    return {r.scale_gradient(g, degree)};
  }
};

template <class R, class P>
requires has_adjoint<R, P>
struct adjoint_rule<R, P> {
  static constexpr bool needs_state = has_adjoint_of_state<R, P>, needs_message = true, needs_out = true;
  static auto call(const R& r, const P& g, const state_of<R, P>& s, const P& out, const P& degree) {
    if constexpr (needs_state) return r.adjoint(g, s, out, degree);
    else return r.adjoint(g, out, degree);
  }
  using adjoint = decltype(call(std::declval<const R&>(), P(), std::declval<state_of<R, P>>(), P(), P()));
  using array = typename as_array<P, adjoint>::type;
  static constexpr std::size_t size = as_array<P, adjoint>::size;
  static array values(const R& r, const P& g, const state_of<R, P>& s, const P& out, const P& degree) {
    return __builtin_bit_cast(array, call(r, g, s, out, degree));
  }
  [[gnu::always_inline]] static P message(const R& r, const P& m, const array& a) {
    return r.grad(m, __builtin_bit_cast(adjoint, a));
  }
};

template <class R, class P>
requires has_grad<R, P>
struct adjoint_rule<R, P> {
  static constexpr std::size_t states = state_size<R, P>, size = states + 3;
  static constexpr bool needs_state = true, needs_message = true, needs_out = true;
  using array = std::array<P, size>;
  static array values(const R&, const P& g, const state_of<R, P>& s, const P& out, const P& degree) {
    array a;
    const auto kept = __builtin_bit_cast(std::array<P, states>, s);
    std::copy(kept.begin(), kept.end(), a.begin());
    a[states] = g, a[states + 1] = out, a[states + 2] = degree;
    return a;
  }
  [[gnu::always_inline]] static P message(const R& r, const P& m, const array& a) {
    std::array<P, states> s;
    for (std::size_t i = 0; i < states; ++i) s[i] = a[i];
    return a[states] * r.grad(m, __builtin_bit_cast(state_of<R, P>, s), a[states + 1], a[states + 2]);
  }
};

/// lower's derivatives times g once a node, lift's derivative once a message.
template <class R, class P>
struct adjoint_rule<lifted_fold<R>, P> {
  static constexpr std::size_t size = state_size<lifted_fold<R>, P>;
  static constexpr bool needs_state = true, needs_message = true, needs_out = false;
  using array = std::array<P, size>;
  using sums = dual<P, static_cast<int>(size)>;
  static array values(const lifted_fold<R>& f, const P& g, const state_of<lifted_fold<R>, P>& s, const P&,
                      const P& degree) {
    const auto at = __builtin_bit_cast(array, s);
    std::array<sums, size> variables;
    for (std::size_t i = 0; i < size; ++i) variables[i] = sums::variable(at[i], static_cast<int>(i));
    const sums result = f.r.lower(__builtin_bit_cast(state_of<lifted_fold<R>, sums>, variables), sums(degree));
    array a;
    for (std::size_t i = 0; i < size; ++i) a[i] = g * result.grad[i];
    return a;
  }
  [[gnu::always_inline]] static P message(const lifted_fold<R>& f, const P& m, const array& a) {
    const auto terms = __builtin_bit_cast(std::array<dual<P>, size>, f.r.lift(dual<P>::variable(m)));
    P total = a[0] * terms[0].grad[0];
    for (std::size_t i = 1; i < size; ++i) total = total + a[i] * terms[i].grad[0];
    return total;
  }
};

/// Values: g, and the id of the message that is the result; the id of the edge comes as one more operand.
template <class R, class P>
requires selects<R>
struct adjoint_rule<R, P> {
  static constexpr std::size_t size = 2;
  static constexpr bool needs_state = true, needs_message = false, needs_out = false;
};

/// Whether the gradient of a message follows from that message and values of the node: no sweep back over the fold.
template <class R, class P>
concept closed_form = requires {
  adjoint_rule<R, P>::size;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
