// Any bytes either make graphs, whose edges are all within, or an exception.
#include <edgefold/core/io/graph_store.hpp>

#include <stdexcept>

namespace {

using namespace edgefold;

void walk(const adjacency& a) {
  const edge_groups& in = a.in_edges();
  const vertex_id* const sources = a.sources();
  const vertex_id* const targets = a.targets();
  for (std::int64_t v = 0; v < in.num_groups; ++v)
    for (std::int64_t k = in.offsets[v]; k < in.offsets[v + 1]; ++k) {
      const edge_id e = in.id_at(k);
      if (targets[e] != v || sources[e] != in.neighbors[k] || sources[e] >= a.num_src()) __builtin_trap();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    for (const any_graph& g : parse_graphs(std::as_bytes(std::span(data, size))).graphs) {
      if (const auto* one = std::get_if<graph>(&g)) walk(one->topology());
      else
        for (const edge_type& type : std::get<hetero_graph>(g).edge_types())
          walk(std::get<hetero_graph>(g).topology(type));
    }
  } catch (const std::runtime_error&) {
  }
  return 0;
}
