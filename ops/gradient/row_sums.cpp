#include <edgefold/ops/gradient/row_sums.hpp>

#include <edgefold/core/parallel.hpp>

#include <algorithm>

namespace edgefold::detail {

template <std::floating_point T>
basic_tensor<T> sum_rows(const basic_tensor<T>& t) {
  constexpr std::int64_t chunk = 32, chunks_of_task = 16;
  shape_type shape = t.shape();
  shape[0] = 1;
  if (t.rows() == 0) return basic_tensor<T>(shape);
  const std::int64_t width = t.width(), chunks = (t.rows() - 1) / chunk + 1;
  basic_tensor<T> partial({chunks, width});
  T* parts = partial.mutable_data();
  const T* rows = t.data();
  parallel_for(t.rows(), chunk * chunks_of_task, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      T* sum = parts + r / chunk * width;
      for (std::int64_t c = 0; c < width; ++c) sum[c] += rows[r * width + c];
    }
  });
  return (chunks > 1 ? sum_rows(partial) : partial).reshape(shape);
}

template <std::floating_point T>
void add_rows(const T* from, const vertex_id* rows, std::int64_t count, std::int64_t width, T* to,
              std::int64_t num_rows) {
  // Each task owns some rows of `to` and passes over the others: the order in each is that of i whatever their number.
  constexpr std::int64_t worth_a_task = 1 << 14;
  const std::int64_t tasks = std::clamp<std::int64_t>(count * width / worth_a_task, 1, 4 * num_threads());
  const std::int64_t share = (num_rows - 1) / tasks + 1;
  parallel_for(num_rows, share, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = 0; i < count; ++i) {
      if (rows[i] < begin || rows[i] >= end) continue;
      T* row = to + rows[i] * width;
      for (std::int64_t c = 0; c < width; ++c) row[c] += from[i * width + c];
    }
  });
}

template <std::floating_point T>
void add_chunks(const std::vector<hub_chunk>& chunks, const T* parts, std::int64_t width, T* to) {
  for (const hub_chunk& c : chunks) {
    T* row = to + c.group * width;
    for (std::int64_t j = 0; j < width; ++j) row[j] = c.first ? parts[j] : row[j] + parts[j];
    parts += width;
  }
}

#define EDGEFOLD_ROW_SUMS(T)                                                                           \
  template basic_tensor<T> sum_rows<T>(const basic_tensor<T>&);                                        \
  template void add_rows<T>(const T*, const vertex_id*, std::int64_t, std::int64_t, T*, std::int64_t); \
  template void add_chunks<T>(const std::vector<hub_chunk>&, const T*, std::int64_t, T*)
EDGEFOLD_ROW_SUMS(float);
EDGEFOLD_ROW_SUMS(double);
#undef EDGEFOLD_ROW_SUMS

}  // namespace edgefold::detail
