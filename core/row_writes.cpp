#include <edgefold/core/row_writes.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>

#include <algorithm>

namespace edgefold::detail {
namespace {

// Calls copy(i, ids[i]) for all ids.
template <class Copy>
void each_row(const id_list& ids, std::int64_t width, const Copy& copy) {
  ids.visit([&](const auto& t) {
    parallel_for(t.size(), (1 << 15) / (width + 8) + 1, [&, id = t.data()](std::int64_t i, std::int64_t end) {
      for (; i < end; ++i) copy(i, static_cast<std::int64_t>(id[i]));
    });
  });
}

template <class T>
basic_tensor<T> rows_at(const basic_tensor<T>& t, const id_list& ids) {
  const std::int64_t width = t.width();
  shape_type shape = t.shape();
  shape[0] = ids.size();
  auto rows = basic_tensor<T>::uninitialized(std::move(shape));
  each_row(ids, width, [=, from = t.data(), to = rows.mutable_data()](std::int64_t i, std::int64_t id) {
    std::copy_n(from + id * width, width, to + i * width);
  });
  return rows;
}

}  // namespace

template <element T>
void write_rows_at(basic_tensor<T>& t, const id_list& ids, const basic_tensor<T>& rows) {
  const std::int64_t width = t.width();
  each_row(ids, width, [=, from = rows.data(), to = t.mutable_data()](std::int64_t i, std::int64_t id) {
    std::copy_n(from + i * width, width, to + id * width);
  });
}

template <element T>
basic_tensor<T> with_rows(const basic_tensor<T>& t, const id_list& ids, const basic_tensor<T>& rows) {
  basic_tensor<T> out(t.shape(), t.values());
  write_rows_at(out, ids, rows);
  if constexpr (std::floating_point<T>)
    if (needs_grad(t, rows))
      record(
          out,
          [ids, shape = rows.shape()](const basic_tensor<T>& g, const vjp_inputs& in) {
            if (in.wants(0)) {
              basic_tensor<T> rest(g.shape(), g.values());
              write_rows_at(rest, ids, basic_tensor<T>(shape));
              in.add(0, rest);
            }
            if (in.wants(1)) in.add(1, rows_at(g, ids));
          },
          t, rows);
  return out;
}

#define EDGEFOLD_ROW_WRITES(T)                                                           \
  template void write_rows_at(basic_tensor<T>&, const id_list&, const basic_tensor<T>&); \
  template basic_tensor<T> with_rows(const basic_tensor<T>&, const id_list&, const basic_tensor<T>&)
EDGEFOLD_ROW_WRITES(float);
EDGEFOLD_ROW_WRITES(double);
EDGEFOLD_ROW_WRITES(std::int32_t);
EDGEFOLD_ROW_WRITES(std::int64_t);
EDGEFOLD_ROW_WRITES(bool);
#undef EDGEFOLD_ROW_WRITES

}  // namespace edgefold::detail
