#include <edgefold/ops/kernel/schedule.hpp>

#include <edgefold/core/parallel.hpp>

#include <algorithm>

namespace edgefold::detail {
namespace {

constexpr std::int64_t task_elements = 1 << 15;  // work worth a task of its own
constexpr std::int64_t tasks_a_thread = 16;

// A group costs one unit for itself and one for each edge: cut where the running cost passes equal shares.
std::vector<std::int64_t> balanced_cuts(const edge_groups& g, std::int64_t parts) {
  const std::int64_t total = g.num_edges + g.num_groups, first = g.offsets[0];
  std::vector<std::int64_t> cuts{0};
  for (std::int64_t p = 1; p < parts; ++p) {
    const std::int64_t share = total / parts * p + total % parts * p / parts;
    std::int64_t low = cuts.back(), high = g.num_groups;
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (g.offsets[middle] - first + middle < share) low = middle + 1;
      else high = middle;
    }
    if (low > cuts.back() && low < g.num_groups) cuts.push_back(low);
  }
  cuts.push_back(g.num_groups);
  return cuts;
}

// Of positions hub_degree apart every hub holds one: only the groups of these are looked at.
std::vector<hub_chunk> hub_chunks(const edge_groups& g) {
  std::vector<hub_chunk> chunks;
  const std::int64_t* const end = g.offsets + g.num_groups + 1;
  const std::int64_t* next = g.offsets;  // where the edges end of the last group that was looked at
  for (std::int64_t at = *next + hub_degree; at < g.end(); at += hub_degree) {
    if (*next > at) continue;
    next = std::upper_bound(next, end, at);
    for (std::int64_t k = next[-1]; *next - next[-1] > hub_degree && k < *next; k += chunk_edges)
      chunks.push_back({next - g.offsets - 1, k, std::min(k + chunk_edges, *next), k == next[-1]});
  }
  return chunks;
}

}  // namespace

schedule make_schedule(const edge_groups& groups, std::int64_t width, std::int64_t tiles, bool split_hubs) {
  schedule s;
  const std::int64_t threads = num_threads();
  const std::int64_t work = (groups.num_edges + groups.num_groups) * std::max<std::int64_t>(width, 1);
  const std::int64_t tasks = std::clamp<std::int64_t>(work / task_elements, 1, tasks_a_thread * threads);
  s.cuts = balanced_cuts(groups, std::min(tasks, std::max<std::int64_t>(groups.num_groups, 1)));
  if (split_hubs) s.chunks = hub_chunks(groups);
  // Few groups with many features: let several tasks share a group's columns.
  const std::int64_t pieces = s.ranges() + static_cast<std::int64_t>(s.chunks.size());
  if (threads > 1 && pieces < 4 * threads && tasks > pieces)
    s.column_parts = std::clamp<std::int64_t>((4 * threads + pieces - 1) / pieces, 1, std::max<std::int64_t>(tiles, 1));
  return s;
}

}  // namespace edgefold::detail
