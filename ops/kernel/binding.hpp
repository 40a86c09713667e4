/// From a message as the user wrote it to tensors that fit the edges: done once for a call, before any kernel.
#pragma once
#include <memory>
#include <span>

#include <edgefold/core/graph.hpp>
#include <edgefold/ops/message/message.hpp>

namespace edgefold {
namespace detail {

/// In place of a row count: there are no such vertices, and no operand of theirs.
inline constexpr std::int64_t no_vertices = -1;

/// Row counts of the four sides, and where named columns are.
struct operand_scope {
  std::string_view operation;
  std::int64_t num_src, num_dst, num_edges;
  const graph* columns;  // null where operands are tensors only
  std::int64_t rows_of(side s) const;
  const frame& frame_of(side s) const;
};
operand_scope scope_of(const graph& g, std::string_view operation);

/// Edges grouped by destination, and the topology where they are all the edges of one: then they can be had by source.
struct grouped_edges {
  edge_groups groups;
  std::shared_ptr<const adjacency> topology;
};
/// All edges of a graph.
grouped_edges edges_of(const graph& g);
/// `rows` rows that follow one another, as edges in short groups: what is no graph runs on the same kernels.
grouped_edges rows_as_edges(std::int64_t rows);

/// Puts the operands' tensors in place, columns looked up, rows checked against the scope.
template <element T>
void bind_operands(std::span<operand<T>> operands, const operand_scope& scope);

/// Whether any bound operand is on the tape, and the tape is on.
template <element T>
bool needs_grad(std::span<const operand<T>> operands);

}  // namespace detail

inline namespace EDGEFOLD_ISA {
namespace impl {

/// The message with its operands bound: what all kernels take.
template <any_message M>
M bound(M m, const operand_scope& scope) {
  bind_operands<typename M::scalar_type>(m.operands, scope);
  return m;
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
