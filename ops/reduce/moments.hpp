/// Population variance and standard deviation.
#pragma once
#include <edgefold/ops/reduce/basic.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace reduce {

/// Population variance. Squares are taken about the mean of a block of messages, and blocks are joined by the formula
/// of Chan, Golub and LeVeque (1983), so that a mean far from 0 costs no digits. Nor does it cost any that the mean
/// itself is rounded: `rest` keeps what it is off by (Bjoerck's correction).
struct var {
  double empty = 0;
  template <class M>
  using accumulator = wide<M>;
  template <class M>
  using result = fraction<M>;
  using pivot = mean;
  template <class T>
  struct state {
    T count, mean, rest, squares;  // rest, squares: sums of m - mean and of its square
  };
  template <class T>
  state<T> init(const T& mean_of_block) const {
    return {T(0), mean_of_block, T(0), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return off_mean(s, m - s.mean);
  }
  /// The same of a 64-bit integer in two doubles.
  template <class T>
  state<T> step(const state<T>& s, const T& high, const T& low) const {
    return off_mean(s, high - s.mean + low);
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    const T count = a.count + b.count, share = b.count / count;
    const T off = a.rest / a.count, d = b.mean - a.mean + (b.rest / b.count - off);
    const T move = off + d * share, mean = a.mean + move, left = move - (mean - a.mean);
    const T squares = about_mean(a) + about_mean(b) + d * d * a.count * share;
    return {count, mean, left * count, squares + left * left * count};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return about_mean(s) / degree;
  }
  template <class T>
  struct scaled {
    T slope, mean;
  };
  template <class T>
  scaled<T> adjoint(const T& g, const state<T>& s, const T&, const T& degree) const {
    return {g * 2 / degree, s.mean + s.rest / s.count};
  }
  template <class T>
  T message_grad(const T& m, const scaled<T>& a) const {
    return a.slope * (m - a.mean);
  }

 private:
  template <class T>
  static state<T> off_mean(const state<T>& s, const T& d) {
    return {s.count + 1, s.mean, s.rest + d, s.squares + d * d};
  }
  template <class T>
  static T about_mean(const state<T>& s) {
    return impl::greater_of(s.squares - s.rest * s.rest / s.count, T(0));
  }
};

/// Population standard deviation, the square root of `var`. (Last in its file: it hides namespace std from what follows
/// it here.)
struct std {
  double empty = 0;
  template <class M>
  using accumulator = wide<M>;
  template <class M>
  using result = fraction<M>;
  using pivot = mean;
  template <class T>
  using state = var::state<T>;
  template <class T>
  state<T> init(const T& mean_of_block) const {
    return var{}.init(mean_of_block);
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return var{}.step(s, m);
  }
  template <class T>
  state<T> step(const state<T>& s, const T& high, const T& low) const {
    return var{}.step(s, high, low);
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return var{}.template merge<T>(a, b);
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return sqrt(var{}.finish(s, degree));
  }
  template <class T>
  auto adjoint(const T& g, const state<T>& s, const T& out, const T& degree) const {  // 0 where all messages are equal
    return var::scaled<T>{where(out == 0, T(0), g / (degree * out)), s.mean + s.rest / s.count};
  }
  template <class T>
  T message_grad(const T& m, const var::scaled<T>& a) const {
    return var{}.message_grad(m, a);
  }
};

}  // namespace reduce
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
