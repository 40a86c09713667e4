#include <edgefold/ops/transform/drop_edges.hpp>

#include <edgefold/core/random.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>

namespace edgefold {

graph drop_edges(const graph& g, double p, std::uint64_t seed, std::uint64_t stream) {
  check(p >= 0 && p <= 1, "drop_edges", "p is ", p, ", expected 0 <= p <= 1");
  const tensor u = random_uniform({g.num_edges()}, seed, 0.F, 1.F, stream);
  const auto stays = [draw = u.data(), p](edge_id e) { return static_cast<double>(draw[e]) >= p; };
  return detail::with_edges(g, detail::ids_where(g.num_edges(), stays));
}

}  // namespace edgefold
