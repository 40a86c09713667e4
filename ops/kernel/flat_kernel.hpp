/// A functor of tensors of one shape, and of numbers: element by element, with no rows to find.
#pragma once
#include <array>
#include <tuple>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/for_packs.hpp>
#include <edgefold/ops/message/derivative.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Functor F of N operands of n elements, or of one for all. The operands must outlive it.
template <class F, class T, std::size_t N>
class flat_kernel {
 public:
  flat_kernel(const F& f, const std::array<operand<T>, N>& operands, std::int64_t n) : f_(f), n_(n) {
    for (std::size_t i = 0; i < N; ++i) {
      from_[i] = operands[i].value.data();
      number_[i] = operands[i].value.size() == 1;
    }
  }

  /// Results, to n elements at `to`.
  template <class V>
  void run(V* to) const {
    const bool streams = sizeof(pack<V, lanes>) == EDGEFOLD_PACK_BYTES && past_caches(to, n_);
    in_tasks([=](const flat_kernel& own, std::int64_t k, const first_lanes<T, lanes>& active) {
      const std::array<P, N> x = own.at(k, active);
      const pack<V, lanes> y = convert<V>(std::apply(own.f_, x));
      if (streams && active.count == lanes) stream(to + k, y);
      else store<V, lanes>(to + k, y, first_lanes<V, lanes>(active.count));
    });
  }

  /// From the gradient of the results that of each operand i, to n elements at to[i] unless that is null.
  void run_backward(const T* gradient, const std::array<T*, N>& to) const {
    if constexpr (may_need_all_dual<F, N>)
      if (needs_all_dual<F, P, N>(f_)) return pull<true>(gradient, to, std::make_index_sequence<N>{});
    pull<false>(gradient, to, std::make_index_sequence<N>{});
  }

 private:
  static constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;

  template <bool AllDual, std::size_t... I>
  void pull(const T* gradient, const std::array<T*, N>& to, std::index_sequence<I...>) const {
    in_tasks([=](const flat_kernel& own, std::int64_t k, const first_lanes<T, lanes>& active) {
      const std::array<P, N> x = own.at(k, active);
      const P g = load<T, lanes>(gradient + k, active);
      ((to[I] ? store<T, lanes>(to[I] + k, g * partial<AllDual, I>(own.f_, x), active) : void()), ...);
    });
  }

  // Calls body(kernel, first element, lanes in use). Both are copies: what is written through pointers cannot change
  // them.
  template <class Body>
  void in_tasks(const Body& body) const {
    parallel_for(n_, 1 << 15, [&](std::int64_t begin, std::int64_t end) {
      const flat_kernel own = *this;
      const Body call = body;
      for_packs<T>(begin, end, [&](std::int64_t k, const first_lanes<T, lanes>& active) { call(own, k, active); });
      stream_fence();
    });
  }
  [[gnu::always_inline]] std::array<P, N> at(std::int64_t k, const first_lanes<T, lanes>& active) const {
    std::array<P, N> x;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i) x[i] = number_[i] ? P(*from_[i]) : load<T, lanes>(from_[i] + k, active);
    return x;
  }

  F f_;
  std::int64_t n_;
  std::array<const T*, N> from_;
  std::array<bool, N> number_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
