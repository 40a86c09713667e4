/// What kernels are compiled for: reducers of floats that differ by little share one, which asks when it runs.
#pragma once
#include <edgefold/core/simd/registers.hpp>
#include <edgefold/ops/kernel/packed_reducer.hpp>
#include <edgefold/ops/reduce/basic.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Sum, or mean: then it divides.
struct sum_or_mean : reduce::mean {
  bool divides;
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return divides ? reduce::mean::finish(s, degree) : s.value;
  }
};

/// Maximum, or minimum: then of values with the other sign. (Without a choice to keep that takes a sixth longer.)
struct max_or_min : reduce::max {
  bool least;
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return reduce::max::step(s, signed_as_asked(m));
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return signed_as_asked(s.value);
  }

 private:
  template <class T, int N>
  pack<T, N> signed_as_asked(const pack<T, N>& x) const {
    return from_bits<T, N>(bits_of(x) ^ (bits_type<T>{least} << (8 * sizeof(T) - 1)));
  }
};

/// What kernels fold messages of M by where `r` is asked for.
template <class M, class R>
auto kernel_form(const R& r) {
  if constexpr (!std::floating_point<M>) return r;
  else if constexpr (std::same_as<R, reduce::sum>) return sum_or_mean{{r.empty}, false};
  else if constexpr (std::same_as<R, reduce::mean>) return sum_or_mean{r, true};
  else if constexpr (std::same_as<R, with_choice<reduce::max>>) return with_choice<max_or_min>{{r.r, false}};
  else if constexpr (std::same_as<R, with_choice<reduce::min>>) return with_choice<max_or_min>{{{r.r.empty}, true}};
  else return r;
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
