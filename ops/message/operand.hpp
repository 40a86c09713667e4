/// What a message reads: a tensor or a column of the sources, the destinations, the edges, or one row for all.
#pragma once
#include <string>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// Whose rows an operand has.
enum class side : std::uint8_t { src, dst, edge, shared };

/// "src", "dst", "edge", "shared".
std::string_view side_name(side s);

/// A tensor, or the name of a column to be found in the graph, and the side whose rows it has.
template <element T>
struct operand {
  side where;             ///< whose rows
  basic_tensor<T> value;  ///< undefined where `column` is to be looked up
  std::string column;     ///< its name; empty for a tensor
};

#define EDGEFOLD_OPERAND(end)                                   \
  template <element T>                                          \
  operand<T> end(const basic_tensor<T>& value) {                \
    return {side::end, value, ""};                              \
  }                                                             \
  template <element T = float>                                  \
  operand<T> end(const const_column& c) {                       \
    return {side::end, c.as<T>(), c.name()};                    \
  }                                                             \
  template <element T = float>                                  \
  operand<T> end(std::string_view column) {                     \
    return {side::end, basic_tensor<T>(), std::string(column)}; \
  }

/// The row of the edge's source: of a tensor of num_src rows, a column, or a column's name. Columns are of float,
/// unless another type is said: src<double>("h").
/// @{
EDGEFOLD_OPERAND(src)
/// @}
/// The row of its destination, of num_dst; all else as for src.
/// @{
EDGEFOLD_OPERAND(dst)
/// @}
/// Its own row, of num_edges; all else as for src.
/// @{
EDGEFOLD_OPERAND(edge)
/// @}
#undef EDGEFOLD_OPERAND

/// One row for every edge: a learnable vector or scalar, shape (1, dims...).
template <element T>
operand<T> shared(const basic_tensor<T>& value) {
  return {side::shared, value, ""};
}

/// The row of the vertex itself, for apply_nodes and filter_nodes; node<double>("h") where the column is not of float.
/// @{
template <class Value>
auto node(const Value& value) {
  return dst(value);
}
template <element T>
operand<T> node(std::string_view column) {
  return dst<T>(column);
}
/// @}

}  // namespace edgefold
