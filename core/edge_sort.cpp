#include <edgefold/core/edge_sort.hpp>

#include <edgefold/core/parallel.hpp>

#include <algorithm>
#include <limits>

namespace edgefold::detail {
namespace {

constexpr std::int64_t max_parts = 16;

bool ascends(const std::int32_t* keys, std::int64_t n) {
  std::atomic<bool> sorted{true};
  parallel_for(n - 1, 1 << 18, [&](std::int64_t b, std::int64_t e) {
    bool good = true;
    for (std::int64_t i = b; i < e; ++i) good &= keys[i] <= keys[i + 1];
    if (!good) sorted = false;
  });
  return sorted;
}

// Edges are cut into `parts` runs. starts(part, key) becomes the first position of that run's edges of that key.
// The cut decides nothing about the result: a stable order by key is unique.
struct key_counts {
  std::int64_t n, keys, parts, run;
  std::vector<std::int64_t> counts;  // (parts, keys)

  key_counts(std::int64_t edges, std::int64_t num_keys)
      : n(edges),
        keys(num_keys),
        parts(std::clamp<std::int64_t>(std::min(edges / (1 << 16), edges / std::max<std::int64_t>(keys, 1)), 1,
                                       std::min<std::int64_t>(max_parts, num_threads()))),
        run((n + parts - 1) / parts),
        counts(static_cast<std::size_t>(parts * keys)) {}
  std::int64_t* of(std::int64_t part) { return counts.data() + part * keys; }

  void count(const std::int32_t* key) {
    parallel_for(parts, 1, [&](std::int64_t p, std::int64_t) {
      std::int64_t* c = of(p);
      for (std::int64_t i = p * run; i < std::min(n, (p + 1) * run); ++i) ++c[key[i]];
    });
  }
  void to_starts(std::int64_t* offsets) {
    std::int64_t total = 0;
    for (std::int64_t k = 0; k < keys; ++k) {
      offsets[k] = total;
      for (std::int64_t p = 0; p < parts; ++p) total += std::exchange(of(p)[k], total);
    }
    offsets[keys] = total;
  }
};

template <class Id>
void scatter(key_counts& starts, const std::int32_t* key, const std::int32_t* other, std::int32_t* neighbors, Id* ids) {
  parallel_for(starts.parts, 1, [&](std::int64_t p, std::int64_t) {
    std::int64_t* next = starts.of(p);
    for (std::int64_t i = p * starts.run; i < std::min(starts.n, (p + 1) * starts.run); ++i) {
      const std::int64_t at = next[key[i]]++;
      neighbors[at] = other[i];
      ids[at] = static_cast<Id>(i);
    }
  });
}

}  // namespace

edge_groups group_arrays::view(std::int64_t num_groups) const {
  auto self = std::make_shared<const group_arrays>(*this);
  return {num_groups,
          neighbors.size(),
          self->offsets.data(),
          self->neighbors.data(),
          self->ids.data(),
          self->wide_ids.data(),
          self};
}

group_arrays group_edges(const basic_tensor<std::int32_t>& keys, const basic_tensor<std::int32_t>& others,
                         std::int64_t num_groups) {
  const std::int64_t n = keys.size();
  group_arrays g;
  g.offsets = basic_tensor<std::int64_t>::uninitialized({num_groups + 1});
  key_counts counts(n, num_groups);
  const std::int32_t* key = keys.data();
  counts.count(key);
  counts.to_starts(g.offsets.data());
  if (ascends(key, n)) {
    g.neighbors = others;
    return g;
  }
  g.neighbors = basic_tensor<std::int32_t>::uninitialized({n});
  if (n <= std::numeric_limits<std::int32_t>::max()) {
    g.ids = basic_tensor<std::int32_t>::uninitialized({n});
    scatter(counts, key, others.data(), g.neighbors.data(), g.ids.data());
  } else {
    g.wide_ids = basic_tensor<std::int64_t>::uninitialized({n});
    scatter(counts, key, others.data(), g.neighbors.data(), g.wide_ids.data());
  }
  return g;
}

}  // namespace edgefold::detail
