/// The kernel of all dense products: a tile of the result that stays in registers. Private to the compiled library.
///
/// A product C += A B runs over slices of its depth. Within a slice A comes in panels of `rows` rows and B in panels of
/// `cols` columns, packed for the kernel; the order in which a product walks over panels is its own business. An
/// element of C is one chain of multiply-adds in the order of the depth, cut at slices: its bits depend neither on
/// tiles nor on threads.
#pragma once
#include <algorithm>

#include <edgefold/core/simd/memory.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Sizes: two packs a row, as many rows as leave registers for the operands; a slice of a panel of B is half of a
/// first-level cache.
template <class T>
struct register_tile {
  static constexpr int lanes = native_lanes<T>;
  static constexpr int rows = EDGEFOLD_PACK_BYTES == 64 ? 12 : 6;
  static constexpr int cols = 2 * lanes;
  static constexpr int depth = 16384 / (cols * static_cast<int>(sizeof(T)));  ///< most depth of a slice
  static constexpr int a_panel = rows * depth;                                ///< elements between panels of A
};

/// How the elements of a panel of A lie: row by row, each of `depth` elements, or the rows of one depth together.
enum class panel_order { by_row, by_depth };

/// The place of a tile in the result.
template <class T>
struct tile_target {
  T* row[register_tile<T>::rows];  ///< where each row begins; rows may overlap if they are added to
  int rows, cols;                  ///< those that exist
  bool add;                        ///< to what is there, or in its place
};

/// One tile over one slice: a panel of A times a panel of B (depth x cols, row-major).
template <panel_order Order, class T>
[[gnu::noinline]] void multiply_tile(const T* a, const T* b, std::int64_t depth, const tile_target<T>& to) {
  using sizes = register_tile<T>;
  constexpr int lanes = sizes::lanes;
  constexpr std::int64_t row_step = Order == panel_order::by_row ? sizes::depth : 1;
  constexpr std::int64_t depth_step = Order == panel_order::by_row ? 1 : sizes::rows;
  using raw = register_type<T, lanes>;
  raw sum[sizes::rows][2] = {};
  for (std::int64_t p = 0; p < depth; ++p, a += depth_step, b += sizes::cols) {
    const raw left = load<T, lanes>(b).v, right = load<T, lanes>(b + lanes).v;
#pragma GCC unroll 16
    for (int i = 0; i < sizes::rows; ++i) {
      sum[i][0] += a[i * row_step] * left;
      sum[i][1] += a[i * row_step] * right;
    }
  }
  // (Indices that the compiler knows: else it keeps the sums in memory.)
  if (to.cols == sizes::cols) {
#pragma GCC unroll 16
    for (int i = 0; i < sizes::rows; ++i)
#pragma GCC unroll 2
      for (int j = 0; j < 2; ++j) {
        if (i >= to.rows) return;
        T* at = to.row[i] + j * lanes;
        store<T, lanes>(at, to.add ? load<T, lanes>(at) + pack<T, lanes>(sum[i][j]) : pack<T, lanes>(sum[i][j]));
      }
    return;
  }
  const first_lanes<T, lanes> active[2] = {first_lanes<T, lanes>(std::min(lanes, to.cols)),
                                           first_lanes<T, lanes>(std::max(1, to.cols - lanes))};
#pragma GCC unroll 16
  for (int i = 0; i < sizes::rows; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) {
      if (i >= to.rows || j * lanes >= to.cols) continue;
      T* at = to.row[i] + j * lanes;
      store(at, to.add ? load(at, active[j]) + pack<T, lanes>(sum[i][j]) : pack<T, lanes>(sum[i][j]), active[j]);
    }
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
