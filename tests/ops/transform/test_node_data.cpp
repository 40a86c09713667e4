#include <edgefold/ops/transform/node_data.hpp>

#include <edgefold/core/io/npy.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using id_tensor = basic_tensor<std::int64_t>;

void put_data_set(const temporary_folder& folder) {
  put_file(folder / "meta.json", R"({"num_features": 3})");
  write_npy(folder / "edges.npy", id_tensor({2, 2}, {0, 1, 3, 2}));
  write_npy(folder / "labels.npy", basic_tensor<std::int32_t>({4}, {0, 1, 1, 4}));
  write_npy(folder / "feat_indptr.npy", id_tensor({5}, {0, 1, 1, 3, 3}));
  write_npy(folder / "feat_indices.npy", basic_tensor<std::int32_t>({3}, {2, 0, 1}));
  write_npy(folder / "feat_values.npy", tensor({3}, {0.5F, 1, 2}));
  write_npy(folder / "train_idx.npy", id_tensor({2}, {3, 0}));
  write_npy(folder / "val_idx.npy", id_tensor({1}, {1}));
  write_npy(folder / "test_idx.npy", id_tensor({1}, {2}));
}

TEST_CASE("read_node_data: graph, sparse features, labels and split") {
  const temporary_folder folder;
  put_data_set(folder);
  const node_data d = read_node_data(folder.path());
  CHECK(d.g.num_vertices() == 4);
  CHECK(d.g.edge(3, 2) == 1);
  CHECK(same_bits(to_dense(d.features), tensor({4, 3}, {0, 0, 0.5F, 0, 0, 0, 1, 2, 0, 0, 0, 0})));
  CHECK(same_bits(d.labels, id_tensor({4}, {0, 1, 1, 4})));
  CHECK(d.num_classes == 5);
  CHECK(same_bits(d.train, id_tensor({2}, {3, 0})));
  CHECK(same_bits(d.validation, id_tensor({1}, {1})));
  CHECK(same_bits(d.test, id_tensor({1}, {2})));
}

TEST_CASE("read_node_data: what is wrong in a folder") {
  const temporary_folder folder;
  const auto says = [&](const char* file, const char* part) {
    CAPTURE(part);
    CHECK_THROWS_SAYING(read_node_data(folder.path()), std::runtime_error, (folder / file).string() + ": " + part);
    put_data_set(folder);
  };
  const auto refused = [&](const char* file, const any_tensor& t, const char* part) {
    write_npy(folder / file, t);
    says(file, part);
  };
  CHECK_THROWS_SAYING(read_node_data(folder / "none"), std::runtime_error, "[read_node_data] ");
  CHECK_THROWS_SAYING(read_node_data(folder / "none"), std::runtime_error, "none: no such folder");
  says("labels.npy", "cannot open");
  refused("labels.npy", id_tensor({0}), "0 labels");
  refused("labels.npy", id_tensor({4}, {0, 1, 1, -1}), "entry 3 holds -1, expected 0 .. 999999");
  refused("labels.npy", id_tensor({4, 2}), "shape (4, 2), expected one number a row");
  refused("edges.npy", id_tensor({1, 2}, {0, 4}), "edge 0 is 0 -> 4, expected 0 .. 3");
  refused("feat_indptr.npy", id_tensor({4}, {0, 1, 1, 3}), "3 rows of features for 4 labels");
  refused("feat_indptr.npy", id_tensor({5}, {0, 2, 1, 3, 3}), "with feat_indices.npy and feat_values.npy: ");
  put_file(folder / "meta.json", R"({"num_features": 2})");
  says("feat_indptr.npy", "with feat_indices.npy and feat_values.npy: ");
  put_file(folder / "meta.json", R"({"num_features": 0})");
  says("meta.json", "num_features is no number of 1 or more");
  refused("feat_values.npy", basic_tensor<double>({3}), "holds double, expected float");
  refused("train_idx.npy", id_tensor({0}), "names no vertices");
  refused("val_idx.npy", id_tensor({1}, {4}), "entry 0 holds 4, expected 0 .. 3");
  refused("test_idx.npy", id_tensor({1}, {3}), "vertex 3 is given twice in the split");
  std::filesystem::remove(folder / "test_idx.npy");
  says("test_idx.npy", "cannot open");
}

TEST_CASE("read_node_data: Cora and Citeseer") {
  const auto cora = shared_file("data/cora"), citeseer = shared_file("data/citeseer");
  if (cora.empty() || citeseer.empty()) return;
  for (const auto& [folder, vertices, words, classes] :
       {std::tuple(cora, 2708, 1433, 7), std::tuple(citeseer, 3327, 3703, 6)}) {
    const node_data d = read_node_data(folder);
    CHECK(d.g.num_vertices() == vertices);
    CHECK(d.features.rows() == vertices);
    CHECK(d.features.cols() == words);
    CHECK(d.num_classes == classes);
    CHECK(d.train.size() == 20 * classes);
    CHECK(d.validation.size() == 500);
    CHECK(d.test.size() == 1000);
  }
}

}  // namespace
}  // namespace edgefold
