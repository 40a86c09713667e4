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
  side where;
  basic_tensor<T> value;  ///< undefined where `column` is to be looked up
  std::string column;
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

EDGEFOLD_OPERAND(src)   ///< the row of the edge's source: a tensor of num_src rows, or a column's name (float)
EDGEFOLD_OPERAND(dst)   ///< the row of its destination
EDGEFOLD_OPERAND(edge)  ///< its own row
#undef EDGEFOLD_OPERAND

/// One row for every edge: a learnable vector or scalar, shape (1, dims...).
template <element T>
operand<T> shared(const basic_tensor<T>& value) {
  return {side::shared, value, ""};
}

/// The row of the vertex itself, for apply_nodes and filter_nodes.
template <class Value>
auto node(const Value& value) {
  return dst(value);
}
template <element T>
operand<T> node(std::string_view column) {
  return dst<T>(column);
}

}  // namespace edgefold
