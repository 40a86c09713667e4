#include <edgefold/core/io/graph_data.hpp>

#include <edgefold/core/io/private/data_folder.hpp>
#include <edgefold/core/io/private/edges.hpp>

#include <algorithm>

namespace edgefold {
namespace {

using integers = basic_tensor<std::int64_t>;
constexpr std::int64_t most_labels = 100'000;

// The graph that owns each vertex.
std::vector<std::int64_t> owners(const integers& offsets) {
  std::vector<std::int64_t> owner(static_cast<std::size_t>(offsets.at(offsets.size() - 1)));
  for (std::int64_t i = 0; i + 1 < offsets.size(); ++i)
    std::fill(owner.begin() + offsets.at(i), owner.begin() + offsets.at(i + 1), i);
  return owner;
}

// The edges of each graph, by its own numbers.
std::vector<std::vector<graph::edge_pair>> read_edges(const detail::data_folder& folder, const integers& offsets) {
  const integers edges = folder.integers("edges.npy");
  folder.expect(edges.num_dims() == 2 && edges.width() == 2, "edges.npy", "shape ", to_string(edges.shape()),
                ", expected (edges, 2)");
  const std::vector<std::int64_t> owner = owners(offsets);
  std::vector<std::vector<graph::edge_pair>> all(static_cast<std::size_t>(offsets.size() - 1));
  for (std::int64_t e = 0; e < edges.rows(); ++e) {
    const std::int64_t u = edges.at(e, 0), v = edges.at(e, 1);
    folder.expect(std::min(u, v) >= 0 && std::max(u, v) < std::ssize(owner), "edges.npy", "edge ", e, " is ", u, " -> ",
                  v, ", expected 0 .. ", std::ssize(owner) - 1);
    const std::int64_t of = owner[static_cast<std::size_t>(u)], first = offsets.at(of);
    folder.expect(owner[static_cast<std::size_t>(v)] == of, "edges.npy", "edge ", e, " joins two graphs");
    all[static_cast<std::size_t>(of)].emplace_back(u - first, v - first);
  }
  return all;
}

}  // namespace

graph_data read_graph_data(const std::filesystem::path& path) {
  const detail::data_folder folder(path, "read_graph_data");
  const integers vertex_labels = folder.numbers("node_labels.npy", most_labels);
  const std::int64_t n = vertex_labels.size();
  folder.expect(n <= detail::most_vertices, "node_labels.npy", n, " vertices");
  const integers offsets = folder.numbers("graph_node_offsets.npy", n + 1);
  graph_data d;
  d.labels = folder.numbers("graph_labels.npy", most_labels);
  folder.expect(offsets.size() == d.labels.size() + 1 && d.labels.size() > 0, "graph_node_offsets.npy", offsets.size(),
                " offsets for ", d.labels.size(), " labels of graphs");
  folder.expect(std::ranges::is_sorted(offsets.values()) && offsets.at(0) == 0 && offsets.at(d.labels.size()) == n,
                "graph_node_offsets.npy", "does not ascend from 0 to ", n, ", the labels of vertices");
  d.num_classes = detail::num_labels(d.labels);
  d.num_vertex_labels = detail::num_labels(vertex_labels);
  const auto edges = read_edges(folder, offsets);
  for (std::int64_t i = 0; i < d.labels.size(); ++i) {
    const auto first = static_cast<std::size_t>(offsets.at(i)),
               count = static_cast<std::size_t>(offsets.at(i + 1)) - first;
    graph& g = d.graphs.emplace_back(edges[static_cast<std::size_t>(i)], static_cast<std::int64_t>(count));
    g.ndata["label"] = integers({g.num_vertices()}, vertex_labels.values().subspan(first, count));
  }
  return d;
}

}  // namespace edgefold
