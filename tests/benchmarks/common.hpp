// The two graphs that all benchmarks run on, and how they report.
#pragma once
#include <benchmark/benchmark.h>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>

namespace edgefold::bench {

// 0: R-MAT of 2^17 vertices, 1.9 M edges; 1: uniform, 100,000 vertices, 5.0 M edges.
inline const graph& graph_of(std::int64_t which) {
  static const graph graphs[] = {generate::rmat(17, 1'900'000, 1), generate::random_uniform(100'000, 5'000'000, 1)};
  return graphs[which];
}

// Bytes of one gathered row an edge and one written row a vertex: what a perfect cache-less kernel would move.
inline void report(benchmark::State& state, const graph& g, std::int64_t width) {
  const double bytes = 4.0 * static_cast<double>(width) * static_cast<double>(g.num_edges() + g.num_vertices());
  state.counters["GB/s"] = benchmark::Counter(bytes * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace edgefold::bench
