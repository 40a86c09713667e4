/// A convolution as products of matrices: which elements of an image a filter meets at which pixel. Private to the
/// compiled library.
///
/// Images and filters are copied to channels-last order, images with their padding: the elements that one row of a
/// filter meets, kw * c of them, then lie together, and the matrix of all patches is read off the image as `kh` such
/// runs for each pixel; it is never made as a whole.
#pragma once
#include <vector>

#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/dense/private/panels.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Sizes, and where the patch of each pixel begins.
struct conv_shape {
  std::int64_t batch, c, h, w, o, kh, kw, stride, padding;
  std::int64_t out_h, out_w, pixels;  ///< of one image of the result
  std::int64_t row, image;            ///< elements of a row and of an image of the padded input, channels last
  std::int64_t run, patch;            ///< elements that a row of a filter meets, and the whole of it
  std::vector<std::int64_t> first;    ///< element of the image at which the patch of a pixel begins

  conv_shape(const shape_type& x, const shape_type& weight, std::int64_t step, std::int64_t border)
      : batch(x[0]),
        c(x[1]),
        h(x[2]),
        w(x[3]),
        o(weight[0]),
        kh(weight[2]),
        kw(weight[3]),
        stride(step),
        padding(border),
        out_h((h + 2 * padding - kh) / stride + 1),
        out_w((w + 2 * padding - kw) / stride + 1),
        pixels(out_h * out_w),
        row((w + 2 * padding) * c),
        image((h + 2 * padding) * row),
        run(kw * c),
        patch(kh * run) {
    first.reserve(static_cast<std::size_t>(pixels));
    for (std::int64_t i = 0; i < out_h; ++i)
      for (std::int64_t j = 0; j < out_w; ++j) first.push_back(i * stride * row + j * stride * c);
  }
  /// The same for pixel `q` of the whole batch.
  std::int64_t first_of(std::int64_t q) const {
    return q / pixels * image + first[static_cast<std::size_t>(q % pixels)];
  }
};

/// Elements that may be read behind a run: copies go by whole packs.
template <class T>
inline constexpr std::int64_t run_slack = 2 * register_tile<T>::cols;

/// Copies `count` elements, and up to `run_slack` of what lies behind them.
template <class T>
[[gnu::always_inline]] inline void copy_run(const T* from, std::int64_t count, T* to) {
  constexpr int n = register_tile<T>::cols;
  if (count > 4 * n) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
  } else {
    for (std::int64_t i = 0; i < count; i += n) std::memcpy(to + i, from + i, n * sizeof(T));
  }
}

/// (n, c, h, w) to (n, h + 2 padding, w + 2 padding, c), zeros around each image.
template <class T>
void to_channels_last(const T* from, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w,
                      std::int64_t padding, T* to) {
  const std::int64_t row = (w + 2 * padding) * c, image = (h + 2 * padding) * row;
  parallel_for(n, std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(1, image)),
               [=](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t b = begin; b < end; ++b) {
                   const T* const source = from + b * c * h * w;
                   T* const target = to + b * image;
                   if (padding == 0) {
                     transpose_block(source, h * w, c, h * w, target, c);
                     continue;
                   }
                   std::fill_n(target, image, T(0));
                   for (std::int64_t y = 0; y < h; ++y)
                     transpose_block(source + y * w, h * w, c, w, target + (y + padding) * row + padding * c, c);
                 }
               });
}

/// The inverse for one image of `c` channels whose rows lie `row` elements apart: the h x w pixels from `from` on.
template <class T>
void from_channels_last(const T* from, std::int64_t row, std::int64_t c, std::int64_t h, std::int64_t w, T* to) {
  if (row == w * c) return transpose_block(from, c, h * w, c, to, h * w);
  for (std::int64_t y = 0; y < h; ++y) transpose_block(from + y * row, c, w, c, to + y * w, h * w);
}

/// (batch, h + 2 padding, w + 2 padding, c), and what may be read behind it.
template <class T>
buffer<T> padded_images(const conv_shape& s, const T* x) {
  buffer<T> images(s.batch * s.image + run_slack<T>);
  to_channels_last(x, s.batch, s.c, s.h, s.w, s.padding, images.data());
  return images;
}

/// (o, kh, kw, c): the rows of a matrix (o, patch).
template <class T>
buffer<T> filter_rows(const conv_shape& s, const T* weight) {
  buffer<T> rows(s.o * s.patch);
  to_channels_last(weight, s.o, s.c, s.kh, s.kw, 0, rows.data());
  return rows;
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
