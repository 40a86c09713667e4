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

}  // namespace edgefold::testing
