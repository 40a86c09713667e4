// Small graphs and inputs for gradient checks, and the check.
#pragma once
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/grad_check.hpp>

#include <support/tensors.hpp>

namespace edgefold::testing {

using inputs_of = std::vector<basic_tensor<double>>;

// 7 vertices, 16 edges in no order: parallel ones, a self-loop, vertices 5 without in-edges and 6 without edges.
inline const graph& some_graph() {
  static const graph g({{0, 1},
                        {0, 1},
                        {2, 1},
                        {3, 0},
                        {1, 4},
                        {5, 4},
                        {5, 2},
                        {4, 4},
                        {2, 3},
                        {0, 3},
                        {1, 3},
                        {4, 0},
                        {5, 1},
                        {3, 2},
                        {0, 2},
                        {1, 0}},
                       7);
  return g;
}
// 5 vertices, an edge from each to each other one.
inline graph complete_graph() {
  std::vector<graph::edge_pair> edges;
  for (int u = 0; u < 5; ++u)
    for (int v = 0; v < 5; ++v)
      if (u != v) edges.emplace_back(u, v);
  return graph(edges, 5);
}

inline basic_tensor<double> normal(std::int64_t rows, shape_type dims, std::uint64_t stream = 0) {
  dims.insert(dims.begin(), rows);
  return random_normal<double>(dims, 17, stream);
}

#define CHECK_GRADIENTS(f, ...)                                                         \
  do {                                                                                  \
    const ::edgefold::grad_check_result found = ::edgefold::grad_check(f, __VA_ARGS__); \
    CAPTURE(found.where);                                                               \
    CAPTURE(found.worst);                                                               \
    CHECK(found.ok);                                                                    \
  } while (false)

}  // namespace edgefold::testing
