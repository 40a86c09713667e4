#include <edgefold/ops/dense/conv2d.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/simd/shuffle.hpp>
#include <edgefold/ops/dense/private/conv_gradients.hpp>

namespace edgefold {
namespace {

using impl::conv_shape;
using impl::panel_order;
template <class T>
using sizes = impl::register_tile<T>;

// Elements [first, first + depth) of the patches of pixels [q, q + rows), as panels.
template <class T>
void pack_patches(const conv_shape& s, const T* images, std::int64_t q, std::int64_t rows, std::int64_t first,
                  std::int64_t depth, T* to) {
  for (std::int64_t i = 0; i < rows; ++i) {
    const T* const patch = images + s.first_of(q + i);
    T* at = to + i * sizes<T>::depth;
    for (std::int64_t p = first, n; p < first + depth; p += n, at += n) {
      const std::int64_t u = p / s.run, v = p % s.run;
      n = std::min(s.run - v, first + depth - p);
      impl::copy_run(patch + u * s.row + v, n, at);
    }
  }
  impl::pad_panel_by_row(rows, depth, to);
}

// Writes sums (pixels [q, q + rows) x o) into the images of y.
template <class T>
void write_pixels(const conv_shape& s, const T* sums, std::int64_t q, std::int64_t rows, T* y) {
  for (std::int64_t i = 0, n; i < rows; i += n) {
    const std::int64_t b = (q + i) / s.pixels, pixel = (q + i) % s.pixels;
    n = std::min(s.pixels - pixel, rows - i);
    impl::transpose_block(sums + i * s.o, s.o, n, s.o, y + b * s.o * s.pixels + pixel, s.pixels);
  }
}

// y = patches (batch * pixels, patch) times filters (patch, o), block of pixels by block.
template <class T>
void convolve(const conv_shape& s, const T* x, const T* weight, const T* bias, T* y) {
  constexpr std::int64_t width = sizes<T>::cols;
  const std::int64_t panels = impl::col_panels<T>(s.o), all = s.batch * s.pixels;
  const impl::buffer<T> images = impl::padded_images(s, x), filters = impl::filter_rows(s, weight);
  const impl::buffer<T> packed(panels * s.patch * width);
  parallel_for(panels, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t j = begin; j < end; ++j)
      impl::pack_columns_transposed(filters.data() + j * width * s.patch, s.patch, std::min(width, s.o - j * width),
                                    s.patch, packed.data() + j * s.patch * width);
  });
  parallel_for(all, impl::block_rows, [&](std::int64_t q, std::int64_t end) {
    const std::int64_t rows = end - q, of_a = impl::row_panels<T>(rows) * sizes<T>::a_panel;
    const impl::buffer<T> memory(of_a + impl::run_slack<T> + rows * s.o);
    T *const a = memory.data(), *const sums = a + of_a + impl::run_slack<T>;
    for (std::int64_t i = 0; bias && i < rows; ++i) std::copy_n(bias, s.o, sums + i * s.o);
    for (std::int64_t p = 0; p < s.patch; p += sizes<T>::depth) {
      const std::int64_t depth = std::min<std::int64_t>(sizes<T>::depth, s.patch - p);
      pack_patches(s, images.data(), q, rows, p, depth, a);
      for (std::int64_t j = 0; j < panels; ++j)
        impl::multiply_panels<panel_order::by_row>(a, packed.data() + (j * s.patch + p) * width, depth,
                                                   sums + j * width, s.o, rows, std::min(width, s.o - j * width),
                                                   bias || p > 0);
    }
    write_pixels(s, sums, q, rows, y);
  });
}

// The sums of g over images and pixels: packs along a row, rows in order.
template <class T>
basic_tensor<T> bias_gradient(const conv_shape& s, const basic_tensor<T>& g) {
  constexpr int lanes = sizes<T>::lanes;
  basic_tensor<T> d({s.o});
  T* const to = d.mutable_data();
  const T* const from = g.data();
  parallel_for(s.o, 1, [&, to, from](std::int64_t begin, std::int64_t end) {
    for (std::int64_t o = begin; o < end; ++o) {
      double sum = 0;
      for (std::int64_t b = 0; b < s.batch; ++b) {
        const T* const row = from + (b * s.o + o) * s.pixels;
        pack<T, lanes> some(T(0));
        std::int64_t i = 0;
        for (; i + lanes <= s.pixels; i += lanes) some += impl::load<T, lanes>(row + i);
        for (; i < s.pixels; ++i) sum += static_cast<double>(row[i]);
        sum += static_cast<double>(impl::sum_lanes(some));
      }
      to[o] = static_cast<T>(sum);
    }
  });
  return d;
}

// Throws where an image with its padding, the result or the list of its pixels is more than memory can be.
void check_sizes(const shape_type& x, const shape_type& weight, std::int64_t stride, std::int64_t padding) {
  constexpr std::int64_t most = std::numeric_limits<std::ptrdiff_t>::max() / 64;
  const auto fits = [](std::initializer_list<std::int64_t> dims) {
    std::int64_t n = 1;
    for (const std::int64_t d : dims)
      if (__builtin_mul_overflow(n, std::max<std::int64_t>(d, 1), &n) || n > most) return false;
    return true;
  };
  bool ok = padding <= most && x[2] <= most && x[3] <= most;
  if (ok) {
    const std::int64_t h = x[2] + 2 * padding, w = x[3] + 2 * padding;
    const std::int64_t out_h = (h - weight[2]) / stride + 1, out_w = (w - weight[3]) / stride + 1;
    ok = fits({x[0], x[1], h, w}) && fits({x[0], weight[0], out_h, out_w});
  }
  check(ok, "conv2d", "the padding is ", padding, ", too much for images of shape ", x, " and a weight of shape ",
        weight);
}

template <class T>
void check_operands(const basic_tensor<T>& x, const basic_tensor<T>& weight, const basic_tensor<T>& bias,
                    std::int64_t stride, std::int64_t padding) {
  check(x.defined() && weight.defined(), "conv2d", "an operand is a tensor without storage");
  check(x.num_dims() == 4 && weight.num_dims() == 4 && x.shape()[1] == weight.shape()[1], "conv2d", "x has shape ",
        x.shape(), ", the weight ", weight.shape(), ", expected (batch, c, h, w) and (o, c, kh, kw)");
  check(!bias.defined() || bias.shape() == shape_type{weight.rows()}, "conv2d", "the bias has shape ", bias.shape(),
        ", expected (", weight.rows(), "), one number for each filter of the weight");
  check(stride >= 1 && padding >= 0, "conv2d", "expected a stride of at least 1 and a padding of at least 0, got ",
        stride, " and ", padding);
  check(weight.width() > 0, "conv2d", "the weight has shape ", weight.shape(), ": filters without elements");
  check_sizes(x.shape(), weight.shape(), stride, padding);
  for (const std::size_t d : {2u, 3u})
    check(x.shape()[d] + 2 * padding >= weight.shape()[d], "conv2d",
          "the filter is larger than the image: x has shape ", x.shape(), ", the weight ", weight.shape(),
          ", the padding is ", padding);
}

}  // namespace

template <std::floating_point T>
basic_tensor<T> conv2d(const basic_tensor<T>& x, const basic_tensor<T>& weight, const basic_tensor<T>& bias,
                       std::int64_t stride, std::int64_t padding) {
  check_operands(x, weight, bias, stride, padding);
  const conv_shape s(x.shape(), weight.shape(), stride, padding);
  auto y = basic_tensor<T>::uninitialized({s.batch, s.o, s.out_h, s.out_w});
  if (y.size() > 0) convolve(s, x.data(), weight.data(), bias.data(), y.mutable_data());
  if (needs_grad(x, weight, bias))
    record(
        y,
        [s, x = saved(weight.requires_grad() ? x : basic_tensor<T>()),
         w = saved(x.requires_grad() ? weight : basic_tensor<T>()), x_shape = x.shape(),
         w_shape = weight.shape()](const basic_tensor<T>& g, const vjp_inputs& in) {
          const bool empty = g.size() == 0;
          if (in.wants(0)) {
            basic_tensor<T> d(x_shape);
            if (!empty) impl::image_gradient<T>(s, w.get().data(), g.data())(d.mutable_data());
            in.add(0, d);
          }
          if (in.wants(1)) {
            basic_tensor<T> d(w_shape);
            if (!empty) impl::filter_gradient<T>(s, x.get().data(), g.data())(d.mutable_data());
            in.add(1, d);
          }
          if (in.wants(2)) in.add(2, bias_gradient(s, g));
        },
        x, weight, bias);
  return y;
}

#define EDGEFOLD_CONV2D(T)                                                                                   \
  template basic_tensor<T> conv2d<T>(const basic_tensor<T>&, const basic_tensor<T>&, const basic_tensor<T>&, \
                                     std::int64_t, std::int64_t)
EDGEFOLD_CONV2D(float);
EDGEFOLD_CONV2D(double);
#undef EDGEFOLD_CONV2D

}  // namespace edgefold
