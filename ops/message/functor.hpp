/// The built-in functors: named structs, so that their kernels can be compiled once and shared.
#pragma once
#include <edgefold/core/simd/math.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace functor {

/// The value itself.
struct copy {
  template <class P>
  P operator()(const P& a) const {
    return a;
  }
};
/// a + b.
struct add {
  template <class A, class B>
  auto operator()(const A& a, const B& b) const {
    return a + b;
  }
};
/// a - b.
struct sub {
  template <class A, class B>
  auto operator()(const A& a, const B& b) const {
    return a - b;
  }
};
/// a * b.
struct mul {
  template <class A, class B>
  auto operator()(const A& a, const B& b) const {
    return a * b;
  }
};
/// a / b; of integers x / 0 is 0.
struct div {
  template <class A, class B>
  auto operator()(const A& a, const B& b) const {
    return a / b;
  }
};

/// What `scalar(f)` makes: f on one lane after another, as plain numbers.
template <class F>
struct lane_by_lane {
  F f;  ///< takes and returns numbers
  template <class T, int N, class... More>
  auto operator()(const pack<T, N>& first, const More&... more) const {
    using result = std::remove_cvref_t<decltype(f(T{}, typename More::value_type{}...))>;
    static_assert(element<result>, "scalar(f): f must return float, double, int32, int64 or bool");
    pack<result, N> r;
    for (int i = 0; i < N; ++i)
      r.v[i] = f(static_cast<T>(first.v[i]), static_cast<typename More::value_type>(more.v[i])...);
    return r;
  }
};

}  // namespace functor

/// For a functor that must branch on values or call a library: it sees plain numbers, one at a time. Slower.
template <class F>
functor::lane_by_lane<F> scalar(F f) {
  return {std::move(f)};
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
