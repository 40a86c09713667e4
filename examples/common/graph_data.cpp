#include <common/graph_data.hpp>

#include <algorithm>

#include <edgefold/core/io/graph_file.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/shape_ops.hpp>

namespace edgefold::examples {
namespace {

using integers = basic_tensor<std::int64_t>;

std::int64_t number_of(const integers& labels, const std::string& file) {
  for (const std::int64_t l : labels.values())
    check_runtime(l >= 0 && l < 100'000, "read_graph_data", file, ": label ", l, ", expected 0 .. 99999");
  return labels.size() == 0 ? 0 : *std::max_element(labels.values().begin(), labels.values().end()) + 1;
}

}  // namespace

graph_data read_graph_data(const std::filesystem::path& folder) {
  check_runtime(is_directory(folder), "read_graph_data", folder.string(), ": no such folder");
  const integers offsets = read_npy_integers(folder / "graph_node_offsets.npy");
  const integers vertex_labels = read_npy_integers(folder / "node_labels.npy");
  graph_data d;
  d.labels = read_npy_integers(folder / "graph_labels.npy");
  check_runtime(offsets.size() == d.labels.size() + 1 && d.labels.size() > 0, "read_graph_data", folder.string(), ": ",
                offsets.size(), " offsets for ", d.labels.size(), " labels of graphs");
  d.num_classes = number_of(d.labels, (folder / "graph_labels.npy").string());
  d.num_vertex_labels = number_of(vertex_labels, (folder / "node_labels.npy").string());
  const std::int64_t n = vertex_labels.size();
  check_runtime(std::is_sorted(offsets.values().begin(), offsets.values().end()) && offsets.at(0) == 0 &&
                    offsets.at(d.labels.size()) == n,
                "read_graph_data", folder.string(), ": graph_node_offsets.npy does not ascend from 0 to ", n,
                ", the labels of vertices");
  tensor x({n, d.num_vertex_labels});
  for (std::int64_t v = 0; v < n; ++v) x.data()[v * d.num_vertex_labels + vertex_labels.at(v)] = 1;
  try {
    const graph all = read_graph(folder / "edges.npy", n);
    const auto owner_of = [o = offsets.values()](std::int64_t v) {
      return std::upper_bound(o.begin(), o.end(), v) - o.begin() - 1;
    };
    std::vector<std::vector<graph::edge_pair>> edges(d.labels.values().size());
    for (edge_id e = 0; e < all.num_edges(); ++e) {
      const vertex_id u = all.source(e), v = all.target(e);
      const std::int64_t owner = owner_of(u);
      check_runtime(owner_of(v) == owner, "read_graph_data", folder.string(), ": edge ", e, " joins two graphs");
      const auto first = static_cast<vertex_id>(offsets.at(owner));
      edges[static_cast<std::size_t>(owner)].emplace_back(u - first, v - first);
    }
    for (std::int64_t i = 0; i < d.labels.size(); ++i) {
      const std::int64_t begin = offsets.at(i), end = offsets.at(i + 1);
      graph& g = d.graphs.emplace_back(edges[static_cast<std::size_t>(i)], end - begin);
      g.ndata["label"] = integers({end - begin}, vertex_labels.values().subspan(static_cast<std::size_t>(begin),
                                                                                static_cast<std::size_t>(end - begin)));
      g.ndata["x"] = slice(x, 0, begin, end);
    }
  } catch (const std::invalid_argument& e) {
    check_runtime(false, "read_graph_data", folder.string(), ": ", e.what());
  }
  return d;
}

labelled_batch pick(const graph_data& data, std::span<const std::int64_t> ids) {
  std::vector<graph> graphs;
  std::vector<std::int64_t> labels;
  for (const std::int64_t i : ids) {
    graphs.push_back(data.graphs[static_cast<std::size_t>(i)]);
    labels.push_back(data.labels.at(i));
  }
  return {batch(graphs), integers({std::ssize(labels)}, labels)};
}

std::vector<std::vector<std::int64_t>> stratified_folds(const graph_data& data, int folds, std::uint64_t seed) {
  std::vector<std::vector<std::int64_t>> parts(static_cast<std::size_t>(folds));
  const integers order = random_permutation(data.size(), seed);
  std::size_t next = 0;
  for (std::int64_t label = 0; label < data.num_classes; ++label)
    for (const std::int64_t i : order.values())
      if (data.labels.at(i) == label) parts[next++ % parts.size()].push_back(i);
  return parts;
}

}  // namespace edgefold::examples
