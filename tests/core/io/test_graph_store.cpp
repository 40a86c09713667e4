#include <edgefold/core/io/graph_store.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/random.hpp>

#include <core/io/graph_store_support.hpp>
#include <support/property.hpp>
#include <support/thread_counts.hpp>

#include <algorithm>
#include <cstdlib>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("save_graphs, load_graphs: every kind of graph and column comes back") {
  const temporary_folder folder;
  const std::vector<any_graph> all{with_columns(),
                                   of_two_sets(),
                                   shop(),
                                   graph(),
                                   hetero_graph(),
                                   graph({}, 7),
                                   graph::block(of_two_sets().topology())};
  save_graphs(folder / "all", all, some_labels);
  CHECK(folder.num_files() == 1);
  const saved_graphs back = load_graphs(folder / "all");
  REQUIRE(back.graphs.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    CHECK(same(back.graphs[i], all[i]));
  }
  REQUIRE(back.labels.size() == 3);
  for (const auto& [name, t] : some_labels) CHECK(same_any(back.labels.at(name), t));

  // The same from memory, and as safetensors see it; equal graphs make equal files.
  const std::string bytes = file_text(folder / "all");
  CHECK(same(parse_graphs(bytes_of(bytes)).graphs[2], all[2]));
  CHECK(same_any(read_safetensors(folder / "all").tensors.at("0/nodes/0/deep"), with_columns().ndata.get("deep")));
  save_graphs(folder / "all", back.graphs, back.labels);
  CHECK(file_text(folder / "all") == bytes);
}

TEST_CASE("save_graphs, load_graphs: no graphs, and more than nine") {
  const temporary_folder folder;
  save_graphs(folder / "none", {});
  CHECK(load_graphs(folder / "none").graphs.empty());
  std::vector<graph> many;
  for (std::int64_t i = 0; i < 25; ++i) {
    many.push_back(generate::random_uniform(i + 1, 3 * i, 5));
    many.back().ndata["i"] = full<float>({i + 1, 2}, static_cast<float>(i));
  }
  save_graphs(folder / "many", {many.begin(), many.end()});
  const saved_graphs back = load_graphs(folder / "many");
  REQUIRE(back.graphs.size() == many.size());
  for (std::size_t i = 0; i < many.size(); ++i) CHECK(same(back.graphs[i], many[i]));
}

TEST_CASE("load_graphs: some of the graphs, by number") {
  const temporary_folder folder;
  const std::vector<any_graph> all{with_columns(), shop(), of_two_sets()};
  save_graphs(folder / "all", all, some_labels);
  const saved_graphs some = load_graphs(folder / "all", {2, 0, 2});
  REQUIRE(some.graphs.size() == 3);
  CHECK(same(some.graphs[0], all[2]));
  CHECK(same(some.graphs[1], all[0]));
  CHECK(same(some.graphs[2], all[2]));
  CHECK(some.labels.size() == 3);
  CHECK(load_graphs(folder / "all", std::vector<std::int64_t>{}).graphs.empty());
  CHECK_THROWS_SAYING(load_graphs(folder / "all", {1, 3}), std::invalid_argument,
                      "[load_graphs] graph number at position 1 is 3, expected an id from 0 to 2");
  CHECK_THROWS_SAYING(load_graphs(folder / "all", {-1}), std::invalid_argument, "is -1");
}

TEST_CASE("save_graphs, load_graphs: random graphs, for any number of threads") {
  const temporary_folder folder;
  check_property([&](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& pairs, bool sorted) {
    std::vector<graph::edge_pair> edges(pairs.begin(), pairs.end());
    if (sorted) std::sort(edges.begin(), edges.end(), [](auto a, auto b) { return a.second < b.second; });
    graph g(edges, 256);
    g.edata["x"] = random_normal({g.num_edges(), 3}, 1);
    save_graphs(folder / "g", {g});
    RC_ASSERT(same(load_graphs(folder / "g").graphs[0], g));
  });
  const graph large = generate::random_uniform(20'000, 300'000, 1);
  check_thread_counts([&] {
    save_graphs(folder / "g", {large});
    const auto back = std::get<graph>(load_graphs(folder / "g").graphs[0]);
    CHECK(same_graph(back, large));
    return in_degrees(back);
  });
}

TEST_CASE("load_graphs: columns are in the mapped file, and writing to them does not reach it") {
  const temporary_folder folder;
  graph g = generate::random_uniform(100, 1000, 3);
  g.ndata["h"] = random_normal({100, 16}, 1);
  g.ndata["odd"] = random_normal({100, 3}, 2);
  g.edata["flag"] = basic_tensor<bool>({1000});
  save_graphs(folder / "g", {g}, {{"y", ids({3}, {1, 2, 3})}});
  const std::string before = file_text(folder / "g");
  tensor h;
  {
    graph back = std::get<graph>(load_graphs(folder / "g").graphs[0]);
    h = back.ndata["h"];
    CHECK(reinterpret_cast<std::uintptr_t>(h.data()) % 64 == 0);  // its rows are whole cache lines
    const basic_tensor<bool> flag = back.edata["flag"];
    const auto distance = reinterpret_cast<const char*>(flag.data()) - reinterpret_cast<const char*>(h.data());
    CHECK(std::abs(distance) < std::ssize(before));  // both in the one mapping
  }
  std::filesystem::remove(folder / "g");  // the mapping lives on in h
  CHECK(same_bits(h, tensor(g.ndata["h"])));
  put_file(folder / "g", before);
  tensor again = std::get<graph>(load_graphs(folder / "g").graphs[0]).ndata["h"];
  again.mutable_matrix().setConstant(7);
  CHECK(again.at(99, 15) == 7);
  CHECK(file_text(folder / "g") == before);
  const saved_graphs other = load_graphs(folder / "g");
  CHECK(same_bits(tensor(std::get<graph>(other.graphs[0]).ndata["h"]), tensor(g.ndata["h"])));
  auto y = std::get<ids>(other.labels.at("y"));
  y.mutable_data()[0] = 9;
  save_graphs(folder / "g", {graph({{0, 1}})});  // which replaces the file
  CHECK(same(other.graphs[0], g));
  CHECK(same_any(std::get<graph>(other.graphs[0]).ndata.get("odd"), g.ndata.get("odd")));
}

TEST_CASE("load_graphs: gradients start at what was loaded") {
  const temporary_folder folder;
  graph g({{0, 1}});
  g.ndata["h"] = tensor({2, 1}, {1, 2}).set_requires_grad();
  save_graphs(folder / "g", {g});
  tensor h = std::get<graph>(load_graphs(folder / "g").graphs[0]).ndata["h"];
  CHECK_FALSE(h.requires_grad());
  CHECK(same_bits(h, tensor({2, 1}, {1, 2})));
}

TEST_CASE("save_graphs: what it refuses") {
  const temporary_folder folder;
  put_file(folder / "g", "old");
  CHECK_THROWS_SAYING(save_graphs(folder / "g", {}, {{"y", tensor()}}), std::invalid_argument,
                      "tensor \"labels/y\" has no storage");
  CHECK_THROWS_SAYING(save_graphs(folder / "g", {hetero_graph({{"\xff", 1}}, {})}), std::invalid_argument,
                      "the name of a type or relation is no UTF-8");
  graph g({{0, 1}});
  g.ndata["\xff"] = tensor({2, 1});
  CHECK_THROWS_SAYING(save_graphs(folder / "g", {g}), std::invalid_argument,
                      "[save_graphs] " + (folder / "g").string());
  CHECK_THROWS_SAYING(save_graphs(folder / "none" / "g", {}), std::runtime_error, "No such file or directory");
  CHECK(file_text(folder / "g") == "old");
  CHECK(folder.num_files() == 1);
}

TEST_CASE("load_graphs, save_graphs: Python's safetensors reads and writes them") {
  if (std::system("python3 -c 'import numpy, safetensors.numpy' 2>/dev/null") != 0) {
    MESSAGE("test skipped: python3 has no packages numpy and safetensors");
    return;
  }
  const temporary_folder folder;
  graph g = with_columns();
  save_graphs(folder / "g", {g, shop()}, some_labels);
  put_file(folder / "both.py", R"(import sys, json, numpy, safetensors, safetensors.numpy
with safetensors.safe_open(sys.argv[1], "numpy") as f:
    about, t = f.metadata(), {k: f.get_tensor(k) for k in f.keys()}
kinds = [g["kind"] for g in json.loads(about["edgefold.graphs"])["graphs"]]
assert kinds == ["homogeneous", "heterogeneous"], kinds
offsets, sources, ids = (t["0/topology/0/" + n] for n in ("offsets", "sources", "edge_ids"))
targets = numpy.repeat(numpy.arange(len(offsets) - 1), numpy.diff(offsets))
order = numpy.argsort(ids)
assert list(zip(sources[order], targets[order])) == [(0, 1), (2, 1), (0, 1), (1, 1), (2, 0)]
assert t["0/edges/0/w"].shape == (5, 2) and t["0/edges/0/w"].dtype == numpy.float64
t["0/nodes/0/new"] = numpy.arange(4, dtype=numpy.float16).reshape(4, 1)
safetensors.numpy.save_file(t, sys.argv[1], about)
)");
  const std::string run = "python3 " + (folder / "both.py").string() + " " + (folder / "g").string();
  REQUIRE(std::system(run.c_str()) == 0);
  g.ndata["new"] = tensor({4, 1}, {0, 1, 2, 3});
  const saved_graphs back = load_graphs(folder / "g");
  CHECK(same(back.graphs[0], g));
  CHECK(same(back.graphs[1], shop()));
}

}  // namespace
}  // namespace edgefold
