#include <edgefold/ops/drop_edges.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/shape_ops.hpp>

#include <algorithm>
#include <numeric>

namespace edgefold {
namespace {

// The ids of the edges that stay: counted block by block, then written where those before them end.
basic_tensor<std::int64_t> kept_edges(std::int64_t n, double p, std::uint64_t seed, std::uint64_t stream) {
  constexpr std::int64_t block = 1 << 14;
  const tensor draw = random_uniform({n}, seed, 0.F, 1.F, stream);
  const auto kept = [u = draw.data(), p](edge_id e) { return static_cast<double>(u[e]) >= p; };
  std::vector<std::int64_t> first(static_cast<std::size_t>((n + block - 1) / block + 1));
  std::int64_t* const begin = first.data();
  parallel_for(n, block, [&](edge_id e, edge_id end) {
    for (std::int64_t& count = begin[e / block + 1]; e < end; ++e) count += kept(e);
  });
  std::partial_sum(first.begin(), first.end(), first.begin());
  auto ids = basic_tensor<std::int64_t>::uninitialized({first.back()});
  parallel_for(n, block, [&, to = ids.data()](edge_id e, edge_id end) {
    for (std::int64_t i = begin[e / block]; e < end; ++e)
      if (kept(e)) to[i++] = e;
  });
  return ids;
}

void share_columns(const frame& from, frame to) {
  for (const std::string& name : from.names()) to.set(name, from.get(name));
}

}  // namespace

graph drop_edges(const graph& g, double p, std::uint64_t seed, std::uint64_t stream) {
  check(p >= 0 && p < 1, "drop_edges", "p is ", p, ", expected at least 0 and less than 1");
  const auto ids = kept_edges(g.num_edges(), p, seed, stream);
  const adjacency rest = g.topology().subset(ids);
  graph h = g.is_bipartite() ? graph::bipartite(rest) : graph(rest);
  share_columns(g.srcdata, h.srcdata);
  share_columns(g.dstdata, h.dstdata);
  for (const std::string& name : g.edata.names())
    std::visit([&](const auto& t) { h.edata.set(name, gather_rows(t, ids)); }, g.edata.get(name));
  h.edata[original_id] = ids;
  return h;
}

}  // namespace edgefold
