#include <edgefold/ops/dense/shape_ops.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/memory.hpp>
#include <edgefold/ops/dense/private/add_rows.hpp>
#include <edgefold/ops/dense/private/least_work.hpp>

#include <limits>

namespace edgefold {
namespace {

constexpr std::int64_t ahead = 32;  // rows from the current one to the one prefetched

template <class T>
basic_tensor<T> gathered(const basic_tensor<T>& x, const id_list& ids) {
  shape_type shape = x.shape();
  shape[0] = ids.size();
  auto y = basic_tensor<T>::uninitialized(std::move(shape));
  const std::int64_t width = x.width();
  ids.visit([&](const auto& rows) {
    parallel_for(ids.size(), detail::least_work / (width + 8),
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

template <class T>
basic_tensor<T> scattered(const basic_tensor<T>& x, const id_list& ids, std::int64_t num_rows) {
  shape_type shape = x.shape();
  shape[0] = num_rows;
  basic_tensor<T> y(std::move(shape));
  detail::add_rows(x.data(), ids.to_int32().data(), x.rows(), x.width(), y.mutable_data(), num_rows);
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
