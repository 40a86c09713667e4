/// Reducers of exponentials and powers: log_sum_exp, softmax, power_mean.
#pragma once
#include <edgefold/ops/reduce/basic.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace reduce {

/// log(sum(exp(m))), by a running maximum: no overflow, and one exp a message. All messages -inf give -inf.
struct log_sum_exp {
  double empty = 0;
  template <class M>
  using accumulator = fraction<M>;
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
    T g, out;
  };
  template <class T>
  scaled<T> adjoint(const T& g, const T& out, const T&) const {
    return {g, out};
  }
  template <class T>
  T grad(const T& m, const scaled<T>& a) const {  // g softmax(m); of infinities, which have no difference, finite
    const T e = exp(where(m == a.out, T(0), m - a.out));
    return a.g * where(a.out == impl::lowest_of<typename T::value_type>(), T(0), e);
  }
};

/// Sum of the messages weighted by the softmax of beta times themselves, feature by feature: near the mean for a small
/// beta, near the maximum for a large one (Li et al. 2020, DeeperGCN, eq. 4).
struct softmax {
  double beta = 1;
  double empty = 0;
  template <class M>
  using accumulator = fraction<M>;
  template <class T>
  struct state {
    T top, sum, weighted;  // greatest beta m, sums of exp(beta m - top) and of m times it
  };
  template <class T>
  state<T> init() const {
    return {T(impl::lowest_of<typename T::value_type>()), T(0), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return merge(s, state<T>{m * beta, T(1), m});
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    const auto rises = b.top > a.top;
    const T e = exp(-abs(where(a.top == b.top, T(0), b.top - a.top)));  // equal infinities have no difference
    return {where(rises, b.top, a.top), where(rises, a.sum * e + b.sum, a.sum + e * b.sum),
            where(rises, a.weighted * e + b.weighted, a.weighted + e * b.weighted)};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.weighted / s.sum;
  }
  template <class T>
  struct scaled {
    T g, top, out;  // g / sum
  };
  template <class T>
  scaled<T> adjoint(const T& g, const state<T>& s, const T& out, const T&) const {
    return {g / s.sum, s.top, out};
  }
  template <class T>
  T grad(const T& m, const scaled<T>& a) const {  // g w (1 + beta (m - out)) with the weight w of m
    return a.g * exp(m * beta - a.top) * (1 + beta * (m - a.out));
  }
};

/// (mean(m^p))^(1/p), for positive messages only: others give NaN (DeeperGCN, eq. 5).
struct power_mean {
  double p = 1;
  double empty = 0;
  template <class M>
  using accumulator = fraction<M>;
  template <class T>
  T lift(const T& m) const {
    return where(m > 0, pow(m, p), T(::std::numeric_limits<double>::quiet_NaN()));
  }
  template <class T>
  T lower(const T& sum, const T& degree) const {
    return pow(sum / degree, 1 / p);
  }
};

}  // namespace reduce
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
