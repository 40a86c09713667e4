#include <doctest/doctest.h>

#include <edgefold/core/frame.hpp>

#include <support/tensors.hpp>

using namespace edgefold;
using namespace edgefold::testing;

namespace {
frame three_rows() { return {"ndata", "vertices", 3}; }
}  // namespace

TEST_CASE("assignment makes a column, and reading gives the same storage") {
  frame f = three_rows();
  const tensor h({3, 2}, {1, 2, 3, 4, 5, 6});
  f["h"] = h;
  CHECK(f.contains("h"));
  const tensor read = f["h"];
  CHECK(read.shares_storage_with(h));
  CHECK(f["h"].as().shares_storage_with(h));
  CHECK(std::get<tensor>(f["h"].any()).shares_storage_with(h));
  CHECK(f["h"].name() == "h");
  CHECK(f.num_rows() == 3);
}

TEST_CASE("assignment replaces a column, also by one of another type") {
  frame f = three_rows();
  f["h"] = tensor({3});
  const tensor before = f["h"];
  f["h"] = basic_tensor<std::int64_t>({3, 1}, {7, 8, 9});
  CHECK(f["h"].as<std::int64_t>().at(2) == 9);
  CHECK(before.rows() == 3);
  CHECK(f.names() == std::vector<std::string>{"h"});
}

TEST_CASE("every scalar type makes a column") {
  frame f = three_rows();
  f["f"] = tensor({3});
  f["d"] = basic_tensor<double>({3});
  f["i"] = basic_tensor<std::int32_t>({3});
  f["l"] = basic_tensor<std::int64_t>({3});
  f["b"] = basic_tensor<bool>({3});
  CHECK(f.names() == std::vector<std::string>{"b", "d", "f", "i", "l"});
  const std::vector<std::string_view> types{"bool", "double", "float", "int32", "int64"};
  for (std::size_t i = 0; i < types.size(); ++i) CHECK(scalar_name(f.get(f.names()[i])) == types[i]);
  CHECK(shape_of(f.get("l")) == shape_type{3});
}

TEST_CASE("a column may be assigned from a column, of another frame too") {
  frame f = three_rows(), other = three_rows();
  f["a"] = tensor({3}, {1, 2, 3});
  f["b"] = f["a"];
  other["c"] = std::as_const(f)["a"];
  CHECK(f["b"].as().shares_storage_with(f["a"].as()));
  CHECK(other["c"].as().at(1) == 2);
  frame longer("edata", "edges", 4);
  CHECK_THROWS_SAYING(longer["a"] = f["a"], std::invalid_argument, "column \"a\" has 3 rows, the graph has 4 edges");
}

TEST_CASE("reading does not make a column") {
  frame f = three_rows();
  static_cast<void>(f["h"]);
  CHECK_FALSE(f.contains("h"));
  CHECK_THROWS_SAYING(f["h"].as(), std::invalid_argument, "[ndata] no column \"h\"; there are no columns");
  f["x"] = tensor({3});
  f["y"] = tensor({3});
  CHECK_THROWS_SAYING(tensor(f["h"]), std::invalid_argument, "no column \"h\"; there is \"x\", \"y\"");
  CHECK_THROWS_SAYING(f["z"] = f["h"], std::invalid_argument, "no column \"h\"");
  CHECK(f.names() == std::vector<std::string>{"x", "y"});
}

TEST_CASE("wrong rows, no storage and wrong types are refused, and the columns stay") {
  frame f = three_rows();
  const tensor h({3}, {1, 2, 3});
  f["h"] = h;
  CHECK_THROWS_SAYING(f["h"] = tensor({4}), std::invalid_argument,
                      "[ndata] column \"h\" has 4 rows, the graph has 3 vertices");
  CHECK_THROWS_SAYING(f["new"] = tensor({2, 3}), std::invalid_argument, "column \"new\" has 2 rows");
  CHECK_THROWS_SAYING(f["h"] = tensor(), std::invalid_argument, "column \"h\" is given a tensor without storage");
  CHECK_THROWS_SAYING(f["h"].as<double>(), std::invalid_argument, "[ndata] column \"h\" is float, expected double");
  CHECK(f["h"].as().shares_storage_with(h));
  CHECK(f.names() == std::vector<std::string>{"h"});
}

TEST_CASE("erase removes one column, and throws where there is none") {
  frame f = three_rows();
  f["a"] = tensor({3});
  f["b"] = tensor({3});
  f.erase("a");
  CHECK(f.names() == std::vector<std::string>{"b"});
  CHECK_THROWS_SAYING(f.erase("a"), std::invalid_argument, "no column \"a\"; there is \"b\"");
}

TEST_CASE("a frame is a handle, and a column outlives the frame it came from") {
  frame f = three_rows(), same = f;
  f["h"] = tensor({3}, {1, 2, 3});
  CHECK(same.contains("h"));
  const column kept = three_rows()["late"];
  CHECK_THROWS_SAYING(kept.as(), std::invalid_argument, "no column \"late\"");
}

TEST_CASE("a refusing frame says why") {
  frame f = frame::refusing("ndata", "two sets");
  CHECK_THROWS_SAYING(f["h"] = tensor({0}), std::invalid_argument, "[ndata] two sets");
  CHECK_THROWS_SAYING(f["h"].as(), std::invalid_argument, "[ndata] two sets");
  CHECK_FALSE(f.contains("h"));
}

TEST_CASE("a frame of no rows holds columns of no rows") {
  frame f("edata", "edges", 0);
  f["w"] = tensor({0, 4});
  CHECK(f["w"].as().width() == 4);
}
