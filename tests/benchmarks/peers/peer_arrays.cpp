// peer_arrays FOLDER: writes the arrays that all systems compute on, one folder a graph.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <edgefold/core/io/npy.hpp>
#include <edgefold/models/capsnet.hpp>
#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>

#include "../common.hpp"

using namespace edgefold;

namespace {

basic_tensor<std::int32_t> integers(std::int64_t count, std::int64_t below, std::uint64_t seed) {
  const auto wide = random_integers({count}, below, seed);
  auto t = basic_tensor<std::int32_t>::uninitialized({count});
  std::transform(wide.data(), wide.data() + count, t.mutable_data(),
                 [](std::int64_t i) { return static_cast<std::int32_t>(i); });
  return t;
}

template <class... Modules>
void write_parameters(const std::filesystem::path& folder, const Modules&... modules) {
  create_directories(folder);
  int i = 0;
  const auto write = [&](const auto& module) {
    ++i;
    for (const auto& [name, t] : named_parameters(module))
      write_npy(folder / ((sizeof...(modules) > 1 ? "conv" + std::to_string(i) + "." : "") + name + ".npy"),
                t.detach());
  };
  (write(modules), ...);
}

// As many vertices, edges, words and classes as Cora has, all drawn; edges go both ways, and each vertex has a loop.
void write_cora(const std::filesystem::path& here) {
  constexpr std::int64_t n = 2708, pairs = 5278, words = 1433;
  create_directories(here);
  const auto ends = random_integers({2 * pairs}, n, 11);
  std::vector<std::int32_t> src, dst;
  for (std::int64_t i = 0; i < pairs; ++i) {
    const auto a = static_cast<std::int32_t>(ends.at(2 * i)), b = static_cast<std::int32_t>(ends.at(2 * i + 1));
    src.insert(src.end(), {a, b});
    dst.insert(dst.end(), {b, a});
  }
  for (std::int32_t v = 0; v < n; ++v) src.push_back(v), dst.push_back(v);
  write_npy(here / "src.npy", basic_tensor<std::int32_t>({std::ssize(src)}, src));
  write_npy(here / "dst.npy", basic_tensor<std::int32_t>({std::ssize(dst)}, dst));
  tensor x = random_uniform({n, words}, 12);
  for (float& value : std::span(x.mutable_data(), static_cast<std::size_t>(x.size()))) value = value < 0.0127F ? 1 : 0;
  write_npy(here / "x.npy", x);
  write_npy(here / "x1.npy", tensor({n, 1}));
  write_npy(here / "labels.npy", integers(140, 7, 13));
  write_parameters(here / "gcn", graph_conv(words, 16, {}, 1), graph_conv(16, 7, {}, 2));
  write_parameters(here / "gat", gat_conv(words, 8, 8, {}, 1), gat_conv(64, 7, 1, {}, 2));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: peer_arrays FOLDER\n", stderr), 2;
  const std::filesystem::path folder = argv[1];
  for (int which : {0, 1}) {
    const graph& g = bench::graph_of(which);
    const std::filesystem::path here = folder / (which == 0 ? "rmat" : "uniform");
    create_directories(here);
    const std::int64_t n = g.num_vertices(), e = g.num_edges();
    const auto ids = [&](const vertex_id* of) {
      return basic_tensor<std::int32_t>({e}, std::span(of, static_cast<std::size_t>(e)));
    };
    write_npy(here / "src.npy", ids(g.topology().sources()));
    write_npy(here / "dst.npy", ids(g.topology().targets()));
    for (const std::int64_t width : {1, 16, 64, 256})
      write_npy(here / ("x" + std::to_string(width) + ".npy"), random_normal({n, width}, 1));
    write_npy(here / "y64.npy", random_normal({n, 64}, 2));
    write_npy(here / "w1.npy", random_normal({e, 1}, 3));
    write_npy(here / "w8.npy", random_normal({e, 8, 1}, 4));
    write_npy(here / "el.npy", random_normal({n, 8, 1}, 5));
    write_npy(here / "er.npy", random_normal({n, 8, 1}, 6));
    write_npy(here / "attn.npy", random_normal({1, 8, 8}, 7));
  }
  const std::filesystem::path here = folder / "routing";
  create_directories(here);
  write_npy(here / "u_hat.npy", random_normal({11'520, 128, 16}, 8, 0));
  write_npy(here / "up.npy", random_normal({10, 128, 16}, 9));
  write_npy(here / "tutorial.npy", random_normal({200, 4}, 10));
  write_cora(folder / "cora");
  write_parameters(folder / "capsnet", capsnet());
  write_npy(folder / "capsnet" / "images.npy", random_uniform({128, 1, 28, 28}, 14));
  write_npy(folder / "capsnet" / "labels.npy", integers(128, 10, 15));
  create_directories(folder / "construction");
  write_npy(folder / "construction" / "src.npy", integers(50'000'000, 1 << 20, 16));
  write_npy(folder / "construction" / "dst.npy", integers(50'000'000, 1 << 20, 17));
  std::ofstream(folder / "ready") << "ready\n";
}
