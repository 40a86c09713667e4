#include <edgefold/ops/dense/shape_ops.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/core/simd/memory.hpp>

#include <limits>

namespace edgefold {
namespace {

constexpr std::int64_t least_work = 1 << 15;  // elements worth a task
constexpr std::int64_t ahead = 32;            // rows from the one in hand to the one asked for

template <class T>
basic_tensor<T> gathered(const basic_tensor<T>& x, const id_list& ids) {
  shape_type shape = x.shape();
  shape[0] = ids.size();
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  const std::int64_t width = x.width();
  ids.visit([&](const auto& rows) {
    parallel_for(ids.size(), least_work / (width + 8),
                 [from = x.data(), id = rows.data(), to = y.mutable_data(), width](std::int64_t i, std::int64_t end) {
                   const auto take = [&](std::int64_t k) {
                     if (width == 1) to[k] = from[id[k]];  // a call of memmove takes longer
                     else std::copy_n(from + id[k] * width, width, to + k * width);
                   };
                   for (; i < end - ahead; ++i) impl::prefetch(from + id[i + ahead] * width), take(i);
                   for (; i < end; ++i) take(i);
                 });
  });
  return y;
}

// Rows of x grouped by where they go: each row of the result adds up its own in the order of the ids.
template <class T>
basic_tensor<T> scattered(const basic_tensor<T>& x, const id_list& ids, std::int64_t num_rows) {
  constexpr std::int64_t tile = 32;  // columns of a task: a few rows that many ids name still occupy some threads
  shape_type shape = x.shape();
  shape[0] = num_rows;
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  const std::int64_t width = x.width(), tiles = (width + tile - 1) / tile;
  if (num_rows * tiles == 0) return y;
  const auto keys = ids.to_int32();
  const edge_groups groups = detail::group_edges(keys, keys, num_rows).view(num_rows);
  auto add_rows = [&, from = x.data(), to = y.mutable_data()](std::int64_t row, std::int64_t column) {
    T sums[tile] = {};
    const std::int64_t columns = std::min(tile, width - column);
    for (std::int64_t k = groups.offsets[row]; k < groups.offsets[row + 1]; ++k) {
      const T* const source = from + groups.id_at(k) * width + column;
      for (std::int64_t j = 0; j < columns; ++j) sums[j] += source[j];
    }
    std::copy_n(sums, columns, to + row * width + column);
  };
  const std::int64_t work = (ids.size() / num_rows + 1) * std::min(width, tile) + 16;
  parallel_for(num_rows * tiles, least_work / work, [&](std::int64_t t, std::int64_t end) {
    for (; t < end; ++t) add_rows(t / tiles, t % tiles * tile);
  });
  return y;
}

void check_few_rows(std::int64_t rows, std::string_view operation) {
  check(rows >= 0 && rows <= std::numeric_limits<std::int32_t>::max(), operation,
        "expected from 0 to 2^31 - 1 rows, got ", rows);
}

}  // namespace

template <element T>
basic_tensor<T> gather_rows(const basic_tensor<T>& x, const id_list& ids) {
  check(x.defined(), "gather_rows", "x is a tensor without storage");
  ids.check_range(x.rows(), "gather_rows", "id");
  auto y = gathered(x, ids);
  if constexpr (std::floating_point<T>)
    if (needs_grad(x)) {
      check_few_rows(x.rows(), "gather_rows");
      ids.visit([&](const auto& numbers) {
        record(
            y,
            [numbers = saved(numbers), rows = x.rows()](const basic_tensor<T>& g, const vjp_inputs& in) {
              in.add(0, scattered(g, numbers.get(), rows));
            },
            x);
      });
    }
  return y;
}

template <element T>
requires(!std::same_as<T, bool>) basic_tensor<T> scatter_rows(const basic_tensor<T>& x, const id_list& ids,
                                                              std::int64_t num_rows) {
  check(x.defined(), "scatter_rows", "x is a tensor without storage");
  check(ids.size() == x.rows(), "scatter_rows", ids.size(), " ids for the ", x.rows(), " rows of x");
  check_few_rows(num_rows, "scatter_rows");
  ids.check_range(num_rows, "scatter_rows", "id");
  auto y = scattered(x, ids, num_rows);
  if constexpr (std::floating_point<T>)
    if (needs_grad(x))
      ids.visit([&](const auto& numbers) {
        record(
            y,
            [numbers = saved(numbers)](const basic_tensor<T>& g, const vjp_inputs& in) {
              in.add(0, gathered(g, id_list(numbers.get())));
            },
            x);
      });
  return y;
}

#define EDGEFOLD_GATHER_ROWS(T) template basic_tensor<T> gather_rows(const basic_tensor<T>&, const id_list&)
EDGEFOLD_GATHER_ROWS(float);
EDGEFOLD_GATHER_ROWS(double);
EDGEFOLD_GATHER_ROWS(std::int32_t);
EDGEFOLD_GATHER_ROWS(std::int64_t);
EDGEFOLD_GATHER_ROWS(bool);
#undef EDGEFOLD_GATHER_ROWS

#define EDGEFOLD_SCATTER_ROWS(T) \
  template basic_tensor<T> scatter_rows(const basic_tensor<T>&, const id_list&, std::int64_t)
EDGEFOLD_SCATTER_ROWS(float);
EDGEFOLD_SCATTER_ROWS(double);
EDGEFOLD_SCATTER_ROWS(std::int32_t);
EDGEFOLD_SCATTER_ROWS(std::int64_t);
#undef EDGEFOLD_SCATTER_ROWS

}  // namespace edgefold
