#include <edgefold/ops/dense/private/add_rows.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/private/edge_sort.hpp>

#include <algorithm>
#include <type_traits>

namespace edgefold::detail {
namespace {

// Integers wrap.
template <class T>
void add(T& a, T b) {
  if constexpr (std::floating_point<T>) a += b;
  else a = static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) + static_cast<std::make_unsigned_t<T>>(b));
}

// Each task owns some rows of `to` and passes over the others.
template <class T>
void add_sparse(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
                std::int64_t num_rows) {
  constexpr std::int64_t worth_a_task = 1 << 14;
  const std::int64_t tasks = std::clamp<std::int64_t>(count * width / worth_a_task, 1, 4 * num_threads());
  parallel_for(num_rows, (num_rows - 1) / tasks + 1, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = 0; i < count; ++i) {
      if (rows[i] < begin || rows[i] >= end) continue;
      T* const row = to + rows[i] * width;
      for (std::int64_t c = 0; c < width; ++c) add(row[c], from[i * width + c]);
    }
  });
}

// Sorted by where they go: each row adds up its own.
template <class T>
void add_dense(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
               std::int64_t num_rows) {
  constexpr std::int64_t tile = 32;  // columns of a task: a few rows that many ids name still occupy some threads
  constexpr std::int64_t least_work = 1 << 15;
  const std::int64_t tiles = (width + tile - 1) / tile;
  const auto keys = view_of(rows, count, nullptr);
  const edge_groups groups = group_edges(keys, keys, num_rows).view(num_rows);
  auto add_tile = [=, &groups](std::int64_t row, std::int64_t column) {
    T sums[tile];
    T* const target = to + row * width + column;
    const std::int64_t columns = std::min(tile, width - column);
    std::copy_n(target, columns, sums);
    for (std::int64_t k = groups.offsets[row]; k < groups.offsets[row + 1]; ++k) {
      const T* const source = from + groups.id_at(k) * width + column;
      for (std::int64_t j = 0; j < columns; ++j) add(sums[j], source[j]);
    }
    std::copy_n(sums, columns, target);
  };
  const std::int64_t work = (count / num_rows + 1) * std::min(width, tile) + 16;
  parallel_for(num_rows * tiles, least_work / work, [=](std::int64_t t, std::int64_t end) {
    for (; t < end; ++t) add_tile(t / tiles, t % tiles * tile);
  });
}

}  // namespace

template <element T>
requires(!std::same_as<T, bool>) void add_rows(const T* from, const vertex_id* rows, std::int64_t count,
                                               std::int64_t width, T* to, std::int64_t num_rows) {
  if (count * width == 0) return;
  if (count < num_rows) add_sparse(from, rows, count, width, to, num_rows);
  else add_dense(from, rows, count, width, to, num_rows);
}

#define EDGEFOLD_ADD_ROWS(T) \
  template void add_rows<T>(const T*, const vertex_id*, std::int64_t, std::int64_t, T*, std::int64_t)
EDGEFOLD_ADD_ROWS(float);
EDGEFOLD_ADD_ROWS(double);
EDGEFOLD_ADD_ROWS(std::int32_t);
EDGEFOLD_ADD_ROWS(std::int64_t);
#undef EDGEFOLD_ADD_ROWS

}  // namespace edgefold::detail
