#include <common/node_data.hpp>

#include <algorithm>

#include <common/json_file.hpp>
#include <edgefold/core/io/graph_file.hpp>
#include <edgefold/core/io/npy.hpp>

namespace edgefold::examples {
namespace {

using std::filesystem::path;
using integers = basic_tensor<std::int64_t>;

// Vertices of one part of the split, each marked as taken.
integers read_part(const path& folder, const char* name, std::vector<bool>& taken) {
  const integers ids = read_npy_integers(folder / name);
  const std::string file = (folder / name).string();
  check_runtime(ids.size() > 0, "read_node_data", file, ": names no vertices");
  for (const std::int64_t v : ids.values()) {
    check_runtime(v >= 0 && v < std::ssize(taken), "read_node_data", file, ": vertex ", v, ", expected 0 .. ",
                  taken.size() - 1);
    check_runtime(!taken[static_cast<std::size_t>(v)], "read_node_data", file, ": vertex ", v,
                  " stands twice in the split");
    taken[static_cast<std::size_t>(v)] = true;
  }
  return ids;
}

}  // namespace

node_data read_node_data(const path& folder) {
  check_runtime(is_directory(folder), "read_node_data", folder.string(), ": no such folder");
  node_data d;
  d.labels = read_npy_integers(folder / "labels.npy");
  const std::int64_t n = d.labels.size();
  check_runtime(n > 0 && d.labels.rows() == n, "read_node_data", folder.string(), ": labels.npy has shape ",
                d.labels.shape(), ", expected (vertices)");
  d.labels = d.labels.reshape({n});
  const auto [least, most] = std::minmax_element(d.labels.values().begin(), d.labels.values().end());
  check_runtime(*least >= 0 && *most < 1'000'000, "read_node_data", folder.string(), ": labels from ", *least, " to ",
                *most, ", expected 0 .. 999999");
  d.num_classes = *most + 1;
  const std::int64_t width = read_count(folder / "meta.json", "num_features");
  try {
    d.g = read_graph(folder / "edges.npy", n);
    d.features = sparse_matrix::from_csr(read_npy_integers(folder / "feat_indptr.npy"),
                                         read_npy_integers(folder / "feat_indices.npy"),
                                         read_npy_as<float>(folder / "feat_values.npy"), width);
  } catch (const std::invalid_argument& e) {
    check_runtime(false, "read_node_data", folder.string(), ": ", e.what());
  }
  check_runtime(d.features.rows() == n, "read_node_data", folder.string(), ": ", d.features.rows(),
                " rows of features for ", n, " labels");
  std::vector<bool> taken(static_cast<std::size_t>(n));
  d.train = read_part(folder, "train_idx.npy", taken);
  d.validation = read_part(folder, "val_idx.npy", taken);
  d.test = read_part(folder, "test_idx.npy", taken);
  return d;
}

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
