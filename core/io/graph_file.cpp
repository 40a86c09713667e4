#include <edgefold/core/io/graph_file.hpp>

#include <edgefold/core/io/edge_list.hpp>
#include <edgefold/core/io/matrix_market.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/io/private/edges.hpp>
#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/io/private/json_text.hpp>

#include <algorithm>

namespace edgefold {
namespace {

using std::filesystem::path;
constexpr std::string_view read_graph_name = "read_graph";

graph read_pairs(const path& file, std::int64_t num_vertices) {
  const std::int64_t most = detail::greatest_vertex(num_vertices, read_graph_name);
  const auto pairs = read_npy_integers(file, read_graph_name);
  check_runtime(pairs.num_dims() == 2 && pairs.width() == 2, read_graph_name, file.string(), ": shape ", pairs.shape(),
                ", expected (edges, 2)");
  auto sources = basic_tensor<vertex_id>::uninitialized({pairs.rows()});
  auto targets = basic_tensor<vertex_id>::uninitialized({pairs.rows()});
  vertex_id* const u = sources.mutable_data();
  vertex_id* const v = targets.mutable_data();
  for (std::int64_t e = 0; e < pairs.rows(); ++e) {
    const std::int64_t* ends = pairs.data() + 2 * e;
    if (std::min(ends[0], ends[1]) < 0 || std::max(ends[0], ends[1]) > most)
      check_runtime(false, read_graph_name, file.string(), ": edge ", e, " is ", ends[0], " -> ", ends[1],
                    ", expected 0 .. ", most);
    u[e] = static_cast<vertex_id>(ends[0]);
    v[e] = static_cast<vertex_id>(ends[1]);
  }
  return graph::from_coo(std::move(sources), std::move(targets), num_vertices);
}

graph read_matrix(const path& file, std::int64_t num_vertices, number_type weights) {
  graph g = read_matrix_market(file, weights);
  check(num_vertices < 0 || (num_vertices == g.num_src() && num_vertices == g.num_dst()), read_graph_name,
        file.string(), ": num_vertices is ", num_vertices, ", the matrix has ", g.num_src(), " rows and ", g.num_dst(),
        " columns");
  return g;
}

// What a folder says about itself; -1 where it does not.
struct folder_facts {
  std::int64_t num_nodes = -1, num_features = -1;
};

folder_facts read_facts(const path& file) {
  folder_facts facts;
  if (!exists(file)) return facts;
  std::map<std::string, detail::json_integer, std::less<>> fields{{"num_nodes", {}}, {"num_features", {}}};
  const bool object = detail::read_json_integers(detail::read_text(file, read_graph_name), fields);
  check_runtime(object, read_graph_name, file.string(), ": no JSON object");
  const auto number = [&](std::string_view key) -> std::int64_t {
    const auto& [there, value] = fields.find(key)->second;
    if (!there) return -1;
    const bool fits = value && *value >= 0 && *value <= detail::most_vertices;
    check_runtime(fits, read_graph_name, file.string(), ": ", key, " is no number from 0 to ", detail::most_vertices);
    return *value;
  };
  facts.num_nodes = number("num_nodes");
  facts.num_features = number("num_features");
  return facts;
}

void add_features(graph& g, const path& folder, std::int64_t width) {
  if (!exists(folder / "feat_indptr.npy")) return;
  const auto offsets = read_npy_integers(folder / "feat_indptr.npy", read_graph_name);
  if (offsets.size() != g.num_vertices() + 1) return;
  const auto indices = read_npy_integers(folder / "feat_indices.npy", read_graph_name);
  const auto values = read_npy_as<float>(folder / "feat_values.npy");
  const auto expect = [&](bool ok, const auto&... parts) {
    check_runtime(ok, read_graph_name, folder.string(), ": ", parts...);
  };
  expect(width >= 0, "features, but no num_features in meta.json");
  const std::int64_t* const first = offsets.data();
  const bool ascend = std::is_sorted(first, first + offsets.size());
  expect(ascend && first[0] == 0 && first[g.num_vertices()] == indices.size(), "feat_indptr does not ascend from 0 to ",
         indices.size(), ", the size of feat_indices");
  expect(values.size() == indices.size(), values.size(), " feat_values for ", indices.size(), " feat_indices");
  const auto in_range = [width](std::int64_t i) { return i >= 0 && i < width; };
  expect(std::ranges::all_of(indices.values(), in_range), "feat_indices are not all in 0 .. ", width - 1);

  tensor features({g.num_vertices(), width});
  float* const to = features.mutable_data();
  for (std::int64_t v = 0; v < g.num_vertices(); ++v)
    for (std::int64_t k = first[v]; k < first[v + 1]; ++k) to[v * width + indices.data()[k]] += values.data()[k];
  g.ndata["feat"] = features;
}

void add_labels(graph& g, const path& folder) {
  if (!exists(folder / "labels.npy")) return;
  const auto labels = read_npy_integers(folder / "labels.npy", read_graph_name);
  if (labels.rows() == g.num_vertices() && labels.width() == 1) g.ndata["label"] = labels.reshape({labels.rows(), 1});
}

graph read_folder(const path& folder, std::int64_t num_vertices, number_type weights) {
  const folder_facts facts = read_facts(folder / "meta.json");
  const std::int64_t n = num_vertices >= 0 ? num_vertices : facts.num_nodes;
  const path binary = folder / "edges.npy", text = folder / "edges.txt";
  check_runtime(exists(binary) || exists(text), read_graph_name, folder.string(),
                ": no edges.npy or edges.txt in this folder");
  graph g = exists(binary) ? read_pairs(binary, n) : read_edge_list(text, n, weights);
  add_features(g, folder, facts.num_features);
  add_labels(g, folder);
  return g;
}

// In small letters; of a gzipped file with that of what is in it: ".txt.gz".
std::string extension_of(const path& file) {
  const auto lowered = [](std::string s) {
    std::ranges::transform(s, s.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; });
    return s;
  };
  const std::string last = lowered(file.extension().string());
  return last == ".gz" ? lowered(file.stem().extension().string()) + last : last;
}

}  // namespace

graph read_graph(const path& file, std::int64_t num_vertices, number_type weights) {
  detail::greatest_vertex(num_vertices, read_graph_name);
  std::error_code unknown;  // then reading says what is the matter
  if (is_directory(file, unknown)) return read_folder(file, num_vertices, weights);
  const std::string extension = extension_of(file);
  if (extension == ".npy") return read_pairs(file, num_vertices);
  const std::string text = extension.substr(0, extension.size() - (extension.ends_with(".gz") ? 3 : 0));
  if (text == ".txt" || text == ".csv" || text == ".tsv") return read_edge_list(file, num_vertices, weights);
  if (text == ".mtx") return read_matrix(file, num_vertices, weights);
  const bool found = exists(file, unknown);
  check_runtime(found, read_graph_name, file.string(), ": ", unknown ? unknown.message() : "no such file or folder");
  detail::throw_runtime(read_graph_name,
                        {file.string(), ": extension ", detail::in_quotes(extension),
                         " is not known, expected .txt, .csv, .tsv, .mtx, .npy or a folder; text may be "
                         "gzipped, as in .txt.gz"});
}

}  // namespace edgefold
