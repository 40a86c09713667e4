/// Reducers that are no fold: they see all messages of a node at once. mailbox, quantile, median.
#pragma once
#include <algorithm>
#include <cmath>
#include <optional>

#include <edgefold/core/eigen.hpp>
#include <edgefold/core/error.hpp>
#include <edgefold/core/memory.hpp>
#include <edgefold/core/simd/memory.hpp>
#include <edgefold/ops/message/message.hpp>
#include <edgefold/ops/message/row_functor.hpp>
#include <edgefold/ops/reduce/basic.hpp>
#include <edgefold/ops/reduce/select.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace reduce {

/// What `mailbox(f)` makes.
template <class F, class Vjp = no_vjp>
struct mailbox_of {
  F f;                        ///< of the messages of a node
  Vjp backward;               ///< its gradient, or no_vjp
  ::std::int64_t width = -1;  ///< of a result row; -1: as wide as a message
  double empty = 0;
  /// The messages of a node, (degree, width of a message).
  template <class M>
  using matrix = Eigen::Matrix<M, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  /// A result, or its gradient.
  template <class M>
  using row = Eigen::Matrix<M, 1, Eigen::Dynamic, Eigen::RowMajor>;

  template <class M>
  void apply(const M* messages, ::std::int64_t degree, ::std::int64_t columns, M* out) const {
    decltype(auto) result = f(Eigen::Map<const matrix<M>>(messages, degree, columns));
    static_assert(impl::check_row_result<::std::remove_cvref_t<decltype(result)>>());
    const row<M> r = result;
    check(r.size() == out_width(columns), "mailbox", "the functor returned ", r.size(), " values, expected ",
          out_width(columns));
    ::std::copy_n(r.data(), r.size(), out);
  }
  template <class M>
  requires(!::std::same_as<Vjp, no_vjp>) void vjp(const M* messages, ::std::int64_t degree, ::std::int64_t columns,
                                                  const M* g, M* out) const {
    decltype(auto) result = backward(Eigen::Map<const matrix<M>>(messages, degree, columns),
                                     Eigen::Map<const row<M>>(g, out_width(columns)));
    static_assert(impl::check_row_result<::std::remove_cvref_t<decltype(result)>>());
    const matrix<M> gradients = result;
    check(gradients.rows() == degree && gradients.cols() == columns, "mailbox", "the vjp returned ", gradients.rows(),
          " x ", gradients.cols(), " values, expected ", degree, " x ", columns);
    ::std::copy_n(gradients.data(), gradients.size(), out);
  }
  ::std::int64_t out_width(::std::int64_t columns) const { return width < 0 ? columns : width; }
};

/// `f` sees the messages of one node as a constant Eigen matrix (degree, width), in the order of their edge ids, in
/// scratch memory of its own thread, and returns a row vector expression as wide. f must be safe to call from threads.
/// With `vjp`, which sees the messages and the gradient of the result, a row vector, and returns the gradients of the
/// messages as an expression of their shape, it can be differentiated.
template <class F, class Vjp = no_vjp>
requires(!::std::is_arithmetic_v<F>) mailbox_of<F, Vjp> mailbox(F f, Vjp vjp = {}) { return {f, vjp}; }
/// The same where the result has `width` values; its feature shape is (width).
template <class F, class Vjp = no_vjp>
mailbox_of<F, Vjp> mailbox(::std::int64_t width, F f, Vjp vjp = {}) {
  check(width >= 0, "mailbox", "width is ", width);
  return {f, vjp, width};
}

/// The q-quantile of each feature, interpolated linearly between neighbours in order as NumPy's default does; NaN where
/// a message is NaN. A float for integers and bools.
struct quantile {
  double q = 0.5;  ///< from 0 to 1, else an error
  double empty = 0;
  template <class M>
  using out_type = fraction<M>;
  ::std::int64_t out_width(::std::int64_t columns) const {
    check(q >= 0 && q <= 1, "quantile", "q is ", q, ", expected from 0 to 1");
    return columns;
  }

  template <class M, class Out>
  void apply(const M* messages, ::std::int64_t degree, ::std::int64_t columns, Out* out) const {
    constexpr int lanes = impl::native_lanes<M>;
    for_columns(messages, degree, columns, [&](::std::int64_t c, auto* column, const auto& active) {
      const impl::first_lanes<Out, lanes> same(active.count);
      impl::store<Out, lanes>(out + c, between<Out>(column, degree), same);
    });
  }

  /// The gradient goes to the two messages that the quantile lies between, by their shares; of equal ones to the first.
  template <::std::floating_point M>
  void vjp(const M* messages, ::std::int64_t degree, ::std::int64_t columns, const M* g, M* out) const {
    constexpr int lanes = impl::native_lanes<M>;
    using P = pack<M, lanes>;
    const auto at = place_in(degree);
    for_columns(messages, degree, columns, [&](::std::int64_t c, auto* column, const auto& active) {
      const auto [first, second, clean] = impl::select_neighbours(column, degree, at.low);
      const P gradient = impl::load<M, lanes>(g + c, active);
      auto open_first = clean, open_second = clean;
      for (::std::int64_t j = 0; j < degree; ++j) {
        const P m = impl::load<M, lanes>(messages + j * columns + c, active);
        const auto is_first = open_first & (m == first);
        const auto is_second = open_second & (m == second) & !is_first;
        open_first = open_first & !is_first;
        open_second = open_second & !is_second;
        impl::store<M, lanes>(out + j * columns + c,
                              gradient * where(is_first, P(1 - at.share), where(is_second, P(at.share), P(0))), active);
      }
    });
  }

 private:
  // Calls body(first column, its messages one after another, lanes in use) for each pack of columns.
  template <class M, class Body>
  static void for_columns(const M* messages, ::std::int64_t degree, ::std::int64_t columns, const Body& body) {
    using value = ::std::conditional_t<::std::same_as<M, bool>, ::std::int32_t, M>;
    constexpr int lanes = impl::native_lanes<M>;
    constexpr ::std::int64_t on_stack = 64;
    pack<value, lanes> here[on_stack];
    ::std::optional<detail::buffer<pack<value, lanes>>> elsewhere;
    if (degree > on_stack) elsewhere.emplace(degree);
    pack<value, lanes>* const column = elsewhere ? elsewhere->data() : here;
    for (::std::int64_t c = 0; c < columns; c += lanes) {
      const impl::first_lanes<M, lanes> active(static_cast<int>(::std::min<::std::int64_t>(lanes, columns - c)));
      for (::std::int64_t j = 0; j < degree; ++j)
        column[j] = impl::convert<value>(impl::load<M, lanes>(messages + j * columns + c, active));
      body(c, column, active);
    }
  }

  // The quantile of n messages lies behind message `low`, by a share of the way to the next. Where only rounding keeps
  // q (n - 1) from being a whole number, it is that.
  struct place {
    ::std::int64_t low;
    double share;
  };
  place place_in(::std::int64_t n) const {
    double position = q * static_cast<double>(n - 1);
    const double whole = ::std::round(position);
    if (::std::abs(position - whole) <= 4 * ::std::numeric_limits<double>::epsilon() * position) position = whole;
    const double low = ::std::floor(position);
    return {static_cast<::std::int64_t>(low), position - low};
  }

  // The messages on both sides, and the point between them, lane by lane.
  template <class Out, class P>
  pack<Out, P::lanes> between(P* x, ::std::int64_t n) const {
    using M = typename P::value_type;
    using result = pack<wide<M>, P::lanes>;
    const auto [low, share] = place_in(n);
    const auto [first, second, clean] = impl::select_neighbours(x, n, low);
    if constexpr (::std::same_as<M, ::std::int64_t>) {
      result a, b, low_a, low_b;
      impl::split(first, a, low_a), impl::split(second, b, low_b);
      return impl::convert<Out>(part_way(a, b, share) + part_way(low_a, low_b, share));
    } else {
      const result value = part_way(impl::convert<wide<M>>(first), impl::convert<wide<M>>(second), share);
      if constexpr (::std::floating_point<M>)
        return where(clean, value, result(::std::numeric_limits<double>::quiet_NaN()));
      else return impl::convert<Out>(value);
    }
  }

  // a at share 0 and where both are equal, whatever infinity the other is; no difference that overflows.
  template <class P>
  static P part_way(const P& a, const P& b, double share) {
    if (share == 0) return a;
    const P gap = b - a, near = a + gap * share, far = a * (1 - share) + b * share;
    return where(a == b, a, where(abs(gap) < impl::highest_of<typename P::value_type>(), near, far));
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
  template <::std::floating_point M>
  void vjp(const M* messages, ::std::int64_t degree, ::std::int64_t columns, const M* g, M* out) const {
    quantile{}.vjp(messages, degree, columns, g, out);
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
