/// Reducers that are no fold: they see all messages of a node at once. mailbox, quantile, median.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Core>

#include <edgefold/core/error.hpp>
#include <edgefold/core/pack_memory.hpp>
#include <edgefold/ops/reduce_basic.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace reduce {

/// What `mailbox(f)` makes.
template <class F>
struct mailbox_of {
  F f;
  ::std::int64_t width = -1;  // of a result row; -1: as wide as a message
  double empty = 0;
  template <class M>
  void apply(const M* messages, ::std::int64_t degree, ::std::int64_t columns, M* out) const {
    using matrix = Eigen::Matrix<M, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    using row = Eigen::Matrix<M, 1, Eigen::Dynamic, Eigen::RowMajor>;
    const row r = f(Eigen::Map<const matrix>(messages, degree, columns));
    check(r.size() == out_width(columns), "mailbox", "the functor returned ", r.size(), " values, expected ",
          out_width(columns));
    ::std::copy_n(r.data(), r.size(), out);
  }
  ::std::int64_t out_width(::std::int64_t columns) const { return width < 0 ? columns : width; }
};

/// `f` sees the messages of one node as a constant Eigen matrix (degree, width), in the order of their edge ids, in
/// scratch memory of its own thread, and returns a row vector expression as wide. f must be safe to call from threads.
template <class F>
mailbox_of<F> mailbox(F f) {
  return {f};
}
/// The same where the result has `width` values; its feature shape is (width).
template <class F>
mailbox_of<F> mailbox(::std::int64_t width, F f) {
  check(width >= 0, "mailbox", "width is ", width);
  return {f, width};
}

/// The q-quantile of each feature, interpolated linearly between neighbours in order as NumPy's default does; NaN where
/// a message is NaN. A float for integers and bools.
struct quantile {
  double q = 0.5;
  double empty = 0;
  template <class M>
  using out_type = fraction<M>;
  ::std::int64_t out_width(::std::int64_t columns) const { return columns; }

  template <class M, class Out>
  void apply(const M* messages, ::std::int64_t degree, ::std::int64_t columns, Out* out) const {
    check(q >= 0 && q <= 1, "quantile", "q is ", q, ", expected from 0 to 1");
    constexpr int lanes = impl::native_lanes<M>;
    static thread_local ::std::vector<pack<M, lanes>> column;
    column.resize(static_cast<::std::size_t>(degree));
    for (::std::int64_t c = 0; c < columns; c += lanes) {
      const impl::first_lanes<M, lanes> some(static_cast<int>(::std::min<::std::int64_t>(lanes, columns - c)));
      for (::std::int64_t j = 0; j < degree; ++j)
        column[static_cast<::std::size_t>(j)] = impl::load<M, lanes>(messages + j * columns + c, some);
      const impl::first_lanes<Out, lanes> same(some.count);
      impl::store<Out, lanes>(out + c, between(column.data(), degree, static_cast<Out*>(nullptr)), same);
    }
  }

 private:
  // Both neighbours in order, and the point between them, lane by lane.
  template <class P, class Out>
  auto between(P* x, ::std::int64_t n, Out*) const {
    using result = pack<Out, P::lanes>;
    const double position = q * static_cast<double>(n - 1);
    const auto low = static_cast<::std::int64_t>(position);
    const ::std::int64_t high = ::std::min(low + 1, n - 1);
    P nan(0);  // NaN lanes are remembered: no order holds them
    if constexpr (::std::floating_point<typename P::value_type>)
      for (::std::int64_t j = 0; j < n; ++j) nan = where(x[j] == x[j], nan, x[j]);
    if (n <= 1024) sort_network(x, n);
    else sort_lanes(x, n);
    const result a = impl::convert<Out>(x[low]), b = impl::convert<Out>(x[high]);
    const result t = a + (b - a) * (position - static_cast<double>(low));
    const result value = where((a == b) | (t == a), a, t);  // equal infinities have no difference
    if constexpr (::std::floating_point<typename P::value_type>) return where(nan == nan, value, nan);
    else return value;
  }

  // Batcher's odd-even merge sort (Knuth vol. 3, algorithm 5.2.2M), all lanes at once.
  template <class P>
  static void sort_network(P* x, ::std::int64_t n) {
    for (::std::int64_t p = 1; p < n; p *= 2)
      for (::std::int64_t k = p; k >= 1; k /= 2)
        for (::std::int64_t j = k % p; j + k < n; j += 2 * k)
          if (j / (2 * p) == (j + k) / (2 * p))
            for (::std::int64_t i = j; i < ::std::min(j + k, n - k); ++i) {
              const auto swap = x[i + k] < x[i];
              const P low = where(swap, x[i + k], x[i]);
              x[i + k] = where(swap, x[i], x[i + k]);
              x[i] = low;
            }
  }

  // One lane after another: for so many messages that a network is the longer way.
  template <class P>
  static void sort_lanes(P* x, ::std::int64_t n) {
    using M = typename P::value_type;
    ::std::vector<impl::lane_type<M>> lane(static_cast<::std::size_t>(n));
    for (int l = 0; l < P::lanes; ++l) {
      for (::std::int64_t j = 0; j < n; ++j) lane[static_cast<::std::size_t>(j)] = x[j].v[l];
      // NaN lanes are replaced afterwards, whatever order they are in; the sort needs a total one.
      ::std::sort(lane.begin(), lane.end(), [](auto a, auto b) { return a < b || (a == a && b != b); });
      for (::std::int64_t j = 0; j < n; ++j) x[j].v[l] = lane[static_cast<::std::size_t>(j)];
    }
  }
};

/// The middle message of each feature, or the mean of the two middle ones.
struct median {
  double empty = 0;
  template <class M>
  using out_type = fraction<M>;
  ::std::int64_t out_width(::std::int64_t columns) const { return columns; }
  template <class M, class Out>
  void apply(const M* messages, ::std::int64_t degree, ::std::int64_t columns, Out* out) const {
    quantile{}.apply(messages, degree, columns, out);
  }
};

}  // namespace reduce

namespace impl {
template <class R, class M>
struct mailbox_out {
  using type = M;
};
template <class R, class M>
  requires requires { typename R::template out_type<M>; }
struct mailbox_out<R, M> {
  using type = typename R::template out_type<M>;
};
}  // namespace impl

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
