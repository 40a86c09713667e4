#include <edgefold/ops/kernel/binding.hpp>

#include <edgefold/core/autograd.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace edgefold::detail {

std::int64_t operand_scope::rows_of(side s) const {
  return s == side::src ? num_src : s == side::dst ? num_dst : s == side::edge ? num_edges : 1;
}

const frame& operand_scope::frame_of(side s) const {
  return s == side::src ? columns->srcdata : s == side::dst ? columns->dstdata : columns->edata;
}

operand_scope scope_of(const graph& g, std::string_view operation) {
  return {operation, g.num_src(), g.num_dst(), g.num_edges(), &g};
}

grouped_edges edges_of(const graph& g) {
  const auto topology = std::make_shared<const adjacency>(g.topology());
  return {topology->in_edges(), topology};
}

grouped_edges rows_as_edges(std::int64_t rows) {
  constexpr std::int64_t group = 256;
  edge_groups g;
  g.num_groups = (rows + group - 1) / group;
  g.num_edges = rows;
  auto offsets = std::make_shared<std::vector<std::int64_t>>(static_cast<std::size_t>(g.num_groups) + 1);
  for (std::int64_t i = 0; i <= g.num_groups; ++i) (*offsets)[static_cast<std::size_t>(i)] = std::min(i * group, rows);
  g.offsets = offsets->data();
  g.owner = std::move(offsets);
  return {g, nullptr};
}

namespace {

// `position` counts the message's operands from 0.
template <element T>
basic_tensor<T> bind(const operand<T>& o, std::size_t position, const operand_scope& scope) {
  constexpr std::string_view rows[] = {"sources", "destinations", "edges", "row for all edges"};
  const std::string name = std::string(side_name(o.where)) +
                           (o.column.empty() ? "(operand " + std::to_string(position) + ")" : "(\"" + o.column + "\")");
  const std::int64_t expected = scope.rows_of(o.where);
  check(expected != no_vertices, scope.operation, name, " has rows of vertices, where there are none: expected ",
        "edge(...) or shared(...)");
  basic_tensor<T> t = o.value;
  if (!t.defined()) {
    check(!o.column.empty(), scope.operation, name, " is a tensor without storage");
    check(scope.columns != nullptr, scope.operation, name, " names a column where there is no graph to find it in");
    const frame& columns = scope.frame_of(o.where);
    if (columns.contains(o.column))
      check(std::holds_alternative<basic_tensor<T>>(columns.get(o.column)), scope.operation, name, " is ",
            scalar_name(columns.get(o.column)), ", expected ", scalar_name<T>());
    t = columns.template get_as<T>(o.column);
  }
  check(t.rows() == expected, scope.operation, name, " has ", t.rows(), " rows, the graph has ", expected, " ",
        rows[static_cast<std::size_t>(o.where)]);
  return t;
}

}  // namespace

template <element T>
void bind_operands(std::span<operand<T>> operands, const operand_scope& scope) {
  for (std::size_t i = 0; i < operands.size(); ++i) operands[i].value = bind(operands[i], i, scope);
}

template <element T>
bool needs_grad(std::span<const operand<T>> operands) {
  return std::any_of(operands.begin(), operands.end(), [](const operand<T>& o) { return needs_grad(o.value); });
}

#define EDGEFOLD_BINDING(T)                                                    \
  template void bind_operands<T>(std::span<operand<T>>, const operand_scope&); \
  template bool needs_grad<T>(std::span<const operand<T>>)
EDGEFOLD_BINDING(float);
EDGEFOLD_BINDING(double);
EDGEFOLD_BINDING(std::int32_t);
EDGEFOLD_BINDING(std::int64_t);
EDGEFOLD_BINDING(bool);
#undef EDGEFOLD_BINDING

}  // namespace edgefold::detail
