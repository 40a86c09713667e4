#include <edgefold/core/io/graphviz.hpp>

#include <core/io/io_support.hpp>

#include <cstdlib>
#include <sstream>

namespace edgefold {
namespace {

using namespace edgefold::testing;

std::string dot_of(const graph& g, const graphviz_options& options = {}) {
  std::ostringstream out;
  write_graphviz(out, g, options);
  return out.str();
}

graph small_graph() {
  graph g({{0, 1}, {2, 0}, {0, 1}});
  g.ndata["h"] = tensor({3, 2}, {1, 0.5F, -2, 1e-9F, 3, 4});
  g.ndata["label"] = basic_tensor<std::int64_t>({3, 1}, {7, 8, 9});
  g.ndata["a \"b\" \\n"] = basic_tensor<bool>({3}, {true, false, true});
  g.edata["w"] = tensor({3, 1}, {0.25F, 1, INFINITY});
  return g;
}

graph small_block() {
  graph g = graph::bipartite({0, 1, 1}, {0, 0, 1}, 2, 3);
  g.srcdata["h"] = tensor({2, 1}, {1, 2});
  g.dstdata["h"] = tensor({3, 1}, {3, 4, 5});
  g.dstdata["out"] = basic_tensor<std::int32_t>({3, 1}, {6, 7, 8});
  return g;
}

TEST_CASE("write_graphviz: vertices and edges") {
  CHECK(dot_of(small_graph()) == "digraph G {\n0;\n1;\n2;\n0->1 ;\n2->0 ;\n0->1 ;\n}\n");
  CHECK(dot_of(graph()) == "digraph G {\n}\n");
}

TEST_CASE("write_graphviz: columns as labels, escaped") {
  CHECK(dot_of(small_graph(), {.node_columns = {"label", "h"}, .edge_columns = {"w"}}) ==
        "digraph G {\n"
        "0[label=\"0\\nlabel: 7\\nh: 1.0,0.5\"];\n"
        "1[label=\"1\\nlabel: 8\\nh: -2.0,1e-09\"];\n"
        "2[label=\"2\\nlabel: 9\\nh: 3.0,4.0\"];\n"
        "0->1 [label=\"w: 0.25\"];\n"
        "2->0 [label=\"w: 1.0\"];\n"
        "0->1 [label=\"w: inf\"];\n"
        "}\n");
  CHECK(dot_of(small_graph(), {.node_columns = {"a \"b\" \\n"}})
            .starts_with("digraph G {\n0[label=\"0\\na \\\"b\\\" \\\\n: 1\"];\n"));
}

TEST_CASE("write_graphviz: a bipartite graph in two ranks") {
  CHECK(dot_of(small_block(), {.node_columns = {"h", "out"}}) ==
        "digraph G {\n"
        "rankdir=LR;\n"
        "{rank=same; s0; s1;}\n"
        "{rank=same; d0; d1; d2;}\n"
        "s0[label=\"s0\\nh: 1.0\"];\n"
        "s1[label=\"s1\\nh: 2.0\"];\n"
        "d0[label=\"d0\\nh: 3.0\\nout: 6\"];\n"
        "d1[label=\"d1\\nh: 4.0\\nout: 7\"];\n"
        "d2[label=\"d2\\nh: 5.0\\nout: 8\"];\n"
        "s0->d0 ;\n"
        "s1->d0 ;\n"
        "s1->d1 ;\n"
        "}\n");
}

TEST_CASE("write_graphviz: what it refuses leaves no file") {
  const temporary_folder folder;
  const auto refused = [&](const graph& g, const graphviz_options& options, std::string_view part) {
    CHECK_THROWS_SAYING(write_graphviz(folder / "g.dot", g, options), std::invalid_argument, part);
  };
  refused(small_graph(), {.node_columns = {"h", "x"}}, "[ndata] no column \"x\"");
  refused(small_graph(), {.edge_columns = {"h"}}, "[edata] no column \"h\"; there is \"w\"");
  refused(small_block(), {.node_columns = {"x"}}, "no column \"x\"; there is \"h\", \"out\"");
  CHECK(folder.num_files() == 0);
  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  CHECK_THROWS_SAYING(write_graphviz(broken, small_graph()), std::runtime_error, "[write_graphviz] the stream refuses");
  CHECK_THROWS_SAYING(write_graphviz(folder / "no folder" / "g.dot", small_graph()), std::runtime_error,
                      "g.dot: cannot write");
}

TEST_CASE("write_graphviz: dot reads it") {
  if (std::system("dot -V >/dev/null 2>&1") != 0) {
    MESSAGE("test skipped: no dot");
    return;
  }
  const temporary_folder folder;
  write_graphviz(folder / "a.dot", small_graph(), {.node_columns = {"h", "a \"b\" \\n"}, .edge_columns = {"w"}});
  write_graphviz(folder / "b.dot", small_block(), {.node_columns = {"h", "out"}});
  for (const char* name : {"a", "b"}) {
    const std::string path = (folder / name).string();
    CHECK(std::system(("dot -Tsvg " + path + ".dot -o " + path + ".svg").c_str()) == 0);
  }
  const std::string plain = file_text(folder / "a.svg");
  CHECK(plain.find(">a &quot;b&quot; \\n: 1<") != std::string::npos);
  CHECK(plain.find("inf") != std::string::npos);
  CHECK(file_text(folder / "b.svg").find(">d2<") != std::string::npos);
}

}  // namespace
}  // namespace edgefold
