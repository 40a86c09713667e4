// The two graphs that all benchmarks run on, and how they report.
#pragma once
#include <benchmark/benchmark.h>

#include <array>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>

namespace edgefold::bench {

// The same edges numbered in the order of their destinations, as most data sets have them.
inline graph sorted(const graph& g) {
  const edge_groups& in = g.topology().in_edges();
  const basic_tensor<std::int64_t> offsets({in.num_groups + 1},
                                           std::span(in.offsets, static_cast<std::size_t>(in.num_groups + 1)));
  const basic_tensor<std::int32_t> sources({in.num_edges},
                                           std::span(in.neighbors, static_cast<std::size_t>(in.num_edges)));
  return graph::from_csc(offsets, sources);
}

// 0: R-MAT of 2^17 vertices, 1.9 M edges; 1: uniform, 100,000 vertices, 5.0 M edges; both by destination. 2 and 3: the
// same with edges numbered in no order.
inline const graph& graph_of(std::int64_t which) {
  static const graph rmat = generate::rmat(17, 1'900'000, 1), uniform = generate::random_uniform(100'000, 5'000'000, 1);
  static const graph by_target[] = {sorted(rmat), sorted(uniform)};
  return which < 2 ? by_target[which] : which == 2 ? rmat : uniform;
}

// A user's own standard deviation, as plain as it comes.
struct user_std {
  template <class T>
  std::array<T, 2> lift(const T& m) const {
    return {m, m * m};
  }
  template <class T>
  T lower(const std::array<T, 2>& s, const T& n) const {
    return sqrt(max(s[1] / n - (s[0] / n) * (s[0] / n), T(0)));
  }
};

// Bytes of one gathered row an edge and one written row a vertex: what a perfect cache-less kernel would move.
inline void report(benchmark::State& state, const graph& g, std::int64_t width) {
  const double bytes = 4.0 * static_cast<double>(width) * static_cast<double>(g.num_edges() + g.num_vertices());
  state.counters["GB/s"] = benchmark::Counter(bytes * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace edgefold::bench
