// Readers and writers. What a writer leaves in its folder is looked at by the runner.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/io/csv.hpp>
#include <edgefold/core/io/edge_list.hpp>
#include <edgefold/core/io/graph_file.hpp>
#include <edgefold/core/io/graph_store.hpp>
#include <edgefold/core/io/graphviz.hpp>
#include <edgefold/core/io/matrix_market.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/random.hpp>

#include "scenario.hpp"

#include <zlib.h>

#include <fstream>

namespace stress {
namespace {

using namespace edgefold;
using path = std::filesystem::path;

graph small_graph() {
  graph g = generate::random_uniform(20, 60, 3);
  g.ndata["x"] = random_normal({20, 2}, 1);
  g.edata["weight"] = random_normal({60, 1}, 2);
  return g;
}
hetero_graph typed_graph() {
  hetero_graph g({{"user", 3}, {"game", 2}},
                 {{{"user", "follows", "user"}, {0, 1}, {1, 2}}, {{"user", "plays", "game"}, {0, 1, 2}, {0, 0, 1}}});
  g.nodes("user")["h"] = random_normal({3, 2}, 4);
  return g;
}
std::map<std::string, any_tensor> some_tensors() {
  return {{"a", random_normal({5, 3}, 1)}, {"b", basic_tensor<std::int64_t>({3}, {1, 2, 3})}, {"c", ones<double>({2})}};
}

void write_graph_list(const path& file) {
  save_graphs(file, {small_graph(), typed_graph(), small_graph()}, {{"label", ones({3})}});
}
void compress(const path& from, const path& to) {
  std::ifstream in(from, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const gzFile out = gzopen(to.c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
}

// Writes over an older file.
class written final : public scenario {
 public:
  written(const path& file, std::function<void(const path&)> write) : file_(file), write_(std::move(write)) {
    std::ofstream(file_) << "what was there before";
  }
  void run() override { write_(file_); }
  void see(digest&) const override {}

 private:
  path file_;
  std::function<void(const path&)> write_;
};
named_scenario writer(const std::string& name, std::function<void(const path&)> write) {
  return {"write " + name, [name, write = std::move(write)](const path& folder) {
            return std::make_unique<written>(folder / name, write);
          }};
}

// Reads what was prepared, with memory, before.
template <class Result>
class read final : public scenario {
 public:
  using reader = std::function<Result(const path&)>;
  read(path file, const std::function<void(const path&)>& prepare, reader how)
      : file_(std::move(file)), read_(std::move(how)) {
    prepare(file_);
  }
  void run() override { result_ = std::make_unique<Result>(read_(file_)); }
  void see(digest& d) const override {
    if (!result_) return;
    if constexpr (std::same_as<Result, saved_graphs>) {
      d.add(result_->labels);
      for (const any_graph& each : result_->graphs) {
        if (const auto* g = std::get_if<graph>(&each)) d.add(*g);
        else d.add(std::get<hetero_graph>(each).nodes("user"));
      }
    } else {
      d.add(*result_);
    }
  }

 private:
  path file_;
  reader read_;
  std::unique_ptr<Result> result_;
};
template <class Prepare, class Reader>
named_scenario reader(const std::string& name, Prepare prepare, Reader how) {
  using result = std::invoke_result_t<Reader, const path&>;
  return {"read " + name,
          [=](const path& folder) { return std::make_unique<read<result>>(folder / name, prepare, how); }};
}

void write_folder(const path& folder) {
  std::filesystem::create_directory(folder);
  write_npy(folder / "edges.npy", basic_tensor<std::int64_t>({3, 2}, {0, 1, 1, 2, 2, 0}));
  write_npy(folder / "labels.npy", basic_tensor<std::int64_t>({3, 1}, {0, 1, 1}));
  std::ofstream(folder / "meta.json") << R"({"num_nodes": 3, "num_features": 2})";
}

}  // namespace

std::vector<named_scenario> file_scenarios() {
  const auto text_of = [](const path& file) { return read_edge_list(file); };
  return {
      writer("a.npy", [t = random_normal({5, 3}, 1)](const path& file) { write_npy(file, t); }),
      writer("a.npz", [t = some_tensors()](const path& file) { write_npz(file, t); }),
      writer("a.safetensors",
             [t = some_tensors()](const path& file) {
               write_safetensors(file, t, {{"k", "v"}});
             }),
      writer("a.graphs", write_graph_list),
      writer("a.txt", [g = small_graph()](const path& file) { write_edge_list(file, g); }),
      writer("a.mtx", [g = small_graph()](const path& file) { write_matrix_market(file, g); }),
      writer("a.csv", [g = small_graph()](const path& file) { write_csv(file, {}, g); }),
      writer("a.dot", [g = small_graph()](const path& file) { write_graphviz(file, g); }),
      reader(
          "a.npy",
          [](const path& file) {
            write_npy(file, ones({5, 3}));
          },
          [](const path& file) { return read_npy(file); }),
      reader(
          "a.npz", [](const path& file) { write_npz(file, some_tensors()); },
          [](const path& file) { return read_npz(file); }),
      reader(
          "a.safetensors",
          [](const path& file) {
            write_safetensors(file, some_tensors(), {{"k", "v"}});
          },
          [](const path& file) { return read_safetensors(file).tensors; }),
      reader("a.graphs", write_graph_list, [](const path& file) { return load_graphs(file); }),
      reader(
          "a.txt", [](const path& file) { write_edge_list(file, small_graph()); }, text_of),
      reader(
          "a.txt.gz",
          [](const path& file) {
            const path plain = file.parent_path() / "plain.txt";
            write_edge_list(plain, small_graph());
            compress(plain, file);
          },
          text_of),
      reader(
          "a.mtx", [](const path& file) { write_matrix_market(file, small_graph()); },
          [](const path& file) { return read_matrix_market(file); }),
      reader(
          "a.csv", [](const path& file) { write_csv(file, {}, small_graph()); },
          [](const path& file) { return read_csv(file).g; }),
      reader("folder", write_folder, [](const path& folder) { return read_graph(folder); }),
  };
}

}  // namespace stress
