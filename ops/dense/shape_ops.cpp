#include <edgefold/ops/dense/shape_ops.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/dense/private/least_work.hpp>
#include <edgefold/ops/dense/private/transpose_block.hpp>

#include <numeric>

namespace edgefold {
namespace {

template <class T>
std::size_t dim_of(const basic_tensor<T>& x, std::int64_t dim, std::string_view operation) {
  check(x.defined(), operation, "an operand is a tensor without storage");
  check(dim >= -x.num_dims() && dim < x.num_dims(), operation, "there is no dim ", dim, " in shape ", x.shape());
  return static_cast<std::size_t>(dim < 0 ? dim + x.num_dims() : dim);
}

std::int64_t product(const shape_type& shape, std::size_t first, std::size_t last) {
  std::int64_t n = 1;
  for (std::size_t d = first; d < last; ++d) n *= shape[d];
  return n;
}

// Copies `count` runs of `length` elements; steps are from run to run.
template <class T>
void copy_runs(const T* from, std::int64_t from_step, T* to, std::int64_t to_step, std::int64_t count,
               std::int64_t length) {
  const std::int64_t pieces = (length + detail::least_work - 1) / detail::least_work;  // of a long run
  parallel_for(count * pieces, detail::least_work / (length / std::max<std::int64_t>(pieces, 1) + 8),
               [=](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t t = begin; t < end; ++t) {
                   const std::int64_t run = t / pieces, first = t % pieces * detail::least_work;
                   std::copy_n(from + run * from_step + first, std::min(detail::least_work, length - first),
                               to + run * to_step + first);
                 }
               });
}

// Elements [begin, begin + n) along a dim of a shape: `outer` runs of `length` elements, `step` apart.
struct dim_range {
  std::int64_t outer, length, step, first;
  dim_range(const shape_type& shape, std::size_t dim, std::int64_t begin, std::int64_t n)
      : outer(product(shape, 0, dim)) {
    const std::int64_t inner = product(shape, dim + 1, shape.size());
    length = n * inner;
    step = shape[dim] * inner;
    first = begin * inner;
  }
};

template <class T>
basic_tensor<T> part_of(const basic_tensor<T>& x, std::size_t dim, std::int64_t begin, std::int64_t n) {
  shape_type shape = x.shape();
  shape[dim] = n;
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  const dim_range r(x.shape(), dim, begin, n);
  copy_runs(x.data() + r.first, r.step, y.mutable_data(), r.length, r.outer, r.length);
  return y;
}

// Writes `part` into y, from `begin` on.
template <class T>
void set_part(basic_tensor<T>& y, std::size_t dim, std::int64_t begin, const basic_tensor<T>& part) {
  const dim_range r(y.shape(), dim, begin, part.shape()[dim]);
  copy_runs(part.data(), r.length, y.mutable_data() + r.first, r.step, r.outer, r.length);
}

}  // namespace

template <element T>
basic_tensor<T> concat(const std::vector<basic_tensor<T>>& parts, std::int64_t dim) {
  check(!parts.empty(), "concat", "an empty list");
  const std::size_t d = dim_of(parts.front(), dim, "concat");
  shape_type shape = parts.front().shape();
  shape[d] = 0;
  bool recorded = false;
  for (const auto& p : parts) {
    check(p.defined(), "concat", "an operand is a tensor without storage");
    shape_type rest = p.shape();
    if (d < rest.size()) rest[d] = shape[d];
    check(rest == shape, "concat", "shapes ", parts.front().shape(), " and ", p.shape(), " differ not only in dim ",
          dim);
    shape[d] += p.shape()[d];
    recorded |= needs_grad(p);
  }
  auto y = basic_tensor<T>::uninitialized(shape);
  std::int64_t at = 0;
  for (const auto& p : parts) {
    set_part(y, d, at, p);
    at += p.shape()[d];
  }
  if constexpr (std::floating_point<T>) {
    std::vector<std::int64_t> sizes;
    for (const auto& p : parts) sizes.push_back(p.shape()[d]);
    if (recorded)
      record(
          y,
          [d, sizes](const basic_tensor<T>& g, const vjp_inputs& in) {
            std::int64_t begin = 0;
            for (std::size_t i = 0; i < sizes.size(); begin += sizes[i++])
              if (in.wants(i)) in.add(i, part_of(g, d, begin, sizes[i]));
          },
          parts);
  }
  return y;
}

template <element T>
basic_tensor<T> slice(const basic_tensor<T>& x, std::int64_t dim, std::int64_t begin, std::int64_t end) {
  const std::size_t d = dim_of(x, dim, "slice");
  check(begin >= 0 && begin <= end && end <= x.shape()[d], "slice", "[", begin, ", ", end, ") is no part of dim ", dim,
        " of shape ", x.shape());
  auto y = part_of(x, d, begin, end - begin);
  if constexpr (std::floating_point<T>)
    if (needs_grad(x))
      record(
          y,
          [d, begin, shape = x.shape()](const basic_tensor<T>& g, const vjp_inputs& in) {
            basic_tensor<T> whole(shape);
            set_part(whole, d, begin, g);
            in.add(0, whole);
          },
          x);
  return y;
}

namespace {

// A permutation with as few dims as say the same: of the result's dims, sizes and steps within x.
struct dim_walk {
  shape_type size, step;

  dim_walk(const shape_type& shape, const std::vector<std::size_t>& order) {
    shape_type steps(shape.size(), 1);
    for (std::size_t d = shape.size() - 1; d > 0; --d) steps[d - 1] = steps[d] * shape[d];
    for (const std::size_t d : order) {
      if (shape[d] == 1) continue;
      if (!size.empty() && step.back() == steps[d] * shape[d]) {  // they lie in x as in the result: one dim
        size.back() *= shape[d];
        step.back() = steps[d];
      } else {
        size.push_back(shape[d]);
        step.push_back(steps[d]);
      }
    }
    if (size.empty()) size = step = {1};
  }
};

// Writes x, walked in the order of the result: runs where its last dim is that of x, else transposed squares of the
// two.
template <class T>
void copy_permuted(const dim_walk& w, const T* from, T* to) {
  constexpr std::int64_t piece = 256;
  const std::size_t last = w.size.size() - 1;
  const auto unit = static_cast<std::size_t>(std::find(w.step.begin(), w.step.end(), 1) - w.step.begin());
  const bool runs = unit == last;  // else the dim `unit` of the result is the one whose elements lie together in x
  shape_type out(w.size.size(), 1);
  for (std::size_t d = last; d > 0; --d) out[d - 1] = out[d] * w.size[d];
  const std::int64_t rows = w.size[last], cols = runs ? 1 : w.size[unit];
  const std::int64_t row_pieces = (rows + piece - 1) / piece, col_pieces = (cols + piece - 1) / piece;
  const std::int64_t others = product(w.size, 0, last) / cols;
  auto task = [&](std::int64_t t) {
    const std::int64_t i = t % row_pieces * piece, j = t / row_pieces % col_pieces * piece;
    const T* x = from;
    T* y = to;
    std::int64_t rest = t / row_pieces / col_pieces;
    for (std::size_t d = last; d-- > 0;) {
      if (!runs && d == unit) continue;
      x += rest % w.size[d] * w.step[d];
      y += rest % w.size[d] * out[d];
      rest /= w.size[d];
    }
    const std::int64_t n = std::min(piece, rows - i);
    if (runs) std::copy_n(x + i, n, y + i);
    else
      impl::transpose_block(x + i * w.step[last] + j, w.step[last], n, std::min(piece, cols - j), y + j * out[unit] + i,
                            out[unit]);
  };
  const std::int64_t work = std::min(piece, rows) * std::min(piece, cols) + 16;
  parallel_for(others * row_pieces * col_pieces, detail::least_work / work, [&](std::int64_t t, std::int64_t end) {
    for (; t < end; ++t) task(t);
  });
}

template <class T>
basic_tensor<T> permuted(const basic_tensor<T>& x, const std::vector<std::size_t>& order) {
  shape_type shape;
  for (const std::size_t d : order) shape.push_back(x.shape()[d]);
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  if (y.size() > 0) copy_permuted(dim_walk(x.shape(), order), x.data(), y.mutable_data());
  if constexpr (std::floating_point<T>)
    if (needs_grad(x)) {
      std::vector<std::size_t> inverse(order.size());
      for (std::size_t d = 0; d < order.size(); ++d) inverse[order[d]] = d;
      record(
          y, [inverse](const basic_tensor<T>& g, const vjp_inputs& in) { in.add(0, permuted(g, inverse)); }, x);
    }
  return y;
}

}  // namespace

template <element T>
basic_tensor<T> permute(const basic_tensor<T>& x, const std::vector<std::int64_t>& dims) {
  std::vector<std::size_t> order;
  for (const std::int64_t d : dims) order.push_back(dim_of(x, d, "permute"));
  std::vector<std::size_t> sorted = order, all(x.shape().size());
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), std::size_t{0});
  check(x.defined() && sorted == all, "permute", "dims ", dims, " do not name each dim of shape ", x.shape(), " once");
  return permuted(x, order);
}

template <element T>
basic_tensor<T> transpose(const basic_tensor<T>& x, std::int64_t dim0, std::int64_t dim1) {
  const std::size_t a = dim_of(x, dim0, "transpose"), b = dim_of(x, dim1, "transpose");
  std::vector<std::size_t> order(x.shape().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[a], order[b]);
  return permuted(x, order);
}

#define EDGEFOLD_SHAPE_OPS(T)                                                                       \
  template basic_tensor<T> concat(const std::vector<basic_tensor<T>>&, std::int64_t);               \
  template basic_tensor<T> slice(const basic_tensor<T>&, std::int64_t, std::int64_t, std::int64_t); \
  template basic_tensor<T> permute(const basic_tensor<T>&, const std::vector<std::int64_t>&);       \
  template basic_tensor<T> transpose(const basic_tensor<T>&, std::int64_t, std::int64_t)
EDGEFOLD_SHAPE_OPS(float);
EDGEFOLD_SHAPE_OPS(double);
EDGEFOLD_SHAPE_OPS(std::int32_t);
EDGEFOLD_SHAPE_OPS(std::int64_t);
EDGEFOLD_SHAPE_OPS(bool);
#undef EDGEFOLD_SHAPE_OPS

}  // namespace edgefold
