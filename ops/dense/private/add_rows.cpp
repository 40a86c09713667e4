#include <edgefold/ops/dense/private/add_rows.hpp>

#include <edgefold/core/memory.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/ops/dense/private/least_work.hpp>

#include <algorithm>
#include <type_traits>
#include <vector>

namespace edgefold::detail {
namespace {

// Integers wrap.
template <class T>
void add(T& a, T b) {
  if constexpr (std::floating_point<T>) a += b;
  else a = static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) + static_cast<std::make_unsigned_t<T>>(b));
}

// Rows of `to` that are named more often than a sum has terms in one part: their sums run in double.
template <class T>
class long_sums {
 public:
  long_sums(const vertex_id* rows, std::int64_t count, std::int64_t num_rows, std::int64_t width) : width_(width) {
    if (!std::same_as<T, float> || count <= impl::part_length) return;
    unsigned char* const times = times_.at_least(num_rows);
    std::int32_t* const place = place_.at_least(num_rows);
    std::fill_n(times, num_rows, 0);
    for (const vertex_id* row = rows; row < rows + count; ++row) {
      if (times[*row] == often || ++times[*row] < often) continue;
      place[*row] = static_cast<std::int32_t>(rows_.size());
      rows_.push_back(*row);
    }
    sums_.resize(rows_.size() * static_cast<std::size_t>(width));
  }
  double* of(vertex_id row) {
    if (rows_.empty() || times_.data()[row] != often) return nullptr;
    return sums_.data() + place_.data()[row] * width_;
  }
  /// Of rows begin .. end - 1.
  void add_to(T* to, std::int64_t begin, std::int64_t end) {
    const double* sum = sums_.data();
    for (const vertex_id row : rows_) {
      if (row >= begin && row < end)
        for (std::int64_t c = 0; c < width_; ++c) {
          T& total = to[row * width_ + c];
          total = static_cast<T>(static_cast<double>(total) + sum[c]);
        }
      sum += width_;
    }
  }

 private:
  static constexpr int often = impl::part_length + 1;
  std::int64_t width_;
  buffer<unsigned char> times_;  // each is named, up to `often`
  buffer<std::int32_t> place_;   // of those named so often, in rows_
  std::vector<vertex_id> rows_;
  std::vector<double> sums_;
};

// Each task owns some rows of `to` and passes over the others.
template <class T>
void add_sparse(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
                std::int64_t num_rows) {
  constexpr std::int64_t worth_a_task = 1 << 14;
  const std::int64_t tasks = std::clamp<std::int64_t>(count * width / worth_a_task, 1, 4 * num_threads());
  long_sums<T> sums(rows, count, num_rows, width);
  parallel_for(num_rows, (num_rows - 1) / tasks + 1, [=, &sums](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = 0; i < count; ++i) {
      if (rows[i] < begin || rows[i] >= end) continue;
      const T* const row = from + i * width;
      if (double* const sum = sums.of(rows[i]))
        for (std::int64_t c = 0; c < width; ++c) sum[c] += static_cast<double>(row[c]);
      else
        for (std::int64_t c = 0; c < width; ++c) add(to[rows[i] * width + c], row[c]);
    }
    sums.add_to(to, begin, end);
  });
}

// Sorted by where they go: each row adds up its own, floats in parts that are joined in double.
template <class T>
void add_dense(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
               std::int64_t num_rows) {
  constexpr std::int64_t tile = 32;  // columns of a task: a few rows that many ids name still occupy some threads
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
