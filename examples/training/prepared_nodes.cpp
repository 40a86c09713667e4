#include <training/prepared_nodes.hpp>

namespace edgefold::examples {

node_data prepared(node_data d) {
  d.features = normalize_rows(d.features);
  std::vector<graph::edge_pair> edges;
  std::vector<bool> looped(static_cast<std::size_t>(d.g.num_vertices()));
  const adjacency& a = d.g.topology();
  for (edge_id e = 0; e < d.g.num_edges(); ++e) {
    edges.emplace_back(a.sources()[e], a.targets()[e]);
    if (a.sources()[e] == a.targets()[e]) looped[static_cast<std::size_t>(a.sources()[e])] = true;
  }
  for (vertex_id v = 0; v < d.g.num_vertices(); ++v)
    if (!looped[static_cast<std::size_t>(v)]) edges.emplace_back(v, v);
  d.g = graph(edges, d.g.num_vertices());
  return d;
}

}  // namespace edgefold::examples
