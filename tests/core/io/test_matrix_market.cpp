#include <edgefold/core/io/matrix_market.hpp>

#include <core/io/io_support.hpp>
#include <support/edge_pairs.hpp>
#include <support/shared.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using integers = basic_tensor<std::int64_t>;
using doubles = basic_tensor<double>;

graph parsed_matrix(const std::string& kind, const std::string& rest) {
  return parse_matrix_market("%%MatrixMarket matrix coordinate " + kind + "\n" + rest);
}

TEST_CASE("read_matrix_market: general matrices") {
  const graph p = parsed_matrix("pattern general", "% words\n\n3 3 3\n1 2\n3 1\n2 2\n");
  CHECK(edges_of(p) == pairs{{0, 1}, {2, 0}, {1, 1}});
  CHECK(p.num_vertices() == 3);
  CHECK(p.edata.names().empty());
  const graph r = parsed_matrix("Real GENERAL", "2 2 2\r\n 1  1  0.5\r\n 2 1 -1e2");
  CHECK(edges_of(r) == pairs{{0, 0}, {1, 0}});
  CHECK(same_bits(tensor(r.edata["weight"]), tensor({2, 1}, {0.5F, -100})));
  CHECK(parsed_matrix("real general", "0 0 0").num_vertices() == 0);
  CHECK(parsed_matrix("real general", "5 5 0\n").num_vertices() == 5);
}

TEST_CASE("read_matrix_market: symmetric matrices give both directions") {
  const graph s = parsed_matrix("integer symmetric", "3 3 3\n2 1 4\n2 2 5\n3 1 6\n");
  CHECK(edges_of(s) == pairs{{1, 0}, {0, 1}, {1, 1}, {2, 0}, {0, 2}});
  CHECK(same_bits(integers(s.edata["weight"]), integers({5, 1}, {4, 4, 5, 6, 6})));
  const graph k = parsed_matrix("real skew-symmetric", "2 2 1\n2 1 0.5\n");
  CHECK(edges_of(k) == pairs{{1, 0}, {0, 1}});
  CHECK(same_bits(tensor(k.edata["weight"]), tensor({2, 1}, {0.5F, -0.5F})));
}

TEST_CASE("read_matrix_market: skew-symmetric matrices may have zeros on the diagonal, and nothing else") {
  const graph g = parsed_matrix("real skew-symmetric", "2 2 3\n1 1 0\n2 1 0.5\n2 2 -0.0e5\n");
  CHECK(edges_of(g) == pairs{{0, 0}, {1, 0}, {0, 1}, {1, 1}});
  CHECK(same_bits(tensor(g.edata["weight"]), tensor({4, 1}, {0, 0.5F, -0.5F, -0.0F})));
  CHECK(parsed_matrix("integer skew-symmetric", "2 2 1\n1 1 0\n").num_edges() == 1);
  const auto refused = [](const char* kind, const char* entry, const char* part) {
    CHECK_THROWS_SAYING(parsed_matrix(kind, "2 2 1\n" + std::string(entry)), std::runtime_error, part);
  };
  refused("real skew-symmetric", "1 1 1e-400\n",
          "line 3: \"1e-400\" on the diagonal of a skew-symmetric matrix, expected 0");
  refused("real skew-symmetric", "1 1 nan\n", "on the diagonal of a skew-symmetric");
  refused("integer skew-symmetric", "2 1 -9223372036854775808\n", "the negative of -9223372036854775808 does not fit");
}

TEST_CASE("read_matrix_market: weights keep the type that the file gives them") {
  const auto weight = [](const std::string& kind, const std::string& rest) {
    return parsed_matrix(kind, rest).edata["weight"].any();
  };
  CHECK(same_any(weight("integer general", "3 3 2\n1 1 16777217\n2 2 9123456789012345\n"),
                 integers({2, 1}, {16777217, 9123456789012345})));
  CHECK(same_any(weight("real general", "3 3 2\n1 1 1\n2 2 2\n"), tensor({2, 1}, {1, 2})));
  CHECK(same_any(weight("real general", "3 3 2\n1 1 1e300\n2 2 0.1\n"), doubles({2, 1}, {1e300, 0.1})));
  CHECK(same_any(weight("real skew-symmetric", "3 3 1\n2 1 0.1234567890123\n"),
                 doubles({2, 1}, {0.1234567890123, -0.1234567890123})));
  CHECK(same_any(weight("real general", "3 3 2\n1 1 16777217\n2 2 inf\n"), doubles({2, 1}, {16777217, INFINITY})));
  CHECK(same_any(weight("integer general", "3 3 0\n"), integers({0, 1})));
  CHECK(same_any(weight("real general", "3 3 0\n"), tensor({0, 1})));
}

TEST_CASE("read_matrix_market: weights of the type that is asked for, or an error") {
  const auto weight = [](const std::string& rest, number_type type) {
    return parse_matrix_market("%%MatrixMarket matrix coordinate " + rest, "text", type).edata["weight"].any();
  };
  CHECK(same_any(weight("integer skew-symmetric\n3 3 1\n2 1 5\n", number_type::float32), tensor({2, 1}, {5, -5})));
  CHECK(same_any(weight("real symmetric\n3 3 1\n2 1 0.3333333333333333\n", number_type::float32),
                 tensor({2, 1}, {1.0F / 3, 1.0F / 3})));
  CHECK(same_any(weight("real general\n3 3 1\n2 1 7\n", number_type::int64), integers({1, 1}, {7})));
  CHECK(same_any(weight("integer skew-symmetric\n3 3 1\n2 1 -9223372036854775808\n", number_type::float64),
                 doubles({2, 1}, {-0x1p63, 0x1p63})));
  CHECK_THROWS_SAYING(weight("integer general\n3 3 1\n2 1 16777217\n", number_type::float32), std::runtime_error,
                      "line 3: number \"16777217\" would be rounded as float");
  CHECK_THROWS_SAYING(weight("real general\n3 3 1\n2 1 7.5\n", number_type::int64), std::runtime_error,
                      "line 3: expected a whole number, got \"7.5\"");
  const temporary_folder folder;
  put_file(folder / "a.mtx", "%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 2 3\n");
  CHECK(
      same_any(read_matrix_market(folder / "a.mtx", number_type::float32).edata["weight"].any(), tensor({1, 1}, {3})));
}

TEST_CASE("read_matrix_market: rows and columns of a matrix that is not square") {
  const graph g = parsed_matrix("pattern general", "2 4 2\n1 4\n2 1\n");
  CHECK(g.is_bipartite());
  CHECK(g.num_src() == 2);
  CHECK(g.num_dst() == 4);
  CHECK(edges_of(g) == pairs{{0, 3}, {1, 0}});
}

TEST_CASE("read_matrix_market: what it refuses") {
  const auto refused = [](const char* kind, const char* rest, const char* part) {
    CHECK_THROWS_SAYING(parsed_matrix(kind, rest), std::runtime_error, part);
  };
  CHECK_THROWS_SAYING(parse_matrix_market(""), std::runtime_error,
                      "[parse_matrix_market] text: line 0: the file is empty");
  CHECK_THROWS_SAYING(parse_matrix_market("1 1 1\n1 1"), std::runtime_error, "line 1: expected %%MatrixMarket");
  CHECK_THROWS_SAYING(parse_matrix_market("%%MatrixMarket matrix array real general\n"), std::runtime_error,
                      "format \"array\" is not supported, expected coordinate");
  refused("complex general", "1 1 1\n1 1 0 0", "field \"complex\", expected pattern, real or integer");
  refused("real hermitian", "1 1 1\n1 1 0", "symmetry \"hermitian\" is not supported");
  refused("pattern skew-symmetric", "1 1 0\n", "symmetry \"skew-symmetric\" is not supported for pattern");
  refused("real", "1 1 0\n", "expected %%MatrixMarket matrix coordinate FIELD SYMMETRY");
  refused("real general", "% only words\n", "ends before the line of sizes");
  refused("real general", "1 1\n", "line 2: expected rows, columns and entries");
  refused("real general", "2147483648 1 0\n", "the number of rows is \"2147483648\", expected 0 .. 2147483647");
  refused("real general", "1 1 -1\n", "the number of entries is \"-1\"");
  refused("real general", "1 1 1000000000000000\n1 1 1\n", "1000000000000000 entries announced, at most 1 fit");
  refused("pattern symmetric", "2 3 0\n", "a symmetric matrix of 2 rows and 3 columns");
  refused("pattern general", "9 9 2\n1 1\n    \n", "the file ends after 1 of 2 entries");
  refused("pattern general", "9 9 1\n1 1\n2 2\n", "line 4: more entries than the 1 announced");
  refused("pattern general", "9 9 1\n0 1\n", "line 3: row is \"0\", expected 1 .. 9");
  refused("pattern general", "9 9 1\n1 10\n", "line 3: column is \"10\", expected 1 .. 9");
  refused("pattern general", "9 9 1\n1 1 5\n", "line 3: 3 columns, expected 2");
  refused("real general", "9 9 1\n1 1\n   \n", "2 columns, expected 3");
  refused("real general", "9 9 1\n1 1 x\n", "expected a number, got \"x\"");
  refused("integer general", "9 9 1\n1 1 1.5\n", "expected a whole number as value");
  refused("real skew-symmetric", "9 9 1\n3 3 1\n", "on the diagonal of a skew-symmetric");
  refused("pattern general", "9 9 1\n-1 1\n", "line 3: row is \"-1\", expected 1 .. 9");
  refused("pattern general", "9 9 1\n1 nan\n", "line 3: expected a whole number as column, got \"nan\"");
  refused("pattern general", "9 9 1\n1 2147483649\n", "line 3: column is \"2147483649\", expected 1 .. 9");
  refused("integer general", "9 9 1\n1 1 9223372036854775808\n", "line 3: value is \"9223372036854775808\"");
  refused("real general", "9 9 1\n1 1 -1e309\n", "line 3: number \"-1e309\" does not fit double");
}

TEST_CASE("read_matrix_market: cut before the last number it throws") {
  const std::string whole = "%%MatrixMarket matrix coordinate real general\n% c\n12 12 2\n11 12 1.5\n3 4 2\n";
  CHECK(parse_matrix_market(whole).num_edges() == 2);
  for (std::size_t n = 0; n + 2 < whole.size(); ++n) {
    CAPTURE(n);
    CHECK_THROWS_AS(parse_matrix_market(whole.substr(0, n)), std::runtime_error);
  }
}

TEST_CASE("write_matrix_market: and back") {
  const temporary_folder folder;
  graph g({{0, 1}, {2, 2}, {0, 1}}, 6);
  write_matrix_market(folder / "a.mtx", g);
  CHECK(file_text(folder / "a.mtx") == "%%MatrixMarket matrix coordinate pattern general\n6 6 3\n1 2\n3 3\n1 2\n");
  CHECK(read_matrix_market(folder / "a.mtx").num_vertices() == 6);
  g.edata["weight"] = tensor({3, 1}, {0.1F, -1e-40F, 3e38F});
  write_matrix_market(folder / "a.mtx", g);
  const graph r = read_matrix_market(folder / "a.mtx");
  CHECK(edges_of(r) == edges_of(g));
  CHECK(same_bits(tensor(r.edata["weight"]), tensor(g.edata["weight"])));
  g.edata["weight"] = basic_tensor<std::int64_t>({3}, {1, -2, 3});
  write_matrix_market(folder / "a.mtx", g);
  CHECK(file_text(folder / "a.mtx").starts_with("%%MatrixMarket matrix coordinate integer general\n"));
  const any_tensor same[] = {integers({3, 1}, {INT64_MIN, 9123456789012345, -2}), doubles({3, 1}, {1e300, 0.1, 5e-324}),
                             doubles({3, 1}, {1, 2, 3}), tensor({3, 1}, {1, 2, 123456790528.0F})};
  for (const any_tensor& t : same) {
    g.edata.set("weight", t);
    write_matrix_market(folder / "a.mtx", g);
    CHECK(same_any(read_matrix_market(folder / "a.mtx").edata["weight"].any(), t));
  }
  write_matrix_market(folder / "b.mtx", graph::bipartite({0, 1}, {4, 0}, 2, 5));
  CHECK(edges_of(read_matrix_market(folder / "b.mtx")) == pairs{{0, 4}, {1, 0}});
  CHECK(folder.num_files() == 2);
}

struct known_matrix {
  const char* name;
  std::int64_t rows, edges;
  double sum;
};

TEST_CASE("read_matrix_market: the data sets") {
  if (shared_file("data/mtx/karate.mtx").empty()) return;
  for (const known_matrix& m :
       {known_matrix{"karate.mtx", 34, 156, 156.0}, known_matrix{"chesapeake.mtx", 39, 340, 340.0},
        known_matrix{"football.mtx", 115, 1226, 1232.0}, known_matrix{"USAir97.mtx", 332, 4252, 306.77279999999996},
        known_matrix{"delaunay_n10.mtx", 1024, 6112, 6112.0}, known_matrix{"Erdos991.mtx", 492, 2834, 2834.0},
        known_matrix{"sherman4.mtx", 1104, 3786, 569.39416504}, known_matrix{"G1.mtx", 800, 38352, 38352.0},
        known_matrix{"Stranke94.mtx", 10, 90, -3688.0}}) {
    CAPTURE(m.name);
    const graph g = read_matrix_market(shared_folder() / "data/mtx" / m.name);
    CHECK(g.num_vertices() == m.rows);
    CHECK(g.num_edges() == m.edges);
    double sum = 0;
    if (g.edata.contains("weight"))
      std::visit(
          [&](const auto& t) {
            for (const auto w : t.values()) sum += static_cast<double>(w);
          },
          g.edata.get("weight"));
    else sum = static_cast<double>(g.num_edges());
    CHECK(sum == doctest::Approx(m.sum).epsilon(1e-6));
  }
}

}  // namespace
}  // namespace edgefold
