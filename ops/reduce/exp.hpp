/// Reducers of exponentials and powers: log_sum_exp, softmax, power_mean.
#pragma once
#include <cmath>

#include <edgefold/ops/reduce/basic.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace reduce {

/// log(sum(exp(m))), by a running maximum: no overflow, and one exp a message. All messages -inf give -inf.
struct log_sum_exp {
  double empty = 0;
  template <class M>
  using accumulator = wide<M>;
  template <class M>
  using result = fraction<M>;
  template <class T>
  struct state {
    T top, sum;  // greatest message, sum of exp(m - top)
  };
  template <class T>
  state<T> init() const {
    return {T(impl::lowest_of<typename T::value_type>()), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return merge(s, state<T>{m, T(1)});
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    const auto rises = b.top > a.top;
    const T e = exp(-abs(where(a.top == b.top, T(0), b.top - a.top)));  // equal infinities have no difference
    return {where(rises, b.top, a.top), where(rises, a.sum * e + b.sum, a.sum + e * b.sum)};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.top + log(s.sum);
  }
  template <class T>
  struct scaled {
    T g, top;  // g / sum
  };
  // (From the state: of the result, rounded, exp(m - out) is off by e to the power of what rounding took.)
  template <class T>
  scaled<T> adjoint(const T& g, const state<T>& s, const T&, const T&) const {
    return {g / s.sum, s.top};
  }
  template <class T>
  T message_grad(const T& m,
                 const scaled<T>& a) const {  // g softmax(m); of infinities, which have no difference, finite
    const T e = exp(where(m == a.top, T(0), m - a.top));
    return a.g * where(a.top == impl::lowest_of<typename T::value_type>(), T(0), e);
  }
};

/// Sum of the messages weighted by the softmax of beta times themselves, feature by feature: the mean for a beta of 0,
/// near the maximum for a large one (Li et al. 2020, DeeperGCN, eq. 4). A beta that is not finite is an error.
struct softmax {
  double beta = 1;  ///< inverse temperature
  double empty = 0;
  template <class M>
  using accumulator = wide<M>;
  template <class M>
  using result = fraction<M>;
  template <class T>
  struct state {
    T top;        // m of the greatest beta m; 0 for a beta of 0
    T sum, rest;  // of w = exp(beta (m - top)), and of w (m - top)
  };
  template <class T>
  state<T> init() const {
    return {T(0), T(0), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return merge(s, beta == 0 ? state<T>{T(0), T(1), m} : state<T>{m, T(1), T(0)});
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    const T gap = where(a.top == b.top, T(0), b.top - a.top);  // equal infinities have no difference
    const T e = exp(-abs(gap * beta));
    const auto rises = (b.sum != 0) & ((a.sum == 0) | (gap * beta > 0));
    const T top = where(rises, b.top, a.top), sum = where(rises, b.sum, a.sum), rest = where(rises, b.rest, a.rest);
    const T low_sum = where(rises, a.sum, b.sum) * e, low_rest = where(rises, a.rest, b.rest) * e;
    const T moved = low_rest + low_sum * where(rises, -gap, gap);
    return {top, sum + low_sum, rest + where(low_sum == 0, T(0), moved)};  // (what weighs nothing may be infinite)
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.top + s.rest / s.sum;
  }
  template <class T>
  struct scaled {
    T g, top, off;  // g / sum, the result less top
  };
  template <class T>
  scaled<T> adjoint(const T& g, const state<T>& s, const T&, const T&) const {
    return {g / s.sum, s.top, s.rest / s.sum};
  }
  template <class T>
  T message_grad(const T& m, const scaled<T>& a) const {  // g w (1 + beta (m - out)) with the weight w of m
    if (beta == 0) return a.g;
    const T d = where(m == a.top, T(0), m - a.top), w = exp(d * beta);
    return where(w == 0, T(0), a.g * w * (1 + beta * (d - a.off)));
  }
  template <element T>
  void check_options(::std::string_view operation) const {
    check(::std::isfinite(beta), operation, "beta of the softmax is ", beta, ", expected a finite number");
  }
};

/// (mean(m^p))^(1/p), for positive messages only: others give NaN (DeeperGCN, eq. 5). Powers are taken of quotients of
/// at most 1: they do not overflow where the result does not. A p that is 0 or not finite is an error: the limit for p
/// near 0 is the geometric mean, which is exp of the mean of log(m); that for great p is max.
struct power_mean {
  double p = 1;  ///< the power; 1: the mean
  double empty = 0;
  template <class M>
  using accumulator = wide<M>;
  template <class M>
  using result = fraction<M>;
  template <class T>
  struct state {
    T top, sum;  // the message of the greatest power, sum of (m / top)^p
  };
  template <class T>
  state<T> init() const {
    return {T(p < 0 ? impl::highest_of<double>() : 0), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return merge(s, state<T>{where(m > 0, m, T(::std::numeric_limits<double>::quiet_NaN())), T(1)});
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    const auto rises = p < 0 ? b.top < a.top : b.top > a.top;
    const T share = where(a.top == b.top, T(1), impl::lesser_of(a.top, b.top) / impl::greater_of(a.top, b.top));
    const T e = pow(share, p < 0 ? -p : p);
    return {where(rises, b.top, a.top), where(rises, a.sum * e + b.sum, a.sum + e * b.sum)};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return s.top * pow(s.sum / degree, 1 / p);
  }
  template <class T>
  struct scaled {
    T g, out;  // g / degree
  };
  template <class T>
  scaled<T> adjoint(const T& g, const T& out, const T& degree) const {
    return {g / degree, out};
  }
  template <class T>
  T message_grad(const T& m, const scaled<T>& a) const {
    return a.g * pow(where(m == a.out, T(1), m / a.out), p - 1);
  }
  template <element T>
  void check_options(::std::string_view operation) const {
    check(::std::isfinite(p) && p != 0, operation, "p of the power_mean is ", p, ", expected a finite number, not 0");
  }
};

}  // namespace reduce
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
