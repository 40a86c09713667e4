#include <edgefold/ops/dense/private/add_rows.hpp>

#include <edgefold/core/memory.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/core/simd/partial_fold.hpp>

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

// Whether a row is named more often than a sum has terms in one part.
bool names_one_often(const vertex_id* rows, std::int64_t count, std::int64_t num_rows) {
  if (count <= impl::part_length) return false;
  const buffer<unsigned char> times(num_rows);
  std::fill_n(times.data(), num_rows, 0);
  return std::any_of(rows, rows + count, [&](vertex_id r) { return times.data()[r]++ == impl::part_length; });
}

// Each task owns some rows of `to` and passes over the others. No row is named often.
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

// Sorted by where they go: each row adds up its own, floats in parts that are joined in double.
template <class T>
void add_dense(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
               std::int64_t num_rows) {
  constexpr std::int64_t tile = 32;  // columns of a task: a few rows that many ids name still occupy some threads
  constexpr std::int64_t least_work = 1 << 15;
  const std::int64_t tiles = (width + tile - 1) / tile;
  const auto keys = view_of(rows, count, nullptr);
  const edge_groups groups = group_edges(keys, keys, num_rows).view(num_rows);
  auto add_tile = [=, &groups](std::int64_t row, std::int64_t column) {
    using total = std::conditional_t<std::floating_point<T>, double, T>;
    T part[tile];
    total sums[tile] = {};
    T* const target = to + row * width + column;
    const std::int64_t columns = std::min(tile, width - column);
    std::copy_n(target, columns, part);
    for (std::int64_t k = groups.offsets[row], end = groups.offsets[row + 1]; k < end;) {
      for (const std::int64_t stop = std::min<std::int64_t>(k + impl::part_length, end); k < stop; ++k) {
        const T* const source = from + groups.id_at(k) * width + column;
        for (std::int64_t j = 0; j < columns; ++j) add(part[j], source[j]);
      }
      if (k == end) break;
      for (std::int64_t j = 0; j < columns; ++j) add(sums[j], static_cast<total>(part[j])), part[j] = 0;
    }
    for (std::int64_t j = 0; j < columns; ++j) {
      add(sums[j], static_cast<total>(part[j]));
      target[j] = static_cast<T>(sums[j]);
    }
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
  if (count < num_rows && !(std::floating_point<T> && names_one_often(rows, count, num_rows)))
    add_sparse(from, rows, count, width, to, num_rows);
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
