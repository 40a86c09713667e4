#include <edgefold/ops/transform/line_graph.hpp>

#include <edgefold/core/private/group_offsets.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>

#include <algorithm>
#include <limits>

namespace edgefold {

graph line_graph(const graph& g, bool backtracking) {
  constexpr std::string_view operation = "line_graph";
  constexpr std::int64_t most_vertices = std::numeric_limits<vertex_id>::max(), most_edges = std::int64_t{1} << 40;
  const std::int64_t n = g.num_edges();
  detail::check_one_vertex_set(g, operation);
  check(n <= most_vertices, operation, "the graph has ", n, " edges, expected at most ", most_vertices);
  const vertex_id *const from = g.topology().sources(), *const to = g.topology().targets();
  const edge_groups& out = g.topology().out_edges();
  const auto goes_on = [&](edge_id e, std::int64_t k) { return backtracking || out.neighbors[k] != from[e]; };

  constexpr std::int64_t grain = 1 << 12;
  auto offsets = detail::group_offsets(n, grain, [&](edge_id e) { return out.degree(to[e]); });  // at most (2^31)^2
  check(offsets.at(n) <= most_edges, operation, "the line graph has ", offsets.at(n), " edges, expected at most ",
        most_edges);
  if (!backtracking)
    offsets = detail::group_offsets(n, grain, [&](edge_id e) {
      const vertex_id* const next = out.neighbors + out.offsets[to[e]];
      return out.degree(to[e]) - std::count(next, next + out.degree(to[e]), from[e]);
    });

  const std::int64_t* const o = offsets.data();
  auto targets = basic_tensor<vertex_id>::uninitialized({o[n]});
  parallel_for(n, 512, [&, next = targets.mutable_data()](std::int64_t e, std::int64_t end) {
    for (; e < end; ++e)
      for (std::int64_t k = out.offsets[to[e]], i = o[e]; k < out.offsets[to[e] + 1]; ++k)
        if (goes_on(e, k)) next[i++] = static_cast<vertex_id>(out.id_at(k));
  });
  graph lines = graph::from_csr(std::move(offsets), std::move(targets));
  detail::share_columns(g.edata, lines.ndata);
  return lines;
}

}  // namespace edgefold
