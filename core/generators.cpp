#include <edgefold/core/generators.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>

#include <limits>

namespace edgefold::generate {
namespace {

// E edges whose ends `ends(i)` tells, from num_src vertices to num_dst others.
template <class Ends>
adjacency edges_by_rule(std::int64_t num_edges, std::int64_t num_src, std::int64_t num_dst, Ends&& ends) {
  auto sources = basic_tensor<std::int32_t>::uninitialized({num_edges});
  auto targets = basic_tensor<std::int32_t>::uninitialized({num_edges});
  std::int32_t* u = sources.mutable_data();
  std::int32_t* v = targets.mutable_data();
  parallel_for(num_edges, 1 << 16, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      const auto [from, to] = ends(i);
      u[i] = static_cast<std::int32_t>(from);
      v[i] = static_cast<std::int32_t>(to);
    }
  });
  return adjacency::from_coo(std::move(sources), std::move(targets), num_src, num_dst);
}
template <class Ends>
graph from_rule(std::int64_t num_edges, std::int64_t num_vertices, Ends&& ends) {
  return graph(edges_by_rule(num_edges, num_vertices, num_vertices, ends));
}

void check_count(std::string_view generator, std::string_view what, std::int64_t n, std::int64_t least = 0) {
  check(n >= least && n <= std::numeric_limits<vertex_id>::max(), generator, what, " is ", n, ", expected from ", least,
        " to ", std::numeric_limits<vertex_id>::max());
}

}  // namespace

graph complete_bipartite(std::int64_t in, std::int64_t out) {
  check_count("complete_bipartite", "in", in);
  check_count("complete_bipartite", "out", out);
  check_count("complete_bipartite", "in + out", in + out);
  return from_rule(in * out, in + out, [=](std::int64_t i) { return std::pair(i / out, in + i % out); });
}

graph complete_block(std::int64_t in, std::int64_t out) {
  check_count("complete_block", "in", in);
  check_count("complete_block", "out", out);
  return graph::bipartite(
      edges_by_rule(in * out, in, out, [=](std::int64_t i) { return std::pair(i / out, i % out); }));
}

graph random_uniform(std::int64_t num_vertices, std::int64_t num_edges, std::uint64_t seed) {
  check_count("random_uniform", "num_vertices", num_vertices);
  check(num_edges >= 0 && (num_edges == 0 || num_vertices > 0), "random_uniform", num_edges, " edges between ",
        num_vertices, " vertices");
  const auto n = static_cast<std::uint64_t>(num_vertices);
  return from_rule(num_edges, num_vertices, [=](std::int64_t i) {
    const random_words w = philox(seed, static_cast<std::uint64_t>(i));
    return std::pair(w.word[0] * n >> 32, w.word[1] * n >> 32);
  });
}

graph rmat(int scale, std::int64_t num_edges, std::uint64_t seed, double a, double b, double c) {
  check(scale >= 0 && scale <= 30, "rmat", "scale is ", scale, ", expected from 0 to 30");
  check(num_edges >= 0, "rmat", "num_edges is ", num_edges);
  check(a >= 0 && b >= 0 && c >= 0 && a + b + c <= 1, "rmat", "a, b, c are ", a, ", ", b, ", ", c,
        ", expected probabilities that add up to at most 1");
  return from_rule(num_edges, std::int64_t{1} << scale, [=](std::int64_t i) {
    std::int64_t u = 0, v = 0;
    for (int level = 0; level < scale; ++level) {
      const random_words w = philox(seed, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(level / 4));
      const double x = w.word[level % 4] * 0x1p-32;
      u = 2 * u + (x >= a + b);
      v = 2 * v + ((x >= a && x < a + b) || x >= a + b + c);
    }
    return std::pair(u, v);
  });
}

graph grid(std::int64_t rows, std::int64_t columns) {
  check_count("grid", "rows", rows);
  check_count("grid", "columns", columns);
  check_count("grid", "rows x columns", rows * columns);
  std::vector<graph::edge_pair> edges;
  auto both = [&](std::int64_t u, std::int64_t v) {
    edges.emplace_back(static_cast<vertex_id>(u), static_cast<vertex_id>(v));
    edges.emplace_back(static_cast<vertex_id>(v), static_cast<vertex_id>(u));
  };
  for (std::int64_t v = 0; v < rows * columns; ++v) {
    if (v % columns + 1 < columns) both(v, v + 1);
    if (v + columns < rows * columns) both(v, v + columns);
  }
  return graph(edges, rows * columns);
}

graph path(std::int64_t num_vertices) {
  check_count("path", "num_vertices", num_vertices);
  return from_rule(std::max<std::int64_t>(num_vertices - 1, 0), num_vertices,
                   [](std::int64_t i) { return std::pair(i, i + 1); });
}

graph star(std::int64_t num_vertices) {
  check_count("star", "num_vertices", num_vertices);
  return from_rule(std::max<std::int64_t>(num_vertices - 1, 0), num_vertices,
                   [](std::int64_t i) { return std::pair(i + 1, std::int64_t{0}); });
}

}  // namespace edgefold::generate
