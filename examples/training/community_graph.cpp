#include <training/community_graph.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <cmath>

namespace edgefold::examples {
namespace {

constexpr std::int64_t communities = 10, num_features = 32;
constexpr float distance = 0.4F;  // of centres from the origin, in each feature

enum : std::uint64_t { of_edges, of_shares, of_noise, of_centres, of_split };  // streams of random numbers

std::int64_t below(std::int64_t limit, std::uint32_t word) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(limit) * word >> 32);
}
double fraction(std::uint32_t word) { return word * 0x1p-32; }

graph edges_of(std::int64_t n, std::int64_t num_edges, double homophily, std::uint64_t seed) {
  auto sources = basic_tensor<std::int32_t>::uninitialized({num_edges}), targets = sources.clone();
  std::int32_t *const from = sources.mutable_data(), *const to = targets.mutable_data();
  // u^(1/h - 1) of a u from [0, 1) has the mean h.
  std::vector<double> share(static_cast<std::size_t>(n));
  parallel_for(n, 1 << 12, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t v = begin; v < end; ++v)
      share[static_cast<std::size_t>(v)] =
          std::pow(fraction(philox(seed, static_cast<std::uint64_t>(v), of_shares).word[0]), 1 / homophily - 1);
  });
  parallel_for(num_edges, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t e = begin; e < end; ++e) {
      const random_words random = philox(seed, static_cast<std::uint64_t>(e), of_edges);
      const std::int64_t target = below(n, random.word[0]), c = target % communities;
      const bool own = fraction(random.word[2]) < share[static_cast<std::size_t>(target)];
      const std::int64_t source = own ? below((n - c + communities - 1) / communities, random.word[1]) * communities + c
                                      : below(n, random.word[1]);
      from[e] = static_cast<std::int32_t>(source);
      to[e] = static_cast<std::int32_t>(target);
    }
  });
  return graph::from_coo(sources, targets, n);
}

}  // namespace

node_data community_graph(std::int64_t n, std::int64_t num_edges, double homophily, std::uint64_t seed) {
  check(n >= communities, "community_graph", "expected at least ", communities, " vertices, got ", n);
  check(num_edges >= 0, "community_graph", "num_edges is ", num_edges);
  check(homophily >= 0 && homophily <= 1, "community_graph", "homophily is ", homophily, ", expected from 0 to 1");
  node_data d;
  d.g = edges_of(n, num_edges, homophily, seed);
  d.num_classes = communities;
  d.labels = basic_tensor<std::int64_t>::uninitialized({n});
  for (std::int64_t v = 0; v < n; ++v) d.labels.mutable_data()[v] = v % communities;
  const tensor centres = random_normal({communities, num_features}, seed, of_centres);
  d.features = sparse_matrix::from_dense(tensor::from(random_normal({n, num_features}, seed, of_noise).array() +
                                                      distance * gather_rows(centres, d.labels).array()));
  const auto order = random_permutation(n, seed, of_split);
  d.train = slice(order, 0, 0, n * 6 / 10);
  d.validation = slice(order, 0, n * 6 / 10, n * 8 / 10);
  d.test = slice(order, 0, n * 8 / 10, n);
  return d;
}

}  // namespace edgefold::examples
