#include <edgefold/core/io/graph_store.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/random.hpp>

#include <core/io_support.hpp>
#include <support/property.hpp>
#include <support/thread_counts.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::string_literals;
using ids = basic_tensor<std::int64_t>;
using tensors = std::map<std::string, any_tensor>;

bool same_columns(const frame& a, const frame& b) {
  if (a.names() != b.names() || a.num_rows() != b.num_rows()) return false;
  for (const std::string& name : a.names())
    if (!same_any(a.get(name), b.get(name))) return false;
  return true;
}

// By the ends of each edge, and by the order in which kernels see them.
bool same_edges(const adjacency& a, const adjacency& b) {
  if (a.num_src() != b.num_src() || a.num_dst() != b.num_dst() || a.num_edges() != b.num_edges()) return false;
  for (edge_id e = 0; e < a.num_edges(); ++e)
    if (a.sources()[e] != b.sources()[e] || a.targets()[e] != b.targets()[e]) return false;
  for (std::int64_t k = 0; k < a.num_edges(); ++k)
    if (a.in_edges().id_at(k) != b.in_edges().id_at(k) || a.out_edges().id_at(k) != b.out_edges().id_at(k))
      return false;
  return true;
}

bool same_graph(const graph& a, const graph& b) {
  return a.is_bipartite() == b.is_bipartite() && same_edges(a.topology(), b.topology()) &&
         same_columns(a.srcdata, b.srcdata) && same_columns(a.dstdata, b.dstdata) && same_columns(a.edata, b.edata);
}
bool same_graph(const hetero_graph& a, const hetero_graph& b) {
  if (a.vertex_types() != b.vertex_types() || a.edge_types() != b.edge_types()) return false;
  for (const std::string& type : a.vertex_types())
    if (!same_columns(a.nodes(type), b.nodes(type))) return false;
  for (const edge_type& type : a.edge_types())
    if (!same_graph(a[type], b[type])) return false;
  return true;
}
bool same(const any_graph& a, const any_graph& b) {
  return a.index() == b.index() && std::visit([&]<class G>(const G& g) { return same_graph(g, std::get<G>(b)); }, a);
}

graph with_columns() {
  graph g({{0, 1}, {2, 1}, {0, 1}, {1, 1}, {2, 0}}, 4);
  g.ndata["x"] = tensor({4, 1}, {std::numeric_limits<float>::quiet_NaN(), -0.0F, 1e-45F, 3});
  g.ndata["deep"] = random_normal({4, 2, 1, 3}, 1);
  g.ndata["plain"] = basic_tensor<std::int32_t>({4}, {1, -2, 3, std::numeric_limits<std::int32_t>::min()});
  g.ndata["a/b \"\xc3\xb6\" "] = basic_tensor<bool>({4, 1}, {true, false, false, true});
  g.ndata[""] = ids({4, 0});
  g.edata["w"] = basic_tensor<double>({5, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1e300});
  g.edata[original_id] = ids({5}, {9, 8, 7, 6, std::numeric_limits<std::int64_t>::max()});
  return g;
}

graph of_two_sets() {
  graph g = graph::bipartite({0, 1, 2, 2}, {1, 0, 1, 1}, 3, 2);
  g.srcdata["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.dstdata["h"] = tensor({2, 1}, {7, 8});
  g.edata["w"] = tensor({4, 1}, {1, 2, 3, 4});
  return g;
}

hetero_graph shop() {
  hetero_graph g({{"user", 3}, {"game", 2}, {"nobody", 0}}, {{{"user", "follows", "user"}, {0, 1}, {1, 2}},
                                                             {{"user", "plays", "game"}, {2, 1, 0}, {0, 0, 1}},
                                                             {{"game", "plays", "game"}, {}, {}}});
  g.nodes("user")["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.nodes("game")["price"] = basic_tensor<double>({2}, {1.5, 2.5});
  g[edge_type{"user", "plays", "game"}].edata["hours"] = basic_tensor<std::int32_t>({3, 1}, {2, 10, 1});
  return g;
}

const tensors some_labels{
    {"y", ids({4, 1}, {0, 1, 1, 0})}, {"", tensor({1}, {2})}, {"a/b", basic_tensor<bool>({2}, {true, false})}};

TEST_CASE("save_graphs, load_graphs: every kind of graph and column comes back") {
  const temporary_folder folder;
  const std::vector<any_graph> all{with_columns(), of_two_sets(), shop(), graph(), hetero_graph(), graph({}, 7)};
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
    CHECK(reinterpret_cast<std::uintptr_t>(std::as_const(h).data()) % 64 == 0);  // its rows are whole cache lines
    const basic_tensor<bool> flag = back.edata["flag"];
    const auto distance =
        reinterpret_cast<const char*>(flag.data()) - reinterpret_cast<const char*>(std::as_const(h).data());
    CHECK(std::abs(distance) < std::ssize(before));  // both in the one mapping
  }
  std::filesystem::remove(folder / "g");  // the mapping lives on in h
  CHECK(same_bits(h, tensor(g.ndata["h"])));
  put_file(folder / "g", before);
  tensor again = std::get<graph>(load_graphs(folder / "g").graphs[0]).ndata["h"];
  again.matrix().setConstant(7);
  CHECK(again.at(99, 15) == 7);
  CHECK(file_text(folder / "g") == before);
  const saved_graphs other = load_graphs(folder / "g");
  CHECK(same_bits(tensor(std::get<graph>(other.graphs[0]).ndata["h"]), tensor(g.ndata["h"])));
  auto y = std::get<ids>(other.labels.at("y"));
  y.data()[0] = 9;
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

// A file of one graph of two edges, 1 -> 0 and 0 -> 1, whose tensors and description can be replaced.
struct raw_file {
  tensors all{{"0/topology/0/offsets", ids({3}, {0, 1, 2})},
              {"0/topology/0/sources", basic_tensor<std::int32_t>({2}, {1, 0})}};
  std::string about = R"({"version":1,"graphs":[{"kind":"homogeneous","vertices":[["",2]],"relations":[["","",""]]}]})";
  std::string bytes(const temporary_folder& folder) const {
    write_safetensors(folder / "raw", all, {{"edgefold.graphs", about}});
    return file_text(folder / "raw");
  }
};

saved_graphs parsed(std::string_view bytes) { return parse_graphs(bytes_of(bytes)); }

TEST_CASE("load_graphs: what others wrote after the format's page") {
  const temporary_folder folder;
  raw_file file;
  CHECK(same(parsed(file.bytes(folder)).graphs[0], graph({{1, 0}, {0, 1}})));
  file.all["0/topology/0/edge_ids"] = ids({2}, {1, 0});  // wide, though narrow would do
  file.all["0/topology/0/offsets"] = basic_tensor<std::int32_t>({3}, {0, 1, 2});
  file.all["0/topology/0/sources"] = ids({2}, {1, 0});
  file.all["0/nodes/0/x"] = tensor({2, 1}, {1, 2});
  file.about = R"( {"graphs":[{"relations":[["","",""]],"note":[1.5,null],"vertices":[["",2]],"kind":"homogeneous"}],)"
               R"("version":1,"by":{"hand":true}} )";
  const graph g = std::get<graph>(parsed(file.bytes(folder)).graphs[0]);
  CHECK(same_edges(g.topology(), graph({{0, 1}, {1, 0}}).topology()));
  // Aligned for nothing, as a header of any length may leave the values: then they are copied.
  const std::string bytes = file.bytes(folder);
  for (std::size_t blanks = 1; blanks < 8; ++blanks) {
    const auto length = static_cast<unsigned char>(bytes[0]) + 256U * static_cast<unsigned char>(bytes[1]);
    std::string longer = bytes;
    longer.insert(8 + length, std::string(blanks, ' '));
    longer[0] = static_cast<char>((length + blanks) & 255);
    longer[1] = static_cast<char>((length + blanks) >> 8);
    put_file(folder / "longer", longer);
    CHECK(same(load_graphs(folder / "longer").graphs[0], g));
  }
}

TEST_CASE("load_graphs: half precision and small integers as safetensors are read") {
  const std::string header =
      R"({"__metadata__":{"edgefold.graphs":"{\"version\":1,\"graphs\":[{\"kind\":\"homogeneous\",\"vertices\":[[\"\",2]],\"relations\":[[\"\",\"\",\"\"]]}]}"},)"
      R"("0/topology/0/offsets":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
      R"("0/topology/0/sources":{"dtype":"U16","shape":[1],"data_offsets":[3,5]},)"
      R"("0/nodes/0/h":{"dtype":"F16","shape":[2,1],"data_offsets":[5,9]}})";
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size() & 255), bytes[1] = static_cast<char>(header.size() >> 8);
  const graph g = std::get<graph>(parsed(bytes + header + "\0\0\1\1\0\x00\x3c\x00\xc0"s).graphs[0]);
  CHECK(g.has_edge(1, 1));
  CHECK(same_bits(tensor(g.ndata["h"]), tensor({2, 1}, {1, -2})));
}

TEST_CASE("load_graphs: foreign files") {
  const temporary_folder folder;
  const auto refused = [&](const char* part) {
    CHECK_THROWS_SAYING(load_graphs(folder / "f"), std::runtime_error, part);
    CHECK_THROWS_SAYING(load_graphs(folder / "f"), std::runtime_error, "[load_graphs] " + (folder / "f").string());
  };
  refused("cannot open: No such file");
  std::filesystem::create_directory(folder / "f");
  refused("is a directory, expected a file");
  std::filesystem::remove(folder / "f");
  put_file(folder / "f", "");
  refused("no safetensors file: only 0 bytes");
  write_npz(folder / "f", {{"h", tensor({1})}});
  refused("no safetensors file");
  write_safetensors(folder / "f", {{"h", tensor({1})}}, {{"format", "pt"}});
  refused("a safetensors file, but not of graphs: no edgefold.graphs in its metadata");
}

TEST_CASE("load_graphs: descriptions that are none") {
  const temporary_folder folder;
  const auto refused = [&](const std::string& about, const char* part) {
    CAPTURE(about);
    raw_file file;
    file.about = about;
    CHECK_THROWS_SAYING(parsed(file.bytes(folder)), std::runtime_error, part);
  };
  refused("", "edgefold.graphs: no JSON");
  refused("{", "no JSON");
  refused("1", "no object with a version");
  refused("{}", "no object with a version");
  refused(R"({"version":2})", "version \"2\", expected 1");
  refused(R"({"version":"1"})", "expected 1");
  refused(R"({"version":1})", "no array graphs");
  refused(R"({"version":1,"graphs":{}})", "no array graphs");
  refused(R"({"version":1,"graphs":[1]})", "graph 0: no array vertices");
  const auto graph_refused = [&](const std::string& kind, const std::string& vertices, const std::string& relations,
                                 const char* part) {
    refused(R"({"version":1,"graphs":[{"kind":)" + kind + ",\"vertices\":" + vertices + ",\"relations\":" + relations +
                "}]}",
            part);
  };
  const std::string one = R"("homogeneous")", two = R"("bipartite")", many = R"("heterogeneous")";
  const std::string relation = R"([["","",""]])", vertices = R"([["",2]])";
  graph_refused("1", vertices, relation, "graph 0: its kind is not known");
  graph_refused("\"hetero\"", vertices, relation, "its kind is not known");
  for (const char* bad : {R"([["",-1]])", R"([["",2147483648]])", R"([["",18446744073709551615]])", R"([["",1.0]])",
                          R"([["","2"]])", R"([[2,""]])", R"([[""]])", "[2]", R"([["",2,3]])"})
    graph_refused(one, bad, relation, "pairs of a name and a count from 0 to 2147483647");
  for (const char* bad : {R"([["",""]])", R"([["","",1]])", "[{}]", R"([["","","",""]])"})
    graph_refused(one, vertices, bad, "relations are no three names");
  graph_refused(one, R"([["",2],["x",2]])", relation, "a homogeneous graph of 2 vertex types and 1 relations");
  graph_refused(one, vertices, "[]", "a homogeneous graph of 1 vertex types and 0 relations");
  graph_refused(two, vertices, relation, "a bipartite graph of 1 vertex types");
  graph_refused(one, R"([["",3]])", relation, "tensor \"0/topology/0/offsets\" has 3 offsets for 3 vertices");
  graph_refused(one, vertices, R"([["","","x"]])", "graph 0: no vertex type \"x\"");
  graph_refused(many, R"([["a",2],["a",2]])", R"([["a","","a"]])",
                "graph 0: [hetero_graph] vertex type \"a\" is named twice");
  graph_refused(many, R"([["a",2]])", "[]", "tensor \"0/topology/0/offsets\" is no part of its graph");
  graph_refused(many, R"([["a",2]])", R"([["a","","a"],["a","","a"]])", "there is no tensor \"0/topology/1/offsets\"");
  refused(std::string(100'000, '['), "nested too deep");
  refused(R"({"version":1,"graphs":[]})", "is no part of its 0 graphs");
}

TEST_CASE("load_graphs: a relation that is named twice") {
  const temporary_folder folder;
  raw_file file;
  file.about =
      R"({"version":1,"graphs":[{"kind":"heterogeneous","vertices":[["a",2]],"relations":[["a","","a"],["a","","a"]]}]})";
  file.all["0/topology/1/offsets"] = file.all["0/topology/0/offsets"];
  file.all["0/topology/1/sources"] = file.all["0/topology/0/sources"];
  CHECK_THROWS_SAYING(parsed(file.bytes(folder)), std::runtime_error, "relation \"a --> a\" is named twice");
}

TEST_CASE("load_graphs: tensors that do not fit") {
  const temporary_folder folder;
  const auto refused = [&](const char* name, const any_tensor& t, const char* part) {
    CAPTURE(name);
    raw_file file;
    file.all["0/topology/0/edge_ids"] = ids({2}, {1, 0});
    file.all[name] = t;
    CHECK_THROWS_SAYING(parsed(file.bytes(folder)), std::runtime_error, part);
  };
  const char *offsets = "0/topology/0/offsets", *sources = "0/topology/0/sources", *edge_ids = "0/topology/0/edge_ids";
  refused(offsets, ids({3}, {0, 3, 2}), "graph 0: [from_csc] offsets[2] is 2, less than offsets[1], 3");
  refused(offsets, ids({3}, {0, -1, 2}), "offsets[1] is -1, less than offsets[0]");
  refused(offsets, ids({3}, {0, 1, 3}), "offsets run from 0 to 3, expected from 0 to 2");
  refused(offsets, ids({3}, {1, 1, 2}), "offsets run from 1 to 2");
  refused(offsets, ids({2}, {0, 2}), "has 2 offsets for 2 vertices");
  refused(offsets, ids({0}), "has 0 offsets for 2 vertices");
  refused(offsets, ids({3, 1}, {0, 1, 2}), "has shape \"(3, 1)\", expected one dim");
  refused(offsets, tensor({3}, {0, 1, 2}), "is float, expected integers");
  refused(sources, ids({2}, {0, 2}), "graph 0: [from_csc] source at position 1 is 2, expected an id from 0 to 1");
  refused(sources, ids({2}, {-1, 0}), "source at position 0 is -1");
  refused(sources, ids({2}, {0, 1LL << 32}), "source at position 1 is 4294967296");
  refused(sources, ids({3}), "offsets run from 0 to 2, expected from 0 to 3");
  refused(edge_ids, ids({2}, {0, 0}), "edge id 0 stands twice");
  refused(edge_ids, ids({2}, {0, 2}), "edge id at position 1 is 2");
  refused(edge_ids, ids({1}), "edge_ids has 1 ids for 2 edges");
  refused("0/nodes/0/x", tensor({3, 1}), "graph 0: [ndata] column \"x\" has 3 rows, the graph has 2 vertices");
  refused("0/edges/0/x", tensor({3, 1}), "[edata] column \"x\" has 3 rows, the graph has 2 edges");
  for (const char* name : {"0/nodes/1/x", "0/edges/1/x", "0/node/0/x", "0/topology/0/targets", "0/topology/1/offsets"})
    refused(name, tensor({2, 1}), "is no part of its graph");
  for (const char* name : {"1/nodes/0/x", "0", "0/nodes/0", "0/nodes//x", "00/nodes/0/x", "0/nodes/00/x",
                           "-1/nodes/0/x", "", "/", "x", "0/nodes/18446744073709551616/x", "label/y"})
    refused(name, tensor({2, 1}), "is no part of its 1 graphs");
  raw_file file;
  file.all.erase(sources);
  CHECK_THROWS_SAYING(parsed(file.bytes(folder)), std::runtime_error, "there is no tensor \"0/topology/0/sources\"");
}

TEST_CASE("load_graphs: edge ids of a group that do not ascend") {
  const temporary_folder folder;
  raw_file file;
  file.all["0/topology/0/offsets"] = ids({3}, {0, 2, 2});
  file.all["0/topology/0/edge_ids"] = ids({2}, {1, 0});
  CHECK_THROWS_SAYING(parsed(file.bytes(folder)), std::runtime_error, "edge ids of vertex 0 do not ascend");
}

TEST_CASE("load_graphs: a bool that is neither 0 nor 1 is found where its graph is asked for") {
  const temporary_folder folder;
  graph g({{0, 1}}), h({{1, 0}});
  h.ndata["flag"] = basic_tensor<bool>({2});
  save_graphs(folder / "g", {g, h});
  std::string bytes = file_text(folder / "g");
  bytes.back() = 2;  // bools are last
  put_file(folder / "g", bytes);
  CHECK(same(load_graphs(folder / "g", {0}).graphs[0], g));
  CHECK_THROWS_SAYING(load_graphs(folder / "g"), std::runtime_error,
                      "tensor \"1/nodes/0/flag\": a bool is neither 0 nor 1");
}

TEST_CASE("load_graphs: cut anywhere, longer by a byte, any byte replaced") {
  const temporary_folder folder;
  save_graphs(folder / "g", {with_columns(), shop()}, some_labels);
  const std::string bytes = file_text(folder / "g");
  for (std::size_t n = 0; n < bytes.size(); n += 7) CHECK_THROWS_AS(parsed(bytes.substr(0, n)), std::runtime_error);
  CHECK_THROWS_AS(parsed(bytes.substr(0, bytes.size() - 1)), std::runtime_error);
  CHECK_THROWS_AS(parsed(bytes + '\0'), std::runtime_error);
  std::int64_t good = 0;  // those where a value was replaced by another
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const char c : {'\0', '\1', '\xff', '1', '"', '/'}) {
      std::string other = bytes;
      other[at] = c;
      try {
        const saved_graphs back = parsed(other);
        good += std::ssize(back.graphs);
        const adjacency& a = std::get<graph>(back.graphs[0]).topology();
        for (edge_id e = 0; e < a.num_edges(); ++e) good += a.sources()[e] >= 0 && a.targets()[e] >= 0;
      } catch (const std::runtime_error&) {
      }
    }
  CHECK(good > 0);
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
