// peer_arrays FOLDER: writes the arrays that all systems compute on, one folder a graph.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <edgefold/core/io/npy.hpp>

#include "../common.hpp"

using namespace edgefold;

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
  std::ofstream(folder / "ready") << "ready\n";
}
