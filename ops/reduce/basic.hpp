/// Reducers that keep one running value: sum, mean, prod, max, min, any, all. Each is a plain aggregate of the
/// functions that ops/reduce/reducer.hpp names, as a user would write it; `empty` is the value of a node without
/// in-edges.
#pragma once
#include <limits>

#include <edgefold/ops/reduce/reducer.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

// A struct named max hides the function inside itself.
template <class T>
[[gnu::always_inline]] inline T greater_of(const T& a, const T& b) {
  return max(a, b);
}
template <class T>
[[gnu::always_inline]] inline T lesser_of(const T& a, const T& b) {
  return min(a, b);
}

template <class T>
constexpr T lowest_of() {
  if constexpr (std::floating_point<T>) return -std::numeric_limits<T>::infinity();
  else return std::numeric_limits<T>::lowest();
}
template <class T>
constexpr T highest_of() {
  if constexpr (std::floating_point<T>) return std::numeric_limits<T>::infinity();
  else return std::numeric_limits<T>::max();
}

}  // namespace impl

namespace reduce {

/// What a mean and the like is: of integers and bools a float, folded in double; floats stay what they are.
template <class M>
using fraction = std::conditional_t<std::floating_point<M>, M, float>;
/// What they are folded in.
template <class M>
using wide = std::conditional_t<std::floating_point<M>, M, double>;

/// A state of one running value.
template <class T>
struct single {
  T value;  ///< of the messages so far
};

/// Sum of the messages; bools count into int64.
struct sum {
  double empty = 0;
  static constexpr bool passes_gradient = true;
  template <class M>
  using accumulator = std::conditional_t<std::same_as<M, bool>, std::int64_t, M>;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.value + m};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return {a.value + b.value};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.value;
  }
};

/// Sum over degree; a float for integers and bools.
struct mean {
  double empty = 0;
  template <class M>
  using accumulator = wide<M>;
  template <class M>
  using result = fraction<M>;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.value + m};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return {a.value + b.value};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return s.value / degree;
  }
  template <class T>
  T scale_gradient(const T& g, const T& degree) const {
    return g / degree;
  }
};

/// Product of the messages.
struct prod {
  double empty = 1;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(1)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.value * m};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return {a.value * b.value};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.value;
  }
};

/// Greatest message; NaN where one is NaN.
struct max {
  double empty = 0;
  static constexpr bool selects = true;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(impl::lowest_of<typename T::value_type>())};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {impl::greater_of(s.value, m)};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return step(a, b.value);
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.value;
  }
};

/// Least message; NaN where one is NaN.
struct min {
  double empty = 0;
  static constexpr bool selects = true;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(impl::highest_of<typename T::value_type>())};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {impl::lesser_of(s.value, m)};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return step(a, b.value);
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.value;
  }
};

/// True where any message is not 0 (a NaN is not); false for none.
struct any {
  bool empty = false;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {where(m != 0, T(1), s.value)};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return step(a, b.value);
  }
  template <class T>
  auto finish(const state<T>& s, const T&) const {
    return s.value != 0;
  }
};

/// True where every message is not 0; true for none.
struct all {
  bool empty = true;
  template <class T>
  using state = single<T>;
  template <class T>
  state<T> init() const {
    return {T(1)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {where(m == 0, T(0), s.value)};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    return step(a, b.value);
  }
  template <class T>
  auto finish(const state<T>& s, const T&) const {
    return s.value != 0;
  }
};

}  // namespace reduce
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
