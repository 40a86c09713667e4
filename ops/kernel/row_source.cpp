#include <edgefold/ops/kernel/row_source.hpp>

namespace edgefold::detail {

template <element T>
row_source<T> rows_from(const basic_tensor<T>& t, side where, const edge_groups& groups, side grouped_by) {
  constexpr std::int64_t cached_bytes = 1 << 19;
  row_source<T> r;
  r.base = t.data();
  r.stride = t.width();
  const bool large = t.size() * static_cast<std::int64_t>(sizeof(T)) > cached_bytes;
  if (where == side::edge && groups.edge_ids) r.rows = groups.edge_ids, r.far = large;
  else if (where == side::edge && groups.wide_edge_ids) r.wide_rows = groups.wide_edge_ids, r.far = large;
  else if (where == side::edge) r.by_position = t.width();
  else if (where == grouped_by) r.by_group = t.width();
  else if (where != side::shared) r.rows = groups.neighbors, r.far = large;
  return r;
}

#define EDGEFOLD_ROWS_FROM(T) \
  template row_source<T> rows_from<T>(const basic_tensor<T>&, side, const edge_groups&, side)
EDGEFOLD_ROWS_FROM(float);
EDGEFOLD_ROWS_FROM(double);
EDGEFOLD_ROWS_FROM(std::int32_t);
EDGEFOLD_ROWS_FROM(std::int64_t);
EDGEFOLD_ROWS_FROM(bool);
#undef EDGEFOLD_ROWS_FROM

}  // namespace edgefold::detail
