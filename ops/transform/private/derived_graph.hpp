/// What is common to graphs that are made of graphs. Private to the compiled library.
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/core/private/group_offsets.hpp>
#include <edgefold/ops/transform/private/columns.hpp>

#include <numeric>

namespace edgefold::detail {

/// Throws where sources and destinations are two vertex sets.
void check_one_vertex_set(const graph& g, std::string_view operation);

/// A graph without columns, of two vertex sets where g has two; no block.
graph graph_like(const graph& g, const adjacency& topology);

/// The vertices of g with their columns, and the edges of `topology` without columns.
graph with_topology(const graph& g, const adjacency& topology);
/// The vertices of g, and of its edges `ids`.
graph with_edges(const graph& g, const basic_tensor<std::int64_t>& ids);
/// Of g, which has no edges at others, the vertices whose flag is not 0, in their order. For one vertex set `dst` is
/// not looked at.
graph with_vertices(const graph& g, const std::vector<char>& src, const std::vector<char>& dst);

/// As many rows as `more` has behind those of `from`: those of the column of that name in `more`, else zeros. Throws
/// for a column that only `more` has, or that is not alike in both.
void append_rows(const frame& from, const frame& more, frame to, std::string_view operation);
/// g and edges from sources[i] to targets[i] behind its own, with the features of `more`.
graph append_edges(const graph& g, const id_list& sources, const id_list& targets, const frame& more,
                   std::string_view operation);

/// The ends of all edges as tensors that share storage with `a`.
std::pair<basic_tensor<std::int32_t>, basic_tensor<std::int32_t>> ends_of(const adjacency& a);

/// The numbers from 0 to n - 1 for which `holds`, ascending.
template <class Holds>
basic_tensor<std::int64_t> ids_where(std::int64_t n, const Holds& holds) {
  constexpr std::int64_t run = 1 << 15;
  const std::int64_t runs = (n + run - 1) / run;
  const auto offsets = group_offsets(runs, 1, [&](std::int64_t r) {
    std::int64_t count = 0;
    for (std::int64_t i = r * run; i < std::min(n, (r + 1) * run); ++i) count += holds(i) ? 1 : 0;
    return count;
  });
  auto ids = basic_tensor<std::int64_t>::uninitialized({offsets.at(runs)});
  parallel_for(runs, 1, [&, begin = offsets.data(), out = ids.mutable_data()](std::int64_t r, std::int64_t end) {
    std::int64_t* to = out + begin[r];
    for (std::int64_t i = r * run; i < std::min(n, end * run); ++i)
      if (holds(i)) *to++ = i;
  });
  return ids;
}

}  // namespace edgefold::detail
