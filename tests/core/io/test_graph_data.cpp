#include <edgefold/core/io/graph_data.hpp>

#include <edgefold/core/io/npy.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

#include <functional>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using ids = basic_tensor<std::int64_t>;

// A triangle of vertices 0 .. 2, an empty graph, and an edge 3 -> 4 with its parallel.
void put_data_set(const temporary_folder& folder) {
  write_npy(folder / "graph_node_offsets.npy", ids({4}, {0, 3, 3, 5}));
  write_npy(folder / "edges.npy", basic_tensor<std::int32_t>({5, 2}, {3, 4, 0, 1, 1, 2, 3, 4, 2, 0}));
  write_npy(folder / "node_labels.npy", ids({5, 1}, {0, 2, 0, 1, 1}));
  write_npy(folder / "graph_labels.npy", ids({3}, {1, 0, 1}));
}

TEST_CASE("read_graph_data: graphs, their vertices' labels and their classes") {
  const temporary_folder folder;
  put_data_set(folder);
  const graph_data d = read_graph_data(folder.path());
  REQUIRE(d.size() == 3);
  CHECK(same_bits(d.labels, ids({3}, {1, 0, 1})));
  CHECK(d.num_classes == 2);
  CHECK(d.num_vertex_labels == 3);
  CHECK(d.graphs[0].num_vertices() == 3);
  CHECK(d.graphs[0].find_edges({0, 1, 2}).first.values()[2] == 2);
  CHECK(d.graphs[0].has_edge(2, 0));
  CHECK(same_bits(ids(d.graphs[0].ndata["label"]), ids({3}, {0, 2, 0})));
  CHECK(d.graphs[1].num_vertices() == 0);
  CHECK(d.graphs[1].num_edges() == 0);
  CHECK(d.graphs[2].edges(0, 1) == std::vector<edge_id>{0, 1});
  CHECK(same_bits(ids(d.graphs[2].ndata["label"]), ids({2}, {1, 1})));
}

TEST_CASE("read_graph_data: what is wrong in a folder") {
  const temporary_folder folder;
  const auto refused = [&](const char* file, const any_tensor& t, const std::string& part) {
    put_data_set(folder);
    write_npy(folder / file, t);
    CHECK_THROWS_SAYING(read_graph_data(folder.path()), std::runtime_error,
                        "[read_graph_data] " + (folder / file).string() + ": " + part);
  };
  CHECK_THROWS_SAYING(read_graph_data(folder / "none"), std::runtime_error, "none: no such folder");
  CHECK_THROWS_SAYING(read_graph_data(folder.path()), std::runtime_error, "cannot open");
  const char *offsets = "graph_node_offsets.npy", *edges = "edges.npy", *labels = "node_labels.npy";
  refused(offsets, ids({3}, {0, 3, 5}), "3 offsets for 3 labels of graphs");
  refused(offsets, ids({0}), "0 offsets");
  refused(offsets, ids({4}, {0, 3, 2, 5}), "does not ascend from 0 to 5");
  refused(offsets, ids({4}, {1, 3, 3, 5}), "does not ascend");
  refused(offsets, ids({4}, {0, 3, 3, 4}), "does not ascend");
  refused(offsets, ids({4}, {0, 3, 3, 6}), "entry 3 holds 6, expected 0 .. 5");
  refused(offsets, tensor({4}), "holds float, expected integers");
  refused(edges, ids({1, 2}, {2, 3}), "edge 0 joins two graphs");
  refused(edges, ids({2, 2}, {0, 1, 0, 5}), "edge 1 is 0 -> 5, expected 0 .. 4");
  refused(edges, ids({1, 2}, {-1, 0}), "edge 0 is -1 -> 0");
  refused(edges, ids({2, 3}), "shape (2, 3), expected (edges, 2)");
  refused(edges, ids({2}), "shape (2), expected (edges, 2)");
  refused(labels, ids({5}, {0, 2, -1, 1, 1}), "entry 2 holds -1, expected 0 .. 99999");
  refused(labels, ids({5}, {0, 2, 100'000, 1, 1}), "entry 2 holds 100000");
  refused(labels, ids({5, 2}), "shape (5, 2), expected one number a row");
  refused("graph_labels.npy", ids({3}, {0, -2, 1}), "entry 1 holds -2");
  for (const char* file : {offsets, edges, labels, "graph_labels.npy"}) {
    put_data_set(folder);
    const std::string bytes = file_text(folder / file);
    put_file(folder / file, bytes.substr(0, bytes.size() - 1));
    CHECK_THROWS_SAYING(read_graph_data(folder.path()), std::runtime_error, file);
    std::filesystem::remove(folder / file);
    CHECK_THROWS_SAYING(read_graph_data(folder.path()), std::runtime_error, "cannot open");
  }
}

TEST_CASE("read_graph_data: MUTAG") {
  const auto folder = shared_file("data/tu-mutag");
  if (folder.empty()) return;
  const graph_data d = read_graph_data(folder);
  CHECK(d.size() == 188);
  CHECK(d.num_classes == 2);
  CHECK(d.num_vertex_labels == 7);
  std::int64_t vertices = 0, edges = 0, mutagenic = 0;
  for (const graph& g : d.graphs) vertices += g.num_vertices(), edges += g.num_edges();
  for (const std::int64_t label : d.labels.values()) mutagenic += label;
  CHECK(vertices == 3371);
  CHECK(edges == 7442);
  CHECK(mutagenic == 125);
}

}  // namespace
}  // namespace edgefold
