/// The gradients of a convolution. Private to the compiled library.
#pragma once
#include <edgefold/ops/dense/private/conv_shape.hpp>
#include <edgefold/ops/dense/private/gemm.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// The gradient of the images: every pixel adds (its o gradients) x (o, patch) to where its patch is. One task owns
/// some images; a row of a filter is contiguous there, so that the products are added where they belong.
template <class T>
class image_gradient {
 public:
  image_gradient(const conv_shape& s, const T* weight, const T* g)
      : s_(s), g_(g), panels_(col_panels<T>(s.run)), packed_(s.kh * panels_ * s.o * width) {
    const buffer<T> filters = filter_rows(s, weight);
    parallel_for(s.kh * panels_, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t t = begin; t < end; ++t) {
        const std::int64_t column = t % panels_ * width;
        pack_columns(filters.data() + t / panels_ * s.run + column, s.patch, std::min(width, s.run - column), s.o,
                     packed_.data() + t * s.o * width);
      }
    });
  }

  void operator()(T* dx) const {
    const std::int64_t fit = (1 << 20) / static_cast<std::int64_t>(sizeof(T)) / std::max<std::int64_t>(1, s_.image);
    const std::int64_t group = std::max<std::int64_t>(1, std::min(96 / s_.pixels, fit));
    parallel_for(s_.batch, group, [&](std::int64_t b, std::int64_t end) {
      const std::int64_t of_a = row_panels<T>(block) * register_tile<T>::a_panel, size = (end - b) * s_.image;
      const buffer<T> memory(of_a + size);
      T* const a = memory.data();
      T* const images = a + of_a;
      std::fill_n(images, size, T(0));
      for (std::int64_t q = b * s_.pixels; q < end * s_.pixels; q += block)
        add_pixels(q, std::min(block, end * s_.pixels - q), a, images - b * s_.image);
      for (std::int64_t i = b; i < end; ++i)
        from_channels_last(images + (i - b) * s_.image + s_.padding * (s_.row + s_.c), s_.row, s_.c, s_.h, s_.w,
                           dx + i * s_.c * s_.h * s_.w);
    });
  }

 private:
  static constexpr std::int64_t width = register_tile<T>::cols, block = block_rows;

  // Adds to `images` what pixels [q, q + rows) of the batch give.
  void add_pixels(std::int64_t q, std::int64_t rows, T* a, T* images) const {
    T* at[block];
    for (std::int64_t i = 0; i < rows; ++i) at[i] = images + s_.first_of(q + i);
    for (std::int64_t p = 0; p < s_.o; p += register_tile<T>::depth) {
      const std::int64_t depth = std::min<std::int64_t>(register_tile<T>::depth, s_.o - p);
      pack_gradients(q, rows, p, depth, a);
      for (std::int64_t t = 0; t < s_.kh * panels_; ++t) {
        const std::int64_t column = t % panels_ * width, offset = t / panels_ * s_.row + column;
        tile_target<T> to;
        to.cols = static_cast<int>(std::min(width, s_.run - column));
        to.add = true;
        for (std::int64_t i = 0; i < rows; i += register_tile<T>::rows) {
          to.rows = static_cast<int>(std::min<std::int64_t>(register_tile<T>::rows, rows - i));
          for (int k = 0; k < to.rows; ++k) to.row[k] = at[i + k] + offset;
          multiply_tile<panel_order::by_depth>(a + i * register_tile<T>::depth, packed_.data() + (t * s_.o + p) * width,
                                               depth, to);
        }
      }
    }
  }

  // Gradients of channels [first, first + depth) at pixels [q, q + rows), as panels.
  void pack_gradients(std::int64_t q, std::int64_t rows, std::int64_t first, std::int64_t depth, T* to) const {
    constexpr std::int64_t n = register_tile<T>::rows;
    for (std::int64_t i = 0; i < row_panels<T>(rows) * n; ++i) {
      const std::int64_t r = std::min(i, rows - 1);  // a row that exists, where the last panel has none
      const T* const from = g_ + ((q + r) / s_.pixels * s_.o + first) * s_.pixels + (q + r) % s_.pixels;
      T* const at = to + i / n * register_tile<T>::a_panel + i % n;
      for (std::int64_t p = 0; p < depth; ++p) at[p * n] = from[p * s_.pixels];
    }
  }

  const conv_shape& s_;
  const T* g_;
  std::int64_t panels_;  // of a row of a filter
  buffer<T> packed_;
};

// The gradient of the filters: (o, batch * pixels) times patches (batch * pixels, patch), in tasks of some filters,
// some elements of the patch, and where that makes few tasks a part of the pixels.
template <class T>
class filter_gradient {
 public:
  filter_gradient(const conv_shape& s, const T* x, const T* g)
      : s_(s), g_(g), images_(padded_images(s, x)), pixels_(s.batch * s.pixels) {
    row_blocks_ = (s.o - 1) / block_o + 1;
    col_blocks_ = (s.patch - 1) / block_patch + 1;
    const std::int64_t most = std::max<std::int64_t>(1, 32 / (row_blocks_ * col_blocks_));
    parts_ = std::max<std::int64_t>(1, std::min(most, pixels_ / 1024));
    part_ = ((pixels_ - 1) / parts_ / register_tile<T>::depth + 1) * register_tile<T>::depth;
    parts_ = (pixels_ - 1) / part_ + 1;
  }

  void operator()(T* dw) const {
    const std::int64_t size = s_.o * s_.patch, blocks = row_blocks_ * col_blocks_;
    const buffer<T> sums(parts_ * size);
    parallel_for(parts_ * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t t = begin; t < end; ++t)
        add_part(t / blocks * part_, std::min((t / blocks + 1) * part_, pixels_), t % blocks / col_blocks_ * block_o,
                 t % col_blocks_ * block_patch, sums.data() + t / blocks * size);
    });
    if (parts_ > 1) add_parts(sums.data(), parts_, size, sums.data());
    parallel_for(s_.o, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        from_channels_last(sums.data() + i * s_.patch, s_.run, s_.c, s_.kh, s_.kw, dw + i * s_.patch);
    });
  }

 private:
  static constexpr std::int64_t block_o = 384, block_patch = 512;

  // Sums over pixels [first, last) of a block of filters and elements.
  void add_part(std::int64_t first, std::int64_t last, std::int64_t o, std::int64_t column, T* sums) const {
    constexpr std::int64_t width = register_tile<T>::cols;
    const std::int64_t rows = std::min(block_o, s_.o - o), end = std::min(column + block_patch, s_.patch);
    const std::int64_t of_a = row_panels<T>(rows) * register_tile<T>::a_panel;
    const buffer<T> memory(of_a + register_tile<T>::depth * width + run_slack<T>);
    T* const a = memory.data();
    for (std::int64_t q = first; q < last; q += register_tile<T>::depth) {
      const std::int64_t depth = std::min<std::int64_t>(register_tile<T>::depth, last - q);
      pack_gradients(q, depth, o, rows, a);
      const T* from[register_tile<T>::depth];
      for (std::int64_t p = 0; p < depth; ++p) from[p] = images_.data() + s_.first_of(q + p);
      for (std::int64_t j = column; j < end; j += width) {
        const std::int64_t cols = std::min(width, end - j);
        pack_patch_columns(from, depth, j, cols, a + of_a);
        multiply_panels<panel_order::by_row>(a, a + of_a, depth, sums + o * s_.patch + j, s_.patch, rows, cols,
                                             q > first);
      }
    }
  }

  // Gradients of filters [o, o + rows) at pixels [q, q + depth), as panels.
  void pack_gradients(std::int64_t q, std::int64_t depth, std::int64_t o, std::int64_t rows, T* to) const {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t p = 0, n; p < depth; p += n) {
        const std::int64_t b = (q + p) / s_.pixels, pixel = (q + p) % s_.pixels;
        n = std::min(s_.pixels - pixel, depth - p);
        std::copy_n(g_ + (b * s_.o + o + i) * s_.pixels + pixel, n, to + i * register_tile<T>::depth + p);
      }
    pad_panel_by_row(rows, depth, to);
  }

  // Elements [column, column + cols) of the patches that begin at `from`, as a panel of B.
  void pack_patch_columns(const T* const* from, std::int64_t depth, std::int64_t column, std::int64_t cols,
                          T* to) const {
    constexpr std::int64_t width = register_tile<T>::cols;
    std::int64_t offset[width], count[width], runs = 0;  // the pieces of rows of a filter that the columns are
    for (std::int64_t j = 0; j < cols; j += count[runs++]) {
      const std::int64_t v = (column + j) % s_.run;
      offset[runs] = (column + j) / s_.run * s_.row + v;
      count[runs] = std::min(s_.run - v, cols - j);
    }
    for (std::int64_t p = 0; p < depth; ++p) {
      prefetch(from[p] + offset[0] + width);  // of the next panel
      T* at = to + p * width;
      for (std::int64_t r = 0; r < runs; at += count[r++])
        std::memcpy(at, from[p] + offset[r], width * sizeof(T));  // and what the next piece writes over
    }
  }

  const conv_shape& s_;
  const T* g_;
  buffer<T> images_;
  std::int64_t pixels_, row_blocks_, col_blocks_, parts_, part_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
