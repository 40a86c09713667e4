#include <edgefold/core/io/edge_list.hpp>

#include <core/io/io_support.hpp>
#include <support/edge_pairs.hpp>
#include <support/shared.hpp>

#include <limits>

namespace edgefold {
namespace {

using namespace edgefold::testing;

using integers = basic_tensor<std::int64_t>;
using doubles = basic_tensor<double>;

TEST_CASE("read_edge_list: comments, blanks, separators, line ends") {
  const graph g = parse_edge_list("\xEF\xBB\xBF# head\r\n\r\n0 1\r\n% more\n  2\t0  \n\n3,1\n1 ; 1\n0 , 1\n+4 0");
  CHECK(edges_of(g) == pairs{{0, 1}, {2, 0}, {3, 1}, {1, 1}, {0, 1}, {4, 0}});
  CHECK(g.num_vertices() == 5);
  CHECK(g.edata.names().empty());
}

TEST_CASE("read_edge_list: weights") {
  const graph g = parse_edge_list("0 1 0.5\n1,0,-2e3\n0\t0\t1e-40\n0 1 +3\n");
  const tensor w = g.edata["weight"];
  CHECK(same_bits(w, tensor({4, 1}, {0.5F, -2000, 1e-40F, 3})));
}

TEST_CASE("read_edge_list: weights keep the type that the file gives them") {
  const auto weight = [](std::string_view text) { return parse_edge_list(text).edata["weight"].any(); };
  CHECK(same_any(weight("0 1 16777217\r\n1 2 9123456789012345\r\n2 0 -1"),
                 integers({3, 1}, {16777217, 9123456789012345, -1})));
  CHECK(same_any(weight("0 1 1\n0 1 1e300\n0 1 1e-60"), doubles({3, 1}, {1, 1e300, 1e-60})));
  CHECK(same_any(weight("0 1 0.1\n0 1 0.3333333333333333"), doubles({2, 1}, {0.1, 0.3333333333333333})));
  CHECK(same_any(weight("0 1 16777217\n0 1 0.5"), doubles({2, 1}, {16777217, 0.5})));
  CHECK(same_any(weight("0 1 16777216\n0 1 inf\n0 1 -Infinity"), tensor({3, 1}, {16777216, INFINITY, -INFINITY})));
}

TEST_CASE("read_edge_list: whole numbers beyond int64, or of more than nine digits beside others, become double") {
  const auto weight = [](std::string_view text) { return parse_edge_list(text).edata["weight"].any(); };
  CHECK(same_any(weight("0 1 9223372036854775808"), doubles({1, 1}, {0x1p63})));
  CHECK(same_any(weight("0 1 -9223372036854775808"), integers({1, 1}, {INT64_MIN})));
  CHECK(same_any(weight("0 1 18446744073709551616\n0 1 5"), doubles({2, 1}, {0x1p64, 5})));
  CHECK(same_any(weight("0 1 100000000000000000000\n0 1 0.5"), doubles({2, 1}, {1e20, 0.5})));
  CHECK(same_any(weight("0 1 1073741824\n0 1 0.5"), doubles({2, 1}, {1073741824, 0.5})));
  CHECK(same_any(weight("0 1 0.5\n0 1 1073741824"), doubles({2, 1}, {0.5, 1073741824})));
  CHECK(same_any(weight("0 1 0.5\n0 1 0000000000000\n0 1 0000000000004"), tensor({3, 1}, {0.5, 0, 4})));
  CHECK_THROWS_SAYING(weight("0 1 18446744073709551615"), std::runtime_error,
                      "line 1: number \"18446744073709551615\" would be rounded as double");
}

TEST_CASE("read_edge_list: weights of the type that is asked for, or an error") {
  const auto weight = [](std::string_view text, number_type type) {
    return parse_edge_list(text, -1, "text", type).edata["weight"].any();
  };
  const std::string_view whole = "0 1 16777216\n0 1 -3", real = "0 1 0.3333333333333333\n0 1 1e-60\n0 1 nan";
  CHECK(same_any(weight(whole, number_type::float32), tensor({2, 1}, {16777216, -3})));
  CHECK(same_any(weight(whole, number_type::float64), doubles({2, 1}, {16777216, -3})));
  CHECK(same_any(weight(whole, number_type::int64), integers({2, 1}, {16777216, -3})));
  CHECK(same_any(weight(real, number_type::float32), tensor({3, 1}, {1.0F / 3, 0, NAN})));
  CHECK(same_any(weight(real, number_type::float64), doubles({3, 1}, {0.3333333333333333, 1e-60, NAN})));
  CHECK(
      same_any(weight("0 1 -1e-999999999999999999999\n0 1 0e99999", number_type::float64), doubles({2, 1}, {-0.0, 0})));
  const auto refused = [&](const char* number, number_type type, const char* part) {
    CHECK_THROWS_SAYING(weight("0 1 1\n0 1 " + std::string(number), type), std::runtime_error,
                        "line 2: " + std::string(part));
  };
  refused("16777217", number_type::float32, "number \"16777217\" would be rounded as float");
  refused("9007199254740993", number_type::float64, "number \"9007199254740993\" would be rounded as double");
  refused("1e39", number_type::float32, "number \"1e39\" does not fit float");
  refused("1e309", number_type::float64, "number \"1e309\" does not fit double");
  refused("0.5", number_type::int64, "expected a whole number, got \"0.5\"");
  refused("9223372036854775808", number_type::int64, "number \"9223372036854775808\" does not fit int64");
  refused("inf", number_type::int64, "expected a whole number, got \"inf\"");
  for (const number_type type :
       {number_type::as_written, number_type::int64, number_type::float32, number_type::float64})
    refused("1,5x", type, "more than 3 columns"), refused("5x", type, "expected a number, got \"5x\"");
  // Whole numbers may be longer than any integer.
  CHECK(same_any(weight("0 1 +0009223372036854775808", number_type::float32), tensor({1, 1}, {0x1p63F})));
  refused("100000000000000000000001", number_type::float64, "number \"100000000000000000000001\" would be rounded");
  refused(std::string(400, '9').c_str(), number_type::float64, "number \"9999");
}

TEST_CASE("read_edge_list: the number of vertices") {
  CHECK(parse_edge_list("", 0).num_vertices() == 0);
  CHECK(parse_edge_list("# nothing", 3).num_vertices() == 3);
  CHECK(parse_edge_list("0 1", 7).num_vertices() == 7);
  CHECK(parse_edge_list("2147483646 0").num_vertices() == 2147483647);
  CHECK_THROWS_SAYING(parse_edge_list("0 1\n0 2", 2), std::runtime_error, "line 2: target is \"2\", expected 0 .. 1");
  CHECK_THROWS_SAYING(parse_edge_list("0 1", -2), std::invalid_argument, "num_vertices is -2");
  CHECK_THROWS_SAYING(parse_edge_list("0 1", 1LL << 31), std::invalid_argument, "num_vertices is 2147483648");
}

TEST_CASE("read_edge_list: errors name the line") {
  const auto refused = [](const char* text, const char* part) {
    CHECK_THROWS_SAYING(parse_edge_list(text), std::runtime_error, part);
  };
  refused("# a\n\n0 1\n0\n", "[parse_edge_list] text: line 4: expected 2 or 3 columns, got \"0\"");
  refused("0 1\n0 1 2", "line 2: 3 columns, before there were 2");
  refused("0 1 2\n0 1", "line 2: 2 columns, before there were 3");
  refused("0 1 2 3", "line 1: more than 3 columns");
  refused("0 2147483647", "target is \"2147483647\", expected 0 .. 2147483646");
  refused("99999999999999999999 0", "source is \"99999999999999999999\"");
  refused("-1 0", "source is \"-1\"");
  refused("0.5 1", "expected a whole number as source, got \"0.5\"");
  refused("source,target\n0,1", "line 1: expected a whole number as source, got \"source\"");
  refused("0 1 heavy", "expected a number, got \"heavy\"");
  refused("0 1 1e999999", "line 1: number \"1e999999\" does not fit");
  refused("0 1 9223372036854775807\n0 1 0.5",
          "line 2: \"0.5\" does not fit int64, and 9223372036854775807 before it would be rounded as double");
  refused("0 1 9223372036854775809", "number \"9223372036854775809\" would be rounded as double");
  refused("0 nan", "expected a whole number as target, got \"nan\"");
  refused("inf 0", "expected a whole number as source, got \"inf\"");
  refused("0,,1", "a column is empty");
  refused("0,1,", "a column is empty");
  refused(",0,1", "a column is empty");
  refused("0 +-1", "expected a whole number");
  refused("0 \x01\x80", "got \"\?\?\"");
}

TEST_CASE("read_edge_list: a text without edges must say that it means so") {
  CHECK_THROWS_SAYING(parse_edge_list(""), std::runtime_error, "[parse_edge_list] text: there is no edge: no line has");
  CHECK_THROWS_SAYING(parse_edge_list("# some script\n\n% 2\n"), std::runtime_error, "text: there is no edge: no line");
  const temporary_folder folder;
  write_edge_list(folder / "none.txt", graph(std::vector<graph::edge_pair>(), 3));
  CHECK(read_edge_list(folder / "none.txt").num_edges() == 0);
  CHECK_THROWS_SAYING(parse_edge_list("%%MatrixMarket matrix coordinate real general\n3 3 0\n"), std::runtime_error,
                      "line 1: a Matrix Market file, expected a list of edges");
}

TEST_CASE("read_edge_list: cut anywhere it either reads or throws") {
  const std::string whole = "# head\n0 1 0.5\n10,11,-2e3\r\n7\t7\t1\n";
  std::int64_t most = -1;
  for (std::size_t n = 0; n <= whole.size(); ++n) try {
      const std::int64_t got = parse_edge_list(whole.substr(0, n)).num_edges();
      CHECK(got >= most);
      most = got;
    } catch (const std::runtime_error&) {
    }
  CHECK(most == 3);
}

TEST_CASE("write_edge_list: and back") {
  const temporary_folder folder;
  graph g({{0, 1}, {2, 2}, {0, 1}, {3, 0}});
  for (const char* name : {"a.txt", "a.csv", "a.tsv"}) {
    write_edge_list(folder / name, g);
    CHECK(edges_of(read_edge_list(folder / name)) == edges_of(g));
  }
  CHECK(file_text(folder / "a.csv") == "# 4 vertices, 4 edges\n0,1\n2,2\n0,1\n3,0\n");

  const float greatest = std::numeric_limits<float>::max(), least = std::numeric_limits<float>::denorm_min();
  const tensor w({4, 1}, {0.1F, greatest, -least, 1.0F / 3});
  g.edata["weight"] = w;
  write_edge_list(folder / "b.txt", g);
  CHECK(same_bits(tensor(read_edge_list(folder / "b.txt").edata["weight"]), w));
  const auto back = [&](const any_tensor& weights) {
    g.edata.set("weight", weights);
    write_edge_list(folder / "b.txt", g);
    return read_edge_list(folder / "b.txt").edata["weight"].any();
  };
  const any_tensor same[] = {integers({4, 1}, {INT64_MIN, INT64_MAX, 16777217, -1}),
                             doubles({4, 1}, {1e300, 5e-324, 0.1, -0.0}),
                             doubles({4, 1}, {0, 0, 1, 2}),
                             doubles({4, 1}, {0.1, 1e5, 123456789012345680.0, NAN}),
                             tensor({4, 1}, {1, -0.0F, 3, 123456790528.0F}),
                             tensor({4, 1}, {NAN, INFINITY, -INFINITY, 1e20F})};
  for (const any_tensor& t : same) CHECK(same_any(back(t), t));
  CHECK(same_any(back(basic_tensor<bool>({4}, {true, false, true, true})), integers({4, 1}, {1, 0, 1, 1})));
  CHECK(same_any(back(basic_tensor<std::int32_t>({4}, {1, -2, 3, 4})), integers({4, 1}, {1, -2, 3, 4})));
  CHECK(folder.num_files() == 4);

  g.edata["weight"] = tensor({4, 2});
  CHECK_THROWS_SAYING(write_edge_list(folder / "c.txt", g), std::invalid_argument, "shape (4, 2), expected one number");
  const graph two = graph::bipartite({0}, {0}, 1, 2);
  CHECK_THROWS_SAYING(write_edge_list(folder / "c.txt", two), std::invalid_argument, "two vertex sets");
  CHECK(folder.num_files() == 4);
}

TEST_CASE("write_edge_list: more text than is held at once") {
  const temporary_folder folder;
  std::vector<graph::edge_pair> edges;
  for (int i = 0; i < 200000; ++i) edges.emplace_back(i, (i * 7919LL) % 200000);
  write_edge_list(folder / "a.txt", graph(edges));
  CHECK(edges_of(read_edge_list(folder / "a.txt")) == pairs(edges.begin(), edges.end()));
}

TEST_CASE("read_edge_list: the data sets") {
  const auto karate = shared_file("data/karate/edges_weighted.txt");
  const auto physics = shared_file("data/snap-ca-GrQc/edges.txt");
  const auto mail = shared_file("data/snap-email-Eu-core/edges.txt");
  if (karate.empty() || physics.empty() || mail.empty()) return;
  const graph k = read_edge_list(karate);
  CHECK(k.num_vertices() == 34);
  CHECK(k.num_edges() == 78);
  double sum = 0;
  const auto weights = integers(k.edata["weight"]);
  for (std::int64_t w : weights.values()) sum += static_cast<double>(w);
  CHECK(sum == 231);
  CHECK(read_edge_list(physics, 5242).num_edges() == 14484);
  CHECK(read_edge_list(mail).num_edges() == 25571);
  CHECK(read_edge_list(mail).num_vertices() == 1005);
}

}  // namespace
}  // namespace edgefold
