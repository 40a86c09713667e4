/// Reducers made of others or of lambdas: fold, multi.
#pragma once
#include <array>
#include <tuple>

#include <edgefold/core/error.hpp>
#include <edgefold/core/isa.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace reduce {

/// What `fold<K>(init, step, finish)` makes.
template <::std::size_t K, class Step, class Finish>
struct folded {
  ::std::array<double, K> start;  ///< the values of a new state
  Step step_function;             ///< gives the next array
  Finish finish_function;         ///< gives the result
  double empty = 0;
  template <class T>
  struct state {
    ::std::array<T, K> values;
  };
  template <class T>
  state<T> init() const {
    state<T> s;
    for (::std::size_t i = 0; i < K; ++i) s.values[i] = T(start[i]);
    return s;
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    static_assert(
        requires { state<T>{step_function(s.values, m)}; },
        "reduce::fold: step(array, message) must return the next array, and not be `mutable`: take the array "
        "as `auto s`, change it and return s");
    return {step_function(s.values, m)};
  }
  template <class T>
  auto finish(const state<T>& s, const T& degree) const {
    return finish_function(s.values, degree);
  }
  template <element T>
  void check_options(::std::string_view operation) const {
    for (const double x : start) detail::exactly<T>(x, operation, "start");
  }
};

/// A reducer from lambdas. K running values begin as `start`; `step(array, message)` returns the next array (change a
/// copy taken as `auto s` and return it), `finish(array, degree)` the result:
///   fold<2>({0, 0}, [](auto s, auto m) { s[0] += m; s[1] += m * m; return s; },
///           [](auto s, auto n) { return s[1] / n - s[0] / n * (s[0] / n); })
/// Whoever folds integers begins with integers: another `start` is an error of the operation.
template <::std::size_t K, class Step, class Finish>
folded<K, Step, Finish> fold(::std::array<double, K> start, Step step, Finish finish, double empty = 0) {
  return {start, step, finish, empty};
}

/// Several reducers in one pass; their results are concatenated along the last dim.
template <class... Reducers>
struct multi {
  static_assert(sizeof...(Reducers) >= 1);
  template <::std::size_t I>
  using reducer = ::std::tuple_element_t<I, ::std::tuple<Reducers...>>;
  ::std::tuple<Reducers...> reducers;
  explicit multi(Reducers... r) : reducers(r...) {}  ///< results stand in the order of `r`
};

}  // namespace reduce
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
