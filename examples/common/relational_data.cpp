#include <common/relational_data.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include <common/json_file.hpp>
#include <edgefold/core/io/npy.hpp>

namespace edgefold::examples {
namespace {

using std::filesystem::path;
using integers = basic_tensor<std::int64_t>;

void check_below(const integers& values, std::int64_t limit, const path& file) {
  for (const std::int64_t x : values.values())
    check_runtime(x >= 0 && x < limit, "read_relational_data", file.string(), ": holds ", x, ", expected 0 .. ",
                  limit - 1);
}

// Entities and their classes.
std::pair<integers, integers> read_part(const path& folder, const std::string& name, std::int64_t entities) {
  const integers ids = read_npy_integers(folder / (name + "_idx.npy")),
                 labels = read_npy_integers(folder / (name + "_labels.npy"));
  check_below(ids, entities, folder / (name + "_idx.npy"));
  check_below(labels, 100'000, folder / (name + "_labels.npy"));
  check_runtime(ids.size() == labels.size() && ids.size() > 0, "read_relational_data", folder.string(), ": ",
                ids.size(), " entities and ", labels.size(), " classes to ", name);
  return {ids, labels};
}

}  // namespace

tensor relation_norm(const graph& g, const integers& types) {
  std::map<std::pair<vertex_id, std::int64_t>, float> counts;
  const vertex_id* const target = g.topology().targets();
  for (edge_id e = 0; e < g.num_edges(); ++e) ++counts[{target[e], types.at(e)}];
  tensor norm = tensor::uninitialized({g.num_edges(), 1});
  for (edge_id e = 0; e < g.num_edges(); ++e) norm.data()[e] = 1 / counts[{target[e], types.at(e)}];
  return norm;
}

relational_data read_relational_data(const path& folder) {
  check_runtime(is_directory(folder), "read_relational_data", folder.string(), ": no such folder");
  const integers triples = read_npy_integers(folder / "triples.npy");
  check_runtime(triples.num_dims() == 2 && triples.width() == 3 && triples.rows() > 0, "read_relational_data",
                folder.string(), ": triples.npy has shape ", triples.shape(), ", expected (triples, 3)");
  const std::int64_t entities = read_count(folder / "meta.json", "num_entities");
  const std::int64_t most = std::numeric_limits<vertex_id>::max();
  check_runtime(entities <= most, "read_relational_data", folder.string(), ": ", entities, " entities");
  check_below(triples, 1 << 30, folder / "triples.npy");
  relational_data d;
  std::vector<graph::edge_pair> edges;
  std::vector<std::int64_t> types;
  for (std::int64_t i = 0; i < triples.rows(); ++i) {
    const std::int64_t u = triples.at(i, 0), v = triples.at(i, 2);
    check_runtime(std::max(u, v) < entities, "read_relational_data", folder.string(), ": triple ", i, " joins ", u,
                  " and ", v, ", there are ", entities, " entities");
    edges.emplace_back(u, v);
    types.push_back(triples.at(i, 1));
  }
  const std::int64_t one_way = *std::max_element(types.begin(), types.end()) + 1;
  check_runtime((2 * one_way + 1) * entities <= most, "read_relational_data", folder.string(), ": ", one_way,
                " relations of ", entities, " entities are more than 2^31 - 1 rows");
  for (std::size_t i = 0, n = edges.size(); i < n; ++i) {
    edges.emplace_back(edges[i].second, edges[i].first);
    types.push_back(types[i] + one_way);
  }
  d.num_relations = 2 * one_way + 1;
  for (std::int64_t v = 0; v < entities; ++v) {
    edges.emplace_back(v, v);
    types.push_back(2 * one_way);
  }
  d.g = graph(edges, entities);
  d.types = integers({std::ssize(types)}, types);
  std::vector<std::int64_t> rows, targets;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    rows.push_back(types[e] * entities + edges[e].first);
    targets.push_back(edges[e].second);
  }
  d.rows = graph::bipartite(rows, targets, d.num_relations * entities, entities);
  d.norm = relation_norm(d.g, d.types);
  std::tie(d.train, d.train_labels) = read_part(folder, "train", entities);
  std::tie(d.test, d.test_labels) = read_part(folder, "test", entities);
  for (const integers& labels : {d.train_labels, d.test_labels})
    d.num_classes = std::max(d.num_classes, *std::max_element(labels.values().begin(), labels.values().end()) + 1);
  return d;
}

}  // namespace edgefold::examples
