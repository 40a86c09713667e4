#include <edgefold/core/io/edge_list.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

#include <limits>

namespace edgefold {
namespace {

using namespace edgefold::testing;

std::vector<std::pair<int, int>> edges_of(const graph& g) {
  std::vector<std::pair<int, int>> all;
  for (edge_id e = 0; e < g.num_edges(); ++e) all.emplace_back(g.source(e), g.target(e));
  return all;
}
using pairs = std::vector<std::pair<int, int>>;

TEST_CASE("read_edge_list: comments, blanks, separators, line ends") {
  const graph g = parse_edge_list("\xEF\xBB\xBF# head\r\n\r\n0 1\r\n% more\n  2\t0  \n\n3,1\n1 ; 1\n0 , 1\n+4 0");
  CHECK(edges_of(g) == pairs{{0, 1}, {2, 0}, {3, 1}, {1, 1}, {0, 1}, {4, 0}});
  CHECK(g.num_vertices() == 5);
  CHECK(g.edata.names().empty());
}

TEST_CASE("read_edge_list: weights") {
  const graph g = parse_edge_list("0 1 0.5\n1,0,-2e3\n0\t0\t1e-60\n0 1 +3\n");
  const tensor w = g.edata["weight"];
  CHECK(same_bits(w, tensor({4, 1}, {0.5F, -2000, 0, 3})));
}

TEST_CASE("read_edge_list: the number of vertices") {
  CHECK(parse_edge_list("").num_vertices() == 0);
  CHECK(parse_edge_list("# nothing").num_edges() == 0);
  CHECK(parse_edge_list("", 3).num_vertices() == 3);
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
  refused("0 1 1e39", "does not fit float");
  refused("0 1 1e999999", "does not fit float");
  refused("0,,1", "a column is empty");
  refused("0,1,", "a column is empty");
  refused(",0,1", "a column is empty");
  refused("0 +-1", "expected a whole number");
  refused("0 \x01\x80", "got \"\?\?\"");
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
  g.edata["weight"] = basic_tensor<bool>({4}, {true, false, true, true});
  write_edge_list(folder / "b.txt", g);
  CHECK(same_bits(tensor(read_edge_list(folder / "b.txt").edata["weight"]), tensor({4, 1}, {1, 0, 1, 1})));
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
  for (float w : tensor(k.edata["weight"]).values()) sum += w;
  CHECK(sum == 231);
  CHECK(read_edge_list(physics, 5242).num_edges() == 14484);
  CHECK(read_edge_list(mail).num_edges() == 25571);
  CHECK(read_edge_list(mail).num_vertices() == 1005);
}

}  // namespace
}  // namespace edgefold
