#include <edgefold/core/io/graph_file.hpp>

#include <edgefold/core/io/npy.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

#include <numeric>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using ids = basic_tensor<std::int64_t>;

TEST_CASE("read_graph: by extension") {
  const temporary_folder folder;
  for (const char* name : {"a.txt", "a.csv", "a.tsv", "a.TXT"}) {
    put_file(folder / name, "0,1\n2,0\n");
    CHECK(read_graph(folder / name).has_edge(2, 0));
  }
  CHECK(read_graph(folder / "a.txt", 9).num_vertices() == 9);
  put_file(folder / "w.txt", "0 1 5\n");
  CHECK(same_any(read_graph(folder / "w.txt").edata["weight"].any(), ids({1, 1}, {5})));
  CHECK(same_any(read_graph(folder / "w.txt", -1, number_type::float32).edata["weight"].any(), tensor({1, 1}, {5})));
  const std::string matrix = "%%MatrixMarket matrix coordinate pattern general\n3 3 1\n3 1\n";
  for (const char* name : {"b.txt.gz", "b.csv.GZ", "b.TSV.gz"}) {
    put_file(folder / name, gzip_member("0,1\n") + gzip_member("2,0\n") + gzip_member(""));
    CHECK(read_graph(folder / name).has_edge(2, 0));
  }
  put_file(folder / "b.mtx.gz", gzip_member(matrix));
  CHECK(read_graph(folder / "b.mtx.gz").has_edge(2, 0));
  for (const char* name : {"b.gz", "b.npy.gz", "a.dot"}) put_file(folder / name, "0 1\n");
  CHECK_THROWS_SAYING(read_graph(folder / "b.gz"), std::runtime_error, "extension \".gz\" is not known");
  CHECK_THROWS_SAYING(read_graph(folder / "b.npy.gz"), std::runtime_error, "extension \".npy.gz\" is not known");
  put_file(folder / "a.mtx", matrix);
  CHECK(read_graph(folder / "a.mtx", 3).has_edge(2, 0));
  CHECK_THROWS_SAYING(read_graph(folder / "a.mtx", 4), std::invalid_argument,
                      "num_vertices is 4, the matrix has 3 rows");
  write_npy(folder / "a.npy", ids({2, 2}, {0, 1, 2, 0}));
  CHECK(read_graph(folder / "a.npy").has_edge(2, 0));
  CHECK(read_graph(folder / "a.npy", 5).num_vertices() == 5);
  write_npy(folder / "a.npy", ids({0, 2}));
  CHECK(read_graph(folder / "a.npy").num_edges() == 0);
  CHECK_THROWS_SAYING(read_graph(folder / "a.dot"), std::runtime_error, "extension \".dot\" is not known");
  CHECK_THROWS_SAYING(read_graph(folder / "none.txt"), std::runtime_error, "cannot open: No such file or directory");
  CHECK_THROWS_SAYING(read_graph(folder / "none"), std::runtime_error, "none: no such file or folder");
  CHECK_THROWS_SAYING(read_graph(folder / std::string(5000, 'a')), std::runtime_error, ": File name too long");
  CHECK_THROWS_SAYING(read_graph(folder / "a.txt", -3), std::invalid_argument, "[read_graph] num_vertices is -3");
}

TEST_CASE("read_graph: pairs that are none") {
  const temporary_folder folder;
  const auto refused = [&](const any_tensor& t, const char* part, std::int64_t n = -1) {
    write_npy(folder / "a.npy", t);
    CHECK_THROWS_SAYING(read_graph(folder / "a.npy", n), std::runtime_error, part);
  };
  refused(ids({2, 3}), "a.npy: shape (2, 3), expected (edges, 2)");
  refused(ids({2}), "shape (2), expected (edges, 2)");
  refused(tensor({1, 2}), "holds float, expected integers");
  refused(ids({2, 2}, {0, 1, -1, 0}), "edge 1 is -1 -> 0, expected 0 .. 2147483646");
  refused(ids({1, 2}, {0, 2147483647}), "edge 0 is 0 -> 2147483647");
  refused(basic_tensor<std::int32_t>({1, 2}, {0, 5}), "edge 0 is 0 -> 5, expected 0 .. 3", 4);
}

// A folder of three vertices, two edges, features [[0, 1, 0, 0], [0, 0, 0, 0], [2, 0, 0, 5]] and labels 7, 8, 9.
void put_sparse_data_set(const temporary_folder& folder) {
  put_file(folder / "meta.json", R"({"num_nodes": 3, "num_features": 4, "other": [1.5]})");
  write_npy(folder / "edges.npy", ids({2, 2}, {0, 1, 1, 0}));
  write_npy(folder / "feat_indptr.npy", ids({4}, {0, 1, 1, 4}));
  write_npy(folder / "feat_indices.npy", basic_tensor<std::int32_t>({4}, {1, 0, 3, 0}));
  write_npy(folder / "feat_values.npy", tensor({4}, {1, 0.5F, 5, 1.5F}));
  write_npy(folder / "labels.npy", ids({3}, {7, 8, 9}));
}

TEST_CASE("read_graph: a data set folder") {
  const temporary_folder folder;
  put_sparse_data_set(folder);
  const graph g = read_graph(folder.path());
  CHECK(g.num_vertices() == 3);
  CHECK(g.num_edges() == 2);
  CHECK(same_bits(tensor(g.ndata["feat"]), tensor({3, 4}, {0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 5})));
  CHECK(same_bits(ids(g.ndata["label"]), ids({3, 1}, {7, 8, 9})));
  CHECK(read_graph(folder.path(), 5).ndata.names().empty());

  std::filesystem::remove(folder / "edges.npy");
  put_file(folder / "edges.txt", "0 2\n");
  std::filesystem::remove(folder / "labels.npy");
  CHECK(read_graph(folder.path()).has_edge(0, 2));
  CHECK(read_graph(folder.path()).ndata.names() == std::vector<std::string>{"feat"});
}

TEST_CASE("read_graph: what is wrong in a folder") {
  const temporary_folder folder;
  CHECK_THROWS_SAYING(read_graph(folder.path()), std::runtime_error, "no edges.npy or edges.txt in this folder");
  const auto refused = [&](const char* part) {
    CHECK_THROWS_SAYING(read_graph(folder.path()), std::runtime_error, part);
    put_sparse_data_set(folder);
  };
  put_sparse_data_set(folder);
  put_file(folder / "meta.json", "{\"num_nodes\": 3");
  refused("meta.json: no JSON object");
  put_file(folder / "meta.json", "{\"num_nodes\": -3}");
  refused("num_nodes is no number from 0 to 2147483647");
  put_file(folder / "meta.json", "{\"num_nodes\": \"3\"}");
  refused("num_nodes is no number");
  put_file(folder / "meta.json", "{\"num_nodes\": 3}");
  refused("features, but no num_features in meta.json");
  put_file(folder / "meta.json", "{\"num_nodes\": 1}");
  refused("edge 0 is 0 -> 1, expected 0 .. 0");
  put_file(folder / "meta.json", "{\"num_nodes\": 3, \"num_features\": 3}");
  refused("feat_indices are not all in 0 .. 2");
  write_npy(folder / "feat_indptr.npy", ids({4}, {0, 2, 1, 4}));
  refused("feat_indptr does not ascend from 0 to 4");
  write_npy(folder / "feat_indptr.npy", ids({4}, {0, 1, 1, 5}));
  refused("feat_indptr does not ascend");
  write_npy(folder / "feat_values.npy", tensor({3}));
  refused("3 feat_values for 4 feat_indices");
  std::filesystem::remove(folder / "feat_values.npy");
  refused("feat_values.npy: cannot open");
}

void check_planetoid(const char* name, std::int64_t n, std::int64_t edges, std::int64_t features, double sum,
                     const std::vector<std::int64_t>& class_counts) {
  const auto folder = shared_file(name);
  if (folder.empty()) return;
  const graph g = read_graph(folder);
  CHECK(g.num_vertices() == n);
  CHECK(g.num_edges() == edges);
  const tensor x = g.ndata["feat"];
  CHECK(x.shape() == shape_type{n, features});
  CHECK(std::accumulate(x.values().begin(), x.values().end(), 0.0) == sum);
  std::vector<std::int64_t> counts(class_counts.size());
  const auto labels = ids(g.ndata["label"]);
  for (std::int64_t label : labels.values()) ++counts.at(static_cast<std::size_t>(label));
  CHECK(counts == class_counts);
}

TEST_CASE("read_graph: cora") {
  check_planetoid("data/cora", 2708, 10556, 1433, 49216, {351, 217, 418, 818, 426, 298, 180});
}
TEST_CASE("read_graph: citeseer") {
  check_planetoid("data/citeseer", 3327, 9104, 3703, 105165, {264, 590, 668, 701, 596, 508});
}

TEST_CASE("read_graph: the other data sets") {
  const auto karate = shared_file("data/karate");
  const auto physics = shared_file("data/snap-ca-GrQc");
  const auto mail = shared_file("data/snap-email-Eu-core");
  const auto mutag = shared_file("data/tu-mutag");
  if (karate.empty() || physics.empty() || mail.empty() || mutag.empty()) return;
  const graph k = read_graph(karate), p = read_graph(physics), m = read_graph(mail), t = read_graph(mutag);
  CHECK(k.num_vertices() == 34);
  CHECK(k.num_edges() == 78);
  CHECK(k.in_degree(33) + k.out_degree(33) == 17);
  CHECK(p.num_vertices() == 5242);
  CHECK(p.num_edges() == 14484);
  CHECK(p.in_degree(4233) + p.out_degree(4233) == 81);
  CHECK(m.num_vertices() == 1005);
  CHECK(m.num_edges() == 25571);
  CHECK(t.num_vertices() == 3371);
  CHECK(t.num_edges() == 7442);
}

}  // namespace
}  // namespace edgefold
