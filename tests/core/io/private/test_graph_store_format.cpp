// Files that are not as save_graphs writes them: what is read all the same, and what is refused.
#include <edgefold/core/io/graph_store.hpp>

#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/io/safetensors.hpp>

#include <core/io/graph_store_support.hpp>
#include <support/sanitizer.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::string_literals;

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

TEST_CASE("load_graphs: types that no tensor has") {
  const auto file = [](const std::string& name) {
    const std::string header =
        R"({"__metadata__":{"edgefold.graphs":"{\"version\":1,\"graphs\":[{\"kind\":\"homogeneous\",\"vertices\":[[\"\",1]],\"relations\":[[\"\",\"\",\"\"]]}]}"},)"
        R"("0/topology/0/offsets":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
        R"("0/topology/0/sources":{"dtype":"U8","shape":[0],"data_offsets":[2,2]},)"
        R"("labels/y":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},")" +
        name + R"(":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[3,4]}})";
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size() & 255), bytes[1] = static_cast<char>(header.size() >> 8);
    return bytes + header + "\0\0\7?"s;
  };
  const saved_graphs back = parsed(file("labels/z"));
  CHECK(back.graphs.size() == 1);
  CHECK(same_any(back.labels.at("y"), basic_tensor<std::int32_t>({1}, {7})));
  CHECK_THROWS_SAYING(back.labels.at("z"), std::runtime_error,
                      "[parse_graphs] bytes: tensor \"labels/z\": type \"F8_E4M3\" is not supported");
  CHECK_THROWS_SAYING(parsed(file("0/nodes/0/h")), std::runtime_error, "tensor \"0/nodes/0/h\": type \"F8_E4M3\"");
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
  refused("1", "no JSON object");
  refused("{}", "no object with a version");
  refused(R"({"version":2})", "version \"2\", expected 1");
  refused(R"({"version":"1"})", "version \"no whole number\", expected 1");
  refused(R"({"graphs":[[]],"version":2})", "version \"2\", expected 1");
  refused(R"({"version":1,"graphs":[],"graphs":[]})", "graphs are given twice");
  refused(R"({"version":1,"graphs":[{"kind":"bipartite","kind":"bipartite"}]})", "graph 0: kind is given twice");
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
  graph_refused(R"("block")", vertices, relation, "a block graph of 1 vertex types");
  graph_refused(R"("block")", R"([["a",1],["b",2]])", R"([["a","","b"]])",
                "graph 0: [from_csc] source at position 0 is 1, expected an id from 0 to 0");
  graph_refused(one, R"([["",3]])", relation, "tensor \"0/topology/0/offsets\" has 3 offsets for 3 vertices");
  graph_refused(one, vertices, R"([["","","x"]])", "graph 0: no vertex type \"x\"");
  graph_refused(many, R"([["a",2],["a",2]])", R"([["a","","a"]])",
                "graph 0: [hetero_graph] vertex type \"a\" is named twice");
  graph_refused(many, R"([["a",2]])", "[]", "tensor \"0/topology/0/offsets\" is no part of its graph");
  graph_refused(many, R"([["a",2]])", R"([["a","","a"],["a","","a"]])", "there is no tensor \"0/topology/1/offsets\"");
  refused(std::string(100'000, '['), "no JSON object");
  refused(R"({"version":1,"graphs":[{"vertices":[["\"[[[[",2]],"relations":[[[1]]],"kind":""}]})",
          "relations are no three names");
  refused("{\"note\":" + std::string(100'000, '[') + std::string(100'000, ']') + R"(,"version":1,"graphs":[1]})",
          "graph 0: no array vertices");
  refused(R"({"version":1,"graphs":[{"vertices":[["\"[[[[\\",2]],"relations":[]}]})", "its kind is not known");
  refused(R"({"version":1,"graphs":[]})", "is no part of its 0 graphs");
}

// The most memory that this process has held, in kB, since the peak was last forgotten.
std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
  return 0;
}

TEST_CASE("load_graphs, read_safetensors: nesting costs no multiple of its text") {
  constexpr std::size_t count = 4'000'000;
  std::string nested;
  for (std::size_t i = 0; i < count; ++i) nested += "[],";
  const temporary_folder folder;
  write_safetensors(folder / "value", {},
                    {{"edgefold.graphs", "{\"version\":1,\"note\":[" + nested + "1],\"graphs\":[]}"}});
  write_safetensors(folder / "graph", {}, {{"edgefold.graphs", "{\"version\":1,\"graphs\":[" + nested + "1]}"}});
  std::ofstream("/proc/self/clear_refs") << '5';
  const std::int64_t before = peak_memory();
  CHECK(load_graphs(folder / "value").graphs.empty());
  CHECK_THROWS_SAYING(load_graphs(folder / "graph"), std::runtime_error, "graph 0: no array vertices");
  if (!EDGEFOLD_TEST_ASAN && !EDGEFOLD_TEST_TSAN)
    CHECK(peak_memory() - before < 8 * 3 * static_cast<std::int64_t>(count) / 1000);  // a tree: 27 times
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
  refused(edge_ids, ids({2}, {0, 0}), "edge id 0 is given twice");
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

}  // namespace
}  // namespace edgefold
