// Reducers that ship nowhere, as users write them.
#pragma once

namespace edgefold::testing {

struct range {  // greatest less least: two values, and a merge
  double empty = -3;
  template <class T>
  struct state {
    T low, high;
  };
  template <class T>
  state<T> init() const {
    return {T(1e30f), T(-1e30f)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {min(s.low, m), max(s.high, m)};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return {min(a.low, b.low), max(a.high, b.high)};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.high - s.low;
  }
};

struct running_log_sum_exp {  // by a running maximum; nothing said of its gradient
  template <class T>
  struct state {
    T top, sum;
  };
  template <class T>
  state<T> init() const {
    return {T(-1e30f), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    const T top = max(s.top, m);
    return {top, s.sum * exp(s.top - top) + exp(m - top)};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.top + log(s.sum);
  }
};

struct harmonic_mean {  // a function of a sum
  template <class T>
  T lift(const T& m) const {
    return 1 / m;
  }
  template <class T>
  T lower(const T& sum, const T& degree) const {
    return degree / sum;
  }
};

struct root_mean_square {
  template <class T>
  struct state {
    T squares;
  };
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.squares + m * m};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return sqrt(s.squares / degree);
  }
};

struct squares_with_gradient : root_mean_square {  // the same with its gradient in closed form
  template <class T>
  T grad(const T& m, const state<T>& s, const T& out, const T& degree) const {
    return where(s.squares == 0, T(0), m / (degree * out));
  }
};

}  // namespace edgefold::testing
