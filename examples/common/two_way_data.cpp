#include <common/two_way_data.hpp>

#include <limits>
#include <map>

namespace edgefold::examples {
namespace {

using integers = basic_tensor<std::int64_t>;

}  // namespace

tensor relation_norm(const graph& g, const integers& types) {
  std::map<std::pair<vertex_id, std::int64_t>, float> counts;
  const vertex_id* const target = g.topology().targets();
  for (edge_id e = 0; e < g.num_edges(); ++e) ++counts[{target[e], types.at(e)}];
  tensor norm = tensor::uninitialized({g.num_edges(), 1});
  for (edge_id e = 0; e < g.num_edges(); ++e) norm.data()[e] = 1 / counts[{target[e], types.at(e)}];
  return norm;
}

two_way_data two_way(const relational_data& data) {
  two_way_data d{data, {}, {}, {}};
  const std::int64_t entities = data.g.num_vertices(), one_way = data.num_relations;
  d.num_relations = 2 * one_way + 1;
  check_runtime(d.num_relations * entities <= std::numeric_limits<vertex_id>::max(), "two_way", one_way,
                " relations of ", entities, " entities are more than 2^31 - 1 rows");
  const integers relations = data.g.edata["type"];
  std::vector<graph::edge_pair> edges;
  std::vector<std::int64_t> types(relations.values().begin(), relations.values().end());
  for (edge_id e = 0; e < data.g.num_edges(); ++e) edges.emplace_back(data.g.source(e), data.g.target(e));
  for (std::size_t i = 0, n = edges.size(); i < n; ++i) {
    edges.emplace_back(edges[i].second, edges[i].first);
    types.push_back(types[i] + one_way);
  }
  for (std::int64_t v = 0; v < entities; ++v) {
    edges.emplace_back(v, v);
    types.push_back(2 * one_way);
  }
  std::vector<std::int64_t> rows, targets;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    rows.push_back(types[e] * entities + edges[e].first);
    targets.push_back(edges[e].second);
  }
  d.g = graph(edges, entities);
  d.types = integers({std::ssize(types)}, types);
  d.rows = graph::bipartite(rows, targets, d.num_relations * entities, entities);
  d.norm = relation_norm(d.g, d.types);
  return d;
}

}  // namespace edgefold::examples
