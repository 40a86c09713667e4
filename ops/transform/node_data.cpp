#include <edgefold/ops/transform/node_data.hpp>

#include <edgefold/core/io/graph_file.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/io/private/data_folder.hpp>
#include <edgefold/core/io/private/edges.hpp>

#include <stdexcept>

namespace edgefold {
namespace {

using integers = basic_tensor<std::int64_t>;

// Vertices of one part of the split, each marked as taken.
integers read_part(const detail::data_folder& folder, const char* file, std::vector<bool>& taken) {
  integers ids = folder.numbers(file, std::ssize(taken));
  folder.expect(ids.size() > 0, file, "names no vertices");
  for (const std::int64_t v : ids.values()) {
    folder.expect(!taken[static_cast<std::size_t>(v)], file, "vertex ", v, " is given twice in the split");
    taken[static_cast<std::size_t>(v)] = true;
  }
  return ids;
}

sparse_matrix read_features(const detail::data_folder& folder) try {
  return sparse_matrix::from_csr(folder.integers("feat_indptr.npy"), folder.integers("feat_indices.npy"),
                                 read_npy_as<float>(folder.path("feat_values.npy")),
                                 folder.count("meta.json", "num_features"));
} catch (const std::invalid_argument& e) {
  folder.expect(false, "feat_indptr.npy", "with feat_indices.npy and feat_values.npy: ", e.what());
  throw;
}

}  // namespace

node_data read_node_data(const std::filesystem::path& path) {
  const detail::data_folder folder(path, "read_node_data");
  node_data d;
  d.labels = folder.numbers("labels.npy", 1'000'000);
  const std::int64_t n = d.labels.size();
  folder.expect(n > 0 && n <= detail::most_vertices, "labels.npy", n, " labels");
  d.num_classes = detail::num_labels(d.labels);
  d.g = read_graph(folder.path("edges.npy"), n);
  d.features = read_features(folder);
  folder.expect(d.features.rows() == n, "feat_indptr.npy", d.features.rows(), " rows of features for ", n, " labels");
  std::vector<bool> taken(static_cast<std::size_t>(n));
  d.train = read_part(folder, "train_idx.npy", taken);
  d.validation = read_part(folder, "val_idx.npy", taken);
  d.test = read_part(folder, "test_idx.npy", taken);
  return d;
}

}  // namespace edgefold
