#include <edgefold/core/io/csv.hpp>

#include <core/io/io_support.hpp>
#include <support/edge_pairs.hpp>
#include <support/property.hpp>

#include <limits>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using names = std::vector<std::string>;
using integers = basic_tensor<std::int64_t>;
using doubles = basic_tensor<double>;

TEST_CASE("read_csv: ids, columns, types, line ends") {
  const auto [g, called] = parse_csv(
      "\xEF\xBB\xBFw,dst_id,src_id,kind,feat\r\n"
      "0.5,1,0,7,\"1,2.5\"\r\n\n"
      "1, 3 ,+2,-1,\"3, 4\"\n"
      "nan,0,0,0,\"-inf,1e-40\"");
  CHECK(edges_of(g) == pairs{{0, 1}, {2, 3}, {0, 0}});
  CHECK(g.num_vertices() == 4);
  CHECK(called.empty());
  CHECK(g.edata.names() == names{"feat", "kind", "w"});
  CHECK(same_bits(g.edata["kind"].as<std::int64_t>(), integers({3, 1}, {7, -1, 0})));
  const tensor w = g.edata["w"];
  CHECK(w.at(0) == 0.5F);
  CHECK(w.at(1) == 1);
  CHECK(std::isnan(w.at(2)));
  CHECK(same_bits(g.edata["feat"].as(), tensor({3, 2}, {1, 2.5F, 3, 4, -INFINITY, 1e-40F})));
}

TEST_CASE("read_csv: columns keep the type that the file gives them") {
  const graph g =
      parse_csv("src_id,dst_id,a,b,c,d\n0,1,16777217,9223372036854775808,1e300,9123456789012345\n0,1,0.5,0,\t1 ,-1\n")
          .g;
  CHECK(same_any(g.edata["a"].any(), doubles({2, 1}, {16777217, 0.5})));
  CHECK(same_any(g.edata["b"].any(), doubles({2, 1}, {0x1p63, 0})));
  CHECK(same_any(g.edata["c"].any(), doubles({2, 1}, {1e300, 1})));
  CHECK(same_any(g.edata["d"].any(), integers({2, 1}, {9123456789012345, -1})));
}

TEST_CASE("read_csv: columns of the type that is asked for, or an error") {
  const std::string_view edges = "src_id,dst_id,a,b\n0,1,1,0.1234567890123\n1,0,2,1\n", nodes = "node_id,x\n0,1\n1,2\n";
  const graph g = parse_csv(edges, nodes, {.numbers = number_type::float32, .types = {{"x", number_type::int64}}}).g;
  CHECK(same_any(g.edata["a"].any(), tensor({2, 1}, {1, 2})));
  CHECK(same_any(g.edata["b"].any(), tensor({2, 1}, {0.1234567890123F, 1})));
  CHECK(same_any(g.ndata["x"].any(), integers({2, 1}, {1, 2})));
  CHECK_THROWS_SAYING(parse_csv(edges, nodes, {.types = {{"b", number_type::int64}}}), std::runtime_error,
                      "edges: line 2: column \"b\": expected a whole number, got \"0.1234567890123\"");
  CHECK_THROWS_SAYING(parse_csv(edges, nodes, {.types = {{"c", number_type::int64}}}), std::invalid_argument,
                      "[parse_csv] a type for column \"c\", which is not read");
  const csv_options ignored{.ignored = {"b"}, .types = {{"b", number_type::int64}}};
  CHECK_THROWS_SAYING(parse_csv(edges, nodes, ignored), std::invalid_argument, "\"b\", which is not read");
}

TEST_CASE("read_csv: columns without a name ahead of the others are an index, which is not read") {
  for (const char* text :
       {",src_id,dst_id,w\n0,0,1,0.5\n1,2,0,1.5\n", "\"\",  ,src_id,dst_id,w\nx,,0,1,0.5\n,y,2,0,1.5"}) {
    const graph g = parse_csv(text).g;
    CHECK(edges_of(g) == pairs{{0, 1}, {2, 0}});
    CHECK(g.edata.names() == names{"w"});
    CHECK(same_bits(g.edata["w"].as(), tensor({2, 1}, {0.5F, 1.5F})));
  }
  const graph g = parse_csv("src_id,dst_id\n1,0\n", ",node_id,x\nfirst,0,5\nsecond,1,6\n").g;
  CHECK(same_bits(g.ndata["x"].as<std::int64_t>(), integers({2, 1}, {5, 6})));
}

TEST_CASE("read_csv: blanks around fields do not count, in quotes they do") {
  const auto [g, called] = parse_csv(
      "\xEF\xBB\xBF src_id ,\tdst_id, w , \" x \" \r\n a , b,0.5 , 1 \r\n \t \r\nb , \" a \" , \"2\",  2\t\n  ", {},
      {.named = true});
  CHECK(edges_of(g) == pairs{{0, 1}, {1, 2}});
  CHECK(called == names{"a", "b", " a "});
  CHECK(g.edata.names() == names{" x ", "w"});
  CHECK(same_bits(g.edata["w"].as(), tensor({2, 1}, {0.5F, 2})));
  const auto [h, tabs] = parse_csv("src_id\t dst_id\n\ta \n b\t\n", {}, {.named = true, .separator = '\t'});
  CHECK(edges_of(h) == pairs{{0, 1}, {2, 0}});
  CHECK(tabs == names{"", "a", "b"});
}

TEST_CASE("read_csv: a table of nodes") {
  const auto [g, called] = parse_csv("src_id,dst_id\n0,2\n", "label,node_id\n5,0\n6,1\n7,2\n8,3\n");
  CHECK(edges_of(g) == pairs{{0, 2}});
  CHECK(same_bits(g.ndata["label"].as<std::int64_t>(), integers({4, 1}, {5, 6, 7, 8})));
  CHECK(called.empty());
}

TEST_CASE("read_csv: named vertices") {
  const csv_options named{.named = true};
  const std::string_view edges = "src_id,dst_id\nb,\"a,\"\"\n\"\n17,b\n,b\n";
  const auto [g, called] = parse_csv(edges, {}, named);
  CHECK(edges_of(g) == pairs{{0, 1}, {2, 0}, {3, 0}});
  CHECK(called == names{"b", "a,\"\n", "17", ""});
  const auto [h, in_table] = parse_csv(edges, "node_id\n17\nb\nx\n\"\"\n\"a,\"\"\n\"", named);
  CHECK(edges_of(h) == pairs{{1, 4}, {0, 1}, {3, 1}});
  CHECK(in_table == names{"17", "b", "x", "", "a,\"\n"});
  CHECK(h.num_vertices() == 5);
}

TEST_CASE("read_csv: options") {
  const csv_options options{
      .source = "from", .target = "to", .ignored = {"note", ""}, .num_vertices = 9, .separator = ';'};
  const graph g = parse_csv("from;to;note;;w\n1;2;\"a;b\";0;0.5\n", {}, options).g;
  CHECK(edges_of(g) == pairs{{1, 2}});
  CHECK(g.num_vertices() == 9);
  CHECK(g.edata.names() == names{"w"});
  CHECK(parse_csv("src_id,dst_id,w\n").g.num_edges() == 0);
  CHECK(parse_csv("src_id,dst_id,w\n").g.edata.get("w").index() == any_tensor(tensor()).index());
}

TEST_CASE("read_csv: errors name file, line and column") {
  const auto refused = [](std::string_view edges, std::string_view part, std::string_view nodes = {},
                          const csv_options& options = {}) {
    CHECK_THROWS_SAYING(parse_csv(edges, nodes, options), std::runtime_error, part);
  };
  refused("", "[parse_csv] edges: line 1: the file is empty, expected a header");
  refused("src_id,w\n", "edges: line 1: no column \"dst_id\"; there is \"src_id\", \"w\"");
  refused("src_id,dst_id,w,w\n", "line 1: column \"w\" is given twice");
  refused("src_id,dst_id, ,w\n", "line 1: column 3 has no name");
  refused("src_id, w ,dst_id,w\n", "line 1: column \"w\" is given twice");
  refused("src_id,dst_id\n2147483647,0\n", "line 2: \"src_id\" is \"2147483647\", expected 0 .. 2147483646");
  refused("src_id,dst_id\n0,nan\n", "line 2: expected a whole number as \"dst_id\", got \"nan\"");
  refused("src_id,dst_id\n0,1\n\n2\n", "edges: line 4: 1 columns, the header has 2");
  refused("src_id,dst_id\n0,1,2\n", "line 2: 3 columns, the header has 2");
  refused("src_id,dst_id\n0,x\n", "line 2: expected a whole number as \"dst_id\", got \"x\"");
  refused("src_id,dst_id\n-1,0\n", "line 2: \"src_id\" is \"-1\", expected 0 .. 2147483646");
  refused("src_id,dst_id,w\n0,1,1\n0,1,heavy\n", "line 3: column \"w\": expected a number, got \"heavy\"");
  refused("src_id,dst_id,w\n0,1,\n", "line 2: column \"w\": expected a number, got \"\"");
  refused("src_id,dst_id,w\n0,1,1e399\n", "line 2: column \"w\": number \"1e399\" does not fit double");
  refused("src_id,dst_id,w\n0,1,\"1,2\"\n0,1,3\n", "line 3: column \"w\": 1 numbers, before there were 2");
  refused("src_id,dst_id\n\"0\n\",1\n0,\"1", "line 2: expected a whole number as \"src_id\", got \"0?\"");
  refused("src_id,dst_id,\"x\ny\"\n0,\"1", "line 3: a quote is not closed: \"1\"");
  refused("src_id,dst_id\n\"0\"1,1\n", "line 2: text behind a closing quote: \"1,1?\"");
  refused("src_id,dst_id\n0\"1\",1\n", "line 2: a quote within a field without quotes");
  refused("src_id,dst_id\n0,2\n", "edges: line 2: \"dst_id\" is \"2\", expected 0 .. 1", "node_id\n0\n1\n");
  refused("src_id,dst_id\n", "nodes: line 3: \"node_id\" is \"2\", expected 1 .. 1", "node_id\n0\n2\n");
  const csv_options named{.named = true}, two{.named = true, .num_vertices = 2};
  refused("src_id,dst_id\n", "nodes: line 3: column \"node_id\": \"a\" is given twice", "node_id\na\na\n", named);
  refused("src_id,dst_id\na,b\n", "edges: line 2: column \"dst_id\": \"b\" is not in the table of nodes",
          "node_id\na\n", named);
  refused("src_id,dst_id\na,b\nb,c\n", "line 3: column \"dst_id\": \"c\" is one vertex more than the 2 expected", {},
          two);
}

TEST_CASE("read_csv: options that contradict") {
  const std::string_view table = "src_id,dst_id\n0,1\n";
  const auto refused = [&](const csv_options& options, std::string_view part) {
    CHECK_THROWS_SAYING(parse_csv(table, "node_id\n0\n1\n", options), std::invalid_argument, part);
  };
  refused({.source = "dst_id"}, "[parse_csv] source and target are one column, \"dst_id\"");
  refused({.separator = '"'}, "the separator is \"\"\"");
  refused({.num_vertices = -2}, "num_vertices is -2");
  refused({.num_vertices = 3}, "num_vertices is 3, the table of nodes has 2 rows");
}

TEST_CASE("read_csv: cut anywhere it either reads or throws") {
  const std::string whole = "src_id,dst_id,\"w\"\n0,1,0.5\n\"10\",11,\"-2e3\"\r\n7,7,1\n";
  std::int64_t most = -1;
  for (std::size_t n = 0; n <= whole.size(); ++n) try {
      const std::int64_t got = parse_csv(whole.substr(0, n)).g.num_edges();
      CHECK(got >= most);
      most = got;
    } catch (const std::runtime_error&) {
    }
  CHECK(most == 3);
}

TEST_CASE("read_csv: gzipped files") {
  const temporary_folder folder;
  std::string text = "src_id,dst_id,w\n";
  for (int i = 0; i < 20000; ++i) text += std::to_string(i) + "," + std::to_string(i / 2) + ",0.25\n";
  put_file(folder / "edges.csv.gz", gzip_member(text));
  put_file(folder / "edges.csv", text);
  const graph g = read_csv(folder / "edges.csv.gz").g, plain = read_csv(folder / "edges.csv").g;
  CHECK(g.num_edges() == 20000);
  CHECK(edges_of(g) == edges_of(plain));
  CHECK(same_bits(g.edata["w"].as(), plain.edata["w"].as()));

  const std::string packed = file_text(folder / "edges.csv.gz");
  CHECK(packed.size() < text.size());
  put_file(folder / "cut.csv.gz", packed.substr(0, packed.size() / 2));
  CHECK_THROWS_SAYING(read_csv(folder / "cut.csv.gz"), std::runtime_error, "gzip stream is truncated");
  const std::string half = text.substr(0, 100000), rest = text.substr(100000);
  put_file(folder / "members.csv.gz", gzip_member(half) + gzip_member("") + gzip_member(rest) + gzip_member(""));
  CHECK(edges_of(read_csv(folder / "members.csv.gz").g) == edges_of(plain));
  put_file(folder / "empty.csv.gz", gzip_member("") + gzip_member(""));
  CHECK_THROWS_SAYING(read_csv(folder / "empty.csv.gz"), std::runtime_error, "the file is empty");
  for (std::size_t n = 1; n < 20; ++n) {
    CAPTURE(n);
    put_file(folder / "cut.csv.gz", packed + gzip_member("").substr(0, n));
    CHECK_THROWS_AS(read_csv(folder / "cut.csv.gz"), std::runtime_error);
  }
  std::string other = gzip_member(rest);
  other[other.size() - 7] = static_cast<char>(other[other.size() - 7] ^ 1);
  put_file(folder / "sum.csv.gz", gzip_member(half) + other);
  CHECK_THROWS_SAYING(read_csv(folder / "sum.csv.gz"), std::runtime_error, "gzip stream is damaged");
  put_file(folder / "more.csv.gz", packed + "x");
  CHECK_THROWS_SAYING(read_csv(folder / "more.csv.gz"), std::runtime_error, "1 bytes behind the end");
  CHECK_THROWS_SAYING(read_csv(folder / "none.csv"), std::runtime_error, "none.csv: cannot open");
  CHECK_THROWS_SAYING(read_csv(folder / "edges.csv", folder / "none.csv"), std::runtime_error, "none.csv: cannot open");
}

TEST_CASE("write_csv: what stands in the files") {
  const temporary_folder folder;
  graph g({{0, 1}, {2, 0}});
  g.edata["w"] = tensor({2}, {0.1F, 3});
  g.edata["big, or not"] = tensor({2, 1}, {1e20F, -NAN});
  g.ndata["x"] = tensor({3, 1, 2}, {1, 2, 3, 4.5F, 5, 6});
  g.ndata["label"] = integers({3, 1}, {7, 8, 9});
  g.ndata["train"] = basic_tensor<bool>({3}, {true, false, true});
  g.ndata["y"] = doubles({3, 1}, {0.5, 1.0 / 3, NAN});
  write_csv(folder / "e.csv", folder / "n.csv", g);
  CHECK(file_text(folder / "e.csv") == "src_id,dst_id,\"big, or not\",w\n0,1,1e+20,0.1\n2,0,-nan,3.0\n");
  CHECK(file_text(folder / "n.csv") ==
        "node_id,label,train,x,y\n0,7,1,\"1.0,2.0\",5.000000000e-01\n1,8,0,\"3.0,4.5\",0.3333333333333333\n"
        "2,9,1,\"5.0,6.0\",nan\n");
  write_csv(folder / "e.csv", {}, g, {"a\tb", "", "say \"c\""},
            {.source = "from", .ignored = {"big, or not"}, .separator = '\t'});
  CHECK(file_text(folder / "e.csv") == "from\tdst_id\tw\n\"a\tb\"\t\"\"\t0.1\n\"say \"\"c\"\"\"\t\"a\tb\"\t3.0\n");
  CHECK(folder.num_files() == 2);
}

TEST_CASE("write_csv: and back") {
  const temporary_folder folder;
  check_property([&] {
    const auto called = *rc::gen::unique<names>(rc::gen::string<std::string>()).as("names");
    const int n = static_cast<int>(called.size());
    const auto end = rc::gen::inRange(0, std::max(n, 1));
    const auto edges = n == 0 ? std::vector<graph::edge_pair>()
                              : *rc::gen::container<std::vector<graph::edge_pair>>(rc::gen::pair(end, end)).as("edges");
    graph g(edges, n);
    const auto bits = *rc::gen::container<std::vector<float>>(edges.size() * 2, rc::gen::arbitrary<float>());
    g.edata["w"] = tensor({std::ssize(edges), 2}, std::span(bits));
    const auto whole =
        *rc::gen::container<std::vector<std::int64_t>>(called.size(), rc::gen::arbitrary<std::int64_t>());
    g.ndata["label"] = integers({n, 1}, std::span(whole));
    const auto wide = *rc::gen::container<std::vector<double>>(called.size(), rc::gen::arbitrary<double>());
    g.ndata["wide"] = doubles({n, 1}, std::span(wide));
    const csv_options options{.named = *rc::gen::arbitrary<bool>().as("named"),
                              .separator = *rc::gen::element(',', ';', '\t', '|')};
    write_csv(folder / "e", folder / "n", g, options.named ? called : names{}, options);
    const csv_graph back = read_csv(folder / "e", folder / "n", options);
    RC_ASSERT(back.names == (options.named ? called : names{}));
    RC_ASSERT(edges_of(back.g) == edges_of(g));
    RC_ASSERT(back.g.num_vertices() == n);
    if (!edges.empty()) RC_ASSERT(same_bits(back.g.edata["w"].as(), g.edata["w"].as()));
    if (n > 0) RC_ASSERT(same_any(back.g.ndata["label"].any(), g.ndata["label"].any()));
    if (n > 0) RC_ASSERT(same_any(back.g.ndata["wide"].any(), g.ndata["wide"].any()));
  });
}

TEST_CASE("write_csv: extreme floats, and more text than is held at once") {
  const temporary_folder folder;
  std::vector<graph::edge_pair> edges;
  for (int i = 0; i < 100000; ++i) edges.emplace_back(i, (i * 7919LL) % 100000);
  graph g(edges);
  using limits = std::numeric_limits<float>;
  tensor w = full<float>({100000, 1}, 1.0F / 3);
  std::ranges::copy(std::initializer_list<float>{limits::max(), limits::denorm_min(), -limits::infinity(), -0.0F},
                    w.mutable_data());
  g.edata["w"] = w;
  write_csv(folder / "e.csv", {}, g);
  const graph back = read_csv(folder / "e.csv").g;
  CHECK(edges_of(back) == edges_of(g));
  CHECK(same_bits(back.edata["w"].as(), w));
}

TEST_CASE("write_csv: what it refuses, and then no file appears or changes") {
  const temporary_folder folder;
  graph g({{0, 1}});
  const auto refused = [&](const graph& of, std::string_view part, const names& called = {}) {
    CHECK_THROWS_SAYING(write_csv(folder / "e.csv", folder / "n.csv", of, called), std::invalid_argument, part);
  };
  refused(graph::bipartite({0}, {0}, 1, 1), "[write_csv]");
  CHECK_THROWS_SAYING(write_csv(folder / "e.csv", folder / "e.csv", g), std::invalid_argument, "expected two files");
  std::filesystem::create_directory(folder / "inner");
  std::filesystem::create_symlink("e.csv", folder / "link.csv");  // to what is not there yet
  for (const char* other : {"./e.csv", "inner/../e.csv", "link.csv"})
    CHECK_THROWS_SAYING(write_csv(folder / "e.csv", folder / other, g), std::invalid_argument, "expected two files");
  std::filesystem::remove(folder / "link.csv");
  std::filesystem::remove(folder / "inner");
  refused(g, "3 names, the graph has 2 vertices", {"a", "b", "c"});
  refused(g, "2 names, of which 1 are distinct", {"a", "a"});
  graph with_id = g, with_nothing = g;
  with_id.ndata["node_id"] = ones({2, 1});
  refused(with_id, "a column of features is called \"node_id\", as the one of ids is");
  with_nothing.edata["none"] = tensor({1, 0});
  refused(with_nothing, "column \"none\" has shape (1, 0)");
  CHECK(folder.num_files() == 0);
  CHECK_THROWS_SAYING(write_csv(folder / "e.csv", folder / "no folder" / "n.csv", g), std::runtime_error,
                      "cannot write");
  CHECK(folder.num_files() == 0);
}

}  // namespace
}  // namespace edgefold
