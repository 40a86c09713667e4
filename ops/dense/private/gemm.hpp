/// Products of matrices in memory, parallel. Private to the compiled library.
#pragma once
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/dense/private/panels.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// c = a b: (rows x depth) (depth x cols), all row-major, a and b perhaps given as their transposes; or `batch` such
/// products, whose matrices lie one behind another.
template <class T>
struct matrix_product {
  const T *a, *b;
  T* c;
  std::int64_t rows, depth, cols, batch = 1;
  bool a_transposed = false, b_transposed = false;
};

/// A part of a product: of its result, and of its depth.
struct product_part {
  std::int64_t row, rows, col, cols, first, last;
};

/// Rows of a part. (A block of A then fits a second-level cache, and packing B costs a few per cent.)
inline constexpr std::int64_t block_rows = 192;

/// Computes one part of the product number `b` of a batch into `c`, where row 0 and column 0 of the result would be.
template <panel_order Order, class T>
void multiply_part(const matrix_product<T>& x, std::int64_t b, const product_part& part, T* c) {
  using sizes = register_tile<T>;
  const T *from_a = x.a + b * x.rows * x.depth, *from_b = x.b + b * x.depth * x.cols;
  const buffer<T> memory(row_panels<T>(part.rows) * sizes::a_panel + sizes::depth * sizes::cols);
  T* const panels = memory.data();
  T* const panel = panels + row_panels<T>(part.rows) * sizes::a_panel;
  for (std::int64_t p = part.first; p < part.last; p += sizes::depth) {
    const std::int64_t depth = std::min<std::int64_t>(sizes::depth, part.last - p);
    if constexpr (Order == panel_order::by_row)
      pack_by_row(from_a + part.row * x.depth + p, x.depth, part.rows, depth, panels);
    else pack_by_depth(from_a + p * x.rows + part.row, x.rows, part.rows, depth, panels);
    for (std::int64_t j = part.col; j < part.col + part.cols; j += sizes::cols) {
      const std::int64_t cols = std::min<std::int64_t>(sizes::cols, part.col + part.cols - j);
      if (x.b_transposed) pack_columns_transposed(from_b + j * x.depth + p, x.depth, cols, depth, panel);
      else pack_columns(from_b + p * x.cols + j, x.cols, cols, depth, panel);
      multiply_panels<Order>(panels, panel, depth, c + part.row * x.cols + j, x.cols, part.rows, cols, p > part.first);
    }
  }
}

/// How a product is cut into tasks.
template <class T>
struct product_cut {
  std::int64_t row_blocks, col_blocks, block_cols, depth_parts, part_depth, grain;

  explicit product_cut(const matrix_product<T>& x) {
    constexpr std::int64_t least_work = 1 << 20;  // multiply-adds worth a task
    using sizes = register_tile<T>;
    row_blocks = (x.rows - 1) / block_rows + 1;
    // A small result of many terms is summed in parts of fixed length: the only cut that changes bits.
    const bool deep = x.batch == 1 && x.depth >= 4096 && x.rows * x.cols <= 1 << 16;
    part_depth = std::max<std::int64_t>(2048, (x.depth / 64 / sizes::depth + 1) * sizes::depth);
    if (!deep) part_depth = x.depth;
    depth_parts = (x.depth - 1) / part_depth + 1;
    const std::int64_t work = x.batch * x.rows * x.cols * x.depth;
    const std::int64_t wanted = std::min<std::int64_t>(4 * num_threads(), work / least_work + 1);
    const std::int64_t others = x.batch * row_blocks * depth_parts;
    const std::int64_t panels = std::max<std::int64_t>(4, (col_panels<T>(x.cols) * others + wanted - 1) / wanted);
    block_cols = std::min(panels * sizes::cols, x.cols);
    col_blocks = (x.cols - 1) / block_cols + 1;
    const std::int64_t tasks = others * col_blocks;
    grain = std::max<std::int64_t>(1, least_work / std::max<std::int64_t>(1, work / tasks));
  }
};

/// to = the sum of `count` parts of `size` elements each, in order.
template <class T>
void add_parts(const T* parts, std::int64_t count, std::int64_t size, T* to) {
  parallel_for(size, 1 << 14, [=](std::int64_t begin, std::int64_t end) {
    std::copy(parts + begin, parts + end, to + begin);
    for (std::int64_t k = 1; k < count; ++k)
      for (std::int64_t i = begin; i < end; ++i) to[i] += parts[k * size + i];
  });
}

/// Computes the product. Its bits do not depend on the number of threads.
template <class T>
void multiply(const matrix_product<T>& x) {
  const std::int64_t size = x.rows * x.cols;
  if (x.batch * size == 0) return;
  if (x.depth == 0) return static_cast<void>(std::fill_n(x.c, x.batch * size, T(0)));
  const product_cut<T> cut(x);
  const buffer<T> memory(cut.depth_parts > 1 ? cut.depth_parts * size : 0);
  T* const parts = cut.depth_parts > 1 ? memory.data() : x.c;
  auto task = [&](std::int64_t t) {
    const std::int64_t j = t % cut.col_blocks, i = t / cut.col_blocks % cut.row_blocks;
    const std::int64_t d = t / (cut.col_blocks * cut.row_blocks) % cut.depth_parts;
    const std::int64_t b = t / (cut.col_blocks * cut.row_blocks * cut.depth_parts);
    product_part part;
    part.row = i * block_rows;
    part.rows = std::min(block_rows, x.rows - part.row);
    part.col = j * cut.block_cols;
    part.cols = std::min(cut.block_cols, x.cols - part.col);
    part.first = d * cut.part_depth;
    part.last = std::min(part.first + cut.part_depth, x.depth);
    T* const c = parts + (b * cut.depth_parts + d) * size;
    if (x.a_transposed) multiply_part<panel_order::by_depth>(x, b, part, c);
    else multiply_part<panel_order::by_row>(x, b, part, c);
  };
  parallel_for(x.batch * cut.depth_parts * cut.row_blocks * cut.col_blocks, cut.grain,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t t = begin; t < end; ++t) task(t);
               });
  if (cut.depth_parts > 1) add_parts(parts, cut.depth_parts, size, x.c);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
