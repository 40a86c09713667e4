#include <edgefold/ops/dense/reduction.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/dense/private/least_work.hpp>
#include <edgefold/ops/dense/private/row_length.hpp>
#include <edgefold/ops/dense/private/softmax_rows.hpp>

#include <cmath>

namespace edgefold {
namespace {

// A tensor seen from one dim: elements (outer, n, inner).
struct dim_view {
  std::int64_t outer = 1, n = 1, inner = 1;
  std::size_t dim = 0;

  dim_view(const shape_type& shape, std::int64_t wanted, std::string_view operation) {
    const auto dims = std::ssize(shape);
    check(dims > 0, operation, "x is a tensor without storage");
    check(wanted >= -dims && wanted < dims, operation, "there is no dim ", wanted, " in shape ", shape);
    dim = static_cast<std::size_t>(wanted < 0 ? wanted + dims : wanted);
    n = shape[dim];
    for (std::size_t d = 0; d < dim; ++d) outer *= shape[d];
    for (std::size_t d = dim + 1; d < shape.size(); ++d) inner *= shape[d];
  }
  // All elements in a row.
  explicit dim_view(std::int64_t size) : n(size) {}
};

// Long sums are cut into parts of so many terms.
constexpr std::int64_t part_terms = 2048;
constexpr std::int64_t tile_columns = 256;

// Sums rows [first, last) of a matrix with `step` elements a row, over `columns` columns: in parts, whose sums are
// added in double.
template <class T>
void sum_columns(const T* x, std::int64_t step, std::int64_t first, std::int64_t last, std::int64_t columns, T* to) {
  double sums[tile_columns];
  T part[tile_columns];
  std::fill_n(sums, columns, 0.0);
  while (first < last) {
    std::fill_n(part, columns, T(0));
    for (const std::int64_t end = std::min<std::int64_t>(first + impl::part_length, last); first < end; ++first)
      for (std::int64_t j = 0; j < columns; ++j) part[j] += x[first * step + j];
    for (std::int64_t j = 0; j < columns; ++j) sums[j] += static_cast<double>(part[j]);
  }
  for (std::int64_t j = 0; j < columns; ++j) to[j] = static_cast<T>(sums[j]);
}

// to (outer, inner) = scale * the sum of x (outer, n, inner) over n.
template <class T>
void sum_dim(const dim_view& v, const T* x, double scale, T* to) {
  const std::int64_t parts = std::max<std::int64_t>(1, (v.n + part_terms - 1) / part_terms);
  const std::int64_t tiles = (v.inner + tile_columns - 1) / tile_columns;
  auto sums = basic_tensor<T>::uninitialized({v.outer, parts, v.inner});
  T* const partial = sums.mutable_data();
  auto task = [=, &v](std::int64_t t) {
    const std::int64_t column = t % tiles * tile_columns, part = t / tiles % parts, o = t / tiles / parts;
    const std::int64_t first = part * part_terms, last = std::min(first + part_terms, v.n);
    const T* const from = x + o * v.n * v.inner + column;
    T* const out = partial + (o * parts + part) * v.inner + column;
    if (v.inner == 1) *out = impl::sum_of_row(from + first, last - first);
    else sum_columns(from, v.inner, first, last, std::min(tile_columns, v.inner - column), out);
  };
  const std::int64_t work = std::min(v.n, part_terms) * std::min(v.inner, tile_columns) + 8;
  parallel_for(v.outer * parts * tiles, detail::least_work / work, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t t = begin; t < end; ++t) task(t);
  });
  parallel_for(v.outer * v.inner, detail::least_work / parts, [=, &v](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      double total = 0;
      for (std::int64_t p = 0; p < parts; ++p)
        total += static_cast<double>(partial[(i / v.inner * parts + p) * v.inner + i % v.inner]);
      to[i] = static_cast<T>(scale * total);
    }
  });
}

// to (outer, n, inner) = scale * g (outer, inner): the vjp of sum_dim.
template <class T>
void spread_dim(const dim_view& v, const T* g, T scale, T* to) {
  parallel_for(v.outer * v.n, detail::least_work / (v.inner + 8), [=, &v](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r)
      for (std::int64_t j = 0; j < v.inner; ++j) to[r * v.inner + j] = scale * g[r / v.n * v.inner + j];
  });
}

template <class T>
basic_tensor<T> scaled_sum(const basic_tensor<T>& x, const dim_view& v, shape_type shape, double scale) {
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  sum_dim(v, x.data(), scale, y.mutable_data());
  if (needs_grad(x))
    record(
        y,
        [v, scale, from = x.shape()](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto d = basic_tensor<T>::uninitialized(from);
          spread_dim(v, g.data(), static_cast<T>(scale), d.mutable_data());
          in.add(0, d);
        },
        x);
  return y;
}

template <class T>
basic_tensor<T> sum_over(const basic_tensor<T>& x, std::int64_t dim, bool average, std::string_view operation) {
  const dim_view v(x.shape(), dim, operation);
  check(!average || v.n > 0, operation, "no elements along dim ", dim, " of shape ", x.shape());
  shape_type shape = x.shape();
  shape[v.dim] = 1;
  return scaled_sum(x, v, std::move(shape), average ? 1 / static_cast<double>(v.n) : 1);
}

template <class T>
basic_tensor<T> sum_over_all(const basic_tensor<T>& x, bool average, std::string_view operation) {
  check(x.defined(), operation, "x is a tensor without storage");
  check(!average || x.size() > 0, operation, "no elements in shape ", x.shape());
  return scaled_sum(x, dim_view(x.size()), {1, 1}, average ? 1 / static_cast<double>(x.size()) : 1);
}

// y = f(x) row by row, with a vjp g, y -> dx, row by row too. y is saved.
template <class T, class F, class G>
basic_tensor<T> map_rows(const basic_tensor<T>& x, std::string_view operation, const F& f, const G& vjp) {
  const dim_view v(x.shape(), -1, operation);
  auto y = basic_tensor<T>::uninitialized(x.shape());
  impl::for_each_row(v.outer, v.n,
                     [&, from = x.data(), to = y.mutable_data()](std::int64_t i) { f(from + i, to + i, v.n); });
  if (needs_grad(x)) {
    const basic_tensor<T> kept = y.reshape(y.shape());  // (a copy of y itself would hold the tape that holds it)
    record(
        y,
        [v, vjp, y = saved(kept)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto d = basic_tensor<T>::uninitialized(g.shape());
          impl::for_each_row(v.outer, v.n,
                             [&, of = g.data(), at = y.get().data(), to = d.mutable_data()](std::int64_t i) {
                               vjp(of + i, at + i, to + i, v.n);
                             });
          in.add(0, d);
        },
        x);
  }
  return y;
}

}  // namespace

template <std::floating_point T>
basic_tensor<T> sum(const basic_tensor<T>& x, std::int64_t dim) {
  return sum_over(x, dim, false, "sum");
}
template <std::floating_point T>
basic_tensor<T> mean(const basic_tensor<T>& x, std::int64_t dim) {
  return sum_over(x, dim, true, "mean");
}
template <std::floating_point T>
basic_tensor<T> sum_all(const basic_tensor<T>& x) {
  return sum_over_all(x, false, "sum_all");
}
template <std::floating_point T>
basic_tensor<T> mean_all(const basic_tensor<T>& x) {
  return sum_over_all(x, true, "mean_all");
}

// dx = g x / |x|.
template <std::floating_point T>
basic_tensor<T> norm_last(const basic_tensor<T>& x) {
  const dim_view v(x.shape(), -1, "norm_last");
  check(x.num_dims() > 1, "norm_last", "shape ", x.shape(), " has no feature dim to take the length of");
  shape_type shape = with_last_dim(x.shape(), 1);
  if (v.n == 0) return basic_tensor<T>(std::move(shape));
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  impl::for_each_row(v.outer, v.n, [&, from = x.data(), to = y.mutable_data()](std::int64_t i) {
    const auto [scale, scaled] = impl::length_of_row(from + i, v.n);
    to[i / v.n] = scaled / scale;
  });
  if (needs_grad(x))
    record(
        y,
        [v, x = saved(x)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto d = basic_tensor<T>::uninitialized(x.get().shape());
          impl::for_each_row(v.outer, v.n,
                             [&, of = g.data(), from = x.get().data(), to = d.mutable_data()](std::int64_t i) {
                               const auto [scale, scaled] = impl::length_of_row(from + i, v.n);
                               for (std::int64_t k = 0; k < v.n; ++k)
                                 to[i + k] = scaled == 0 ? T(0) : of[i / v.n] * (from[i + k] * scale / scaled);
                             });
          in.add(0, d);
        },
        x);
  return y;
}

template <std::floating_point T>
basic_tensor<T> softmax(const basic_tensor<T>& x) {
  return map_rows(
      x, "softmax", [](const T* from, T* to, std::int64_t n) { impl::softmax_rows<T>::packed({from}, to, n, 1); },
      [](const T* g, const T* y, T* d, std::int64_t n) {
        impl::softmax_rows_vjp<T>::packed({y, g}, d, n, 1);
      });
}

// dx = g - exp(y) sum(g).
template <std::floating_point T>
basic_tensor<T> log_softmax(const basic_tensor<T>& x) {
  return map_rows(
      x, "log_softmax",
      [](const T* from, T* to, std::int64_t n) {
        const T top = impl::max_of_row(from, n), rest = std::log(impl::exp_of_row<T>(from, n, top, nullptr));
        for (std::int64_t i = 0; i < n; ++i) to[i] = (from[i] - top) - rest;
      },
      [](const T* g, const T* y, T* d, std::int64_t n) {
        impl::exp_of_row<T>(y, n, 0, d);
        const T total = impl::sum_of_row(g, n);
        for (std::int64_t i = 0; i < n; ++i) d[i] = g[i] - d[i] * total;
      });
}

template <std::floating_point T>
basic_tensor<std::int64_t> argmax_last(const basic_tensor<T>& x) {
  const dim_view v(x.shape(), -1, "argmax_last");
  check(x.num_dims() > 1 && v.n > 0, "argmax_last", "shape ", x.shape(), " has no feature dim with elements");
  auto y = basic_tensor<std::int64_t>::uninitialized({x.shape().begin(), x.shape().end() - 1});
  impl::for_each_row(v.outer, v.n, [&, from = x.data(), to = y.mutable_data()](std::int64_t i) {
    std::int64_t best = 0;
    for (std::int64_t k = 1; k < v.n && from[i + best] == from[i + best]; ++k)
      if (!(from[i + k] <= from[i + best])) best = k;
    to[i / v.n] = best;
  });
  return y;
}

#define EDGEFOLD_REDUCTIONS(T)                                         \
  template basic_tensor<T> sum(const basic_tensor<T>&, std::int64_t);  \
  template basic_tensor<T> mean(const basic_tensor<T>&, std::int64_t); \
  template basic_tensor<T> sum_all(const basic_tensor<T>&);            \
  template basic_tensor<T> mean_all(const basic_tensor<T>&);           \
  template basic_tensor<T> norm_last(const basic_tensor<T>&);          \
  template basic_tensor<T> softmax(const basic_tensor<T>&);            \
  template basic_tensor<T> log_softmax(const basic_tensor<T>&);        \
  template basic_tensor<std::int64_t> argmax_last(const basic_tensor<T>&)
EDGEFOLD_REDUCTIONS(float);
EDGEFOLD_REDUCTIONS(double);
#undef EDGEFOLD_REDUCTIONS

}  // namespace edgefold
