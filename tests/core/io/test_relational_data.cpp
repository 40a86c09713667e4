#include <edgefold/core/io/relational_data.hpp>

#include <edgefold/core/io/npy.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using ids = basic_tensor<std::int64_t>;

void put_relational_data_set(const temporary_folder& folder) {
  put_file(folder / "meta.json", R"({"num_entities": 5, "other": [1.5]})");
  write_npy(folder / "triples.npy", basic_tensor<std::int32_t>({3, 3}, {0, 2, 1, 0, 0, 1, 3, 2, 3}));
  write_npy(folder / "train_idx.npy", ids({2}, {0, 3}));
  write_npy(folder / "train_labels.npy", ids({2}, {1, 0}));
  write_npy(folder / "test_idx.npy", ids({1}, {4}));
  write_npy(folder / "test_labels.npy", ids({1}, {2}));
}

TEST_CASE("read_relational_data: an edge a triple") {
  const temporary_folder folder;
  put_relational_data_set(folder);
  const relational_data d = read_relational_data(folder.path());
  CHECK(d.g.num_vertices() == 5);
  CHECK(d.g.num_edges() == 3);
  CHECK(d.g.edges(0, 1) == std::vector<edge_id>{0, 1});
  CHECK(d.g.edge(3, 3) == 2);
  CHECK(same_bits(ids(d.g.edata["type"]), ids({3}, {2, 0, 2})));
  CHECK(d.num_relations == 3);
  CHECK(d.num_classes == 3);
  CHECK(same_bits(d.train, ids({2}, {0, 3})));
  CHECK(same_bits(d.train_labels, ids({2}, {1, 0})));
  CHECK(same_bits(d.test, ids({1}, {4})));
  CHECK(same_bits(d.test_labels, ids({1}, {2})));
}

TEST_CASE("read_relational_data: what is wrong in a folder") {
  const temporary_folder folder;
  const auto says = [&](const char* file, const std::string& part) {
    CHECK_THROWS_SAYING(read_relational_data(folder.path()), std::runtime_error,
                        "[read_relational_data] " + (folder / file).string() + ": " + part);
    put_relational_data_set(folder);
  };
  const auto refused = [&](const char* file, const any_tensor& t, const char* part) {
    write_npy(folder / file, t);
    says(file, part);
  };
  CHECK_THROWS_SAYING(read_relational_data(folder / "none"), std::runtime_error, "none: no such folder");
  says("meta.json", "cannot open");
  put_file(folder / "meta.json", "{");
  says("meta.json", "no JSON object");
  put_file(folder / "meta.json", "{}");
  says("meta.json", "num_entities is no number of 1 or more");
  put_file(folder / "meta.json", R"({"num_entities": 2147483648})");
  says("meta.json", "2147483648 entities");
  put_file(folder / "meta.json", R"({"num_entities": 3})");
  says("triples.npy", "triple 2 joins 3 and 3, there are 3 entities");
  refused("triples.npy", ids({1, 3}, {-1, 0, 0}), "triple 0 joins -1 and 0");
  refused("triples.npy", ids({1, 3}, {0, -1, 0}), "triple 0 is of relation -1");
  refused("triples.npy", ids({1, 3}, {0, 1 << 30, 0}), "triple 0 is of relation 1073741824");
  refused("triples.npy", ids({0, 3}), "shape (0, 3), expected (triples, 3)");
  refused("triples.npy", ids({3}), "shape (3), expected (triples, 3)");
  refused("train_idx.npy", ids({2}, {0, 5}), "entry 1 holds 5, expected 0 .. 4");
  refused("test_labels.npy", ids({1}, {-1}), "entry 0 holds -1, expected 0 .. 99999");
  refused("test_idx.npy", ids({2}, {0, 1}), "2 entities and 1 classes to test");
  refused("test_idx.npy", ids({0}), "0 entities and 1 classes to test");
  refused("train_idx.npy", tensor({2}), "holds float, expected integers");
}

TEST_CASE("read_relational_data: AIFB") {
  const auto folder = shared_file("data/aifb");
  if (folder.empty()) return;
  const relational_data d = read_relational_data(folder);
  CHECK(d.g.num_vertices() == 8285);
  CHECK(d.g.num_edges() == 29043);
  CHECK(d.num_relations == 45);
  CHECK(d.num_classes == 4);
  CHECK(d.train.size() == 140);
  CHECK(d.test.size() == 36);
}

}  // namespace
}  // namespace edgefold
