#include <doctest/doctest.h>

#include <edgefold/core/frame.hpp>
#include <edgefold/core/graph.hpp>

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

TEST_CASE("write_rows replaces some rows, in a tensor of the column's own") {
  frame f = three_rows();
  const tensor h({3, 2}, {1, 2, 3, 4, 5, 6});
  f["h"] = h;
  f.write_rows("h", {2, 0}, tensor({2, 2}, {7, 8, 9, 10}));
  CHECK(same_bits(f["h"].as(), tensor({3, 2}, {9, 10, 3, 4, 7, 8})));
  CHECK(same_bits(h, tensor({3, 2}, {1, 2, 3, 4, 5, 6})));
  CHECK(h.version() == tensor({3, 2}, {1, 2, 3, 4, 5, 6}).version());
  f.write_rows("h", {}, tensor({0, 2}));
  CHECK(f["h"].as().at(0) == 9);
  f["kind"] = basic_tensor<std::int64_t>({3}, {4, 5, 6});
  f.write_rows("kind", std::vector<std::int64_t>{1}, basic_tensor<std::int64_t>({1}, {9}));
  CHECK(same_bits(f["kind"].as<std::int64_t>(), basic_tensor<std::int64_t>({3}, {4, 9, 6})));
}

TEST_CASE("write_rows is not seen by a copy of the graph, and by whoever shares the frame") {
  graph g({{0, 1}, {1, 2}});
  g.ndata["x"] = tensor({3, 1}, {1, 2, 3});
  const graph before = g;
  g.srcdata.write_rows("x", {1}, tensor({1, 1}, {5}));
  CHECK(same_bits(g.ndata["x"].as(), tensor({3, 1}, {1, 5, 3})));
  CHECK(same_bits(before.ndata["x"].as(), tensor({3, 1}, {1, 2, 3})));
}

TEST_CASE("write_rows passes gradients to the new rows and to those that stay, whatever becomes of the ids") {
  frame f = three_rows();
  tensor h({3, 2}, {1, 2, 3, 4, 5, 6}), rows({2, 2}, {7, 8, 9, 10});
  h.set_requires_grad();
  rows.set_requires_grad();
  basic_tensor<std::int64_t> ids({2}, {2, 0});
  f["h"] = h;
  f.write_rows("h", ids, rows);
  ids.mutable_data()[0] = 1'000'000;
  f["h"].as().backward(tensor({3, 2}, {1, 2, 3, 4, 5, 6}));
  CHECK(same_bits(h.grad(), tensor({3, 2}, {0, 0, 3, 4, 0, 0})));
  CHECK(same_bits(rows.grad(), tensor({2, 2}, {5, 6, 1, 2})));
}

TEST_CASE("write_rows refuses what does not fit, and the column stays") {
  frame f = three_rows();
  const tensor h({3, 2}, {1, 2, 3, 4, 5, 6}), one({1, 2});
  f["h"] = h;
  CHECK_THROWS_SAYING(f.write_rows("x", {0}, one), std::invalid_argument, "[ndata] no column \"x\"; there is \"h\"");
  CHECK_THROWS_SAYING(f.write_rows("h", {0}, tensor({1, 3})), std::invalid_argument,
                      "[write_rows] the rows have shape (1, 3), expected (1, 2) for 1 ids and column \"h\"");
  CHECK_THROWS_SAYING(f.write_rows("h", {0, 1}, one), std::invalid_argument, "shape (1, 2), expected (2, 2)");
  CHECK_THROWS_SAYING(f.write_rows("h", {0}, tensor()), std::invalid_argument, "[write_rows] the rows have shape ()");
  CHECK_THROWS_SAYING(f.write_rows("h", {0}, basic_tensor<double>({1, 2})), std::invalid_argument,
                      "[write_rows] column \"h\" is float, the rows are double");
  CHECK_THROWS_SAYING(f.write_rows("h", {3}, one), std::invalid_argument,
                      "[write_rows] id 0 is 3, expected an id from 0 to 2");
  CHECK_THROWS_SAYING(f.write_rows("h", {-1}, one), std::invalid_argument, "[write_rows] id 0 is -1");
  CHECK_THROWS_SAYING(f.write_rows("h", {1, 1}, tensor({2, 2})), std::invalid_argument,
                      "[write_rows] id 1 is given twice");
  CHECK(f["h"].as().shares_storage_with(h));
  frame two = frame::refusing("ndata", "two sets");
  CHECK_THROWS_SAYING(two.write_rows("h", {0}, one), std::invalid_argument, "[ndata] two sets");
}
