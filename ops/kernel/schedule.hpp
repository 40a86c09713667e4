/// Which groups and which features a task works on: balanced by edges, cut in two dimensions.
#pragma once
#include <vector>

#include <edgefold/core/adjacency.hpp>
#include <edgefold/core/parallel.hpp>

namespace edgefold::detail {

/// The edges of a node with more than `hub_degree` in-edges are folded in chunks of `chunk_edges`, which are then
/// merged in order: fixed numbers, so that results do not depend on threads.
inline constexpr std::int64_t hub_degree = 8192;
inline constexpr std::int64_t chunk_edges = 4096;

/// A row of at least `wide_tiles` tiles is wide: kernels take only `wide_edges` edges of a group at a time for one tile
/// after another, which reads rows along and not across. (Columns of rows that lie at one distance meet in few sets of
/// the L1 cache: so not many edges at a time.)
inline constexpr std::size_t wide_tiles = 32;
inline constexpr std::int64_t wide_edges = 8;

struct hub_chunk {
  std::int64_t group, begin, end;  // positions of edges
  bool first;                      // of its group
};

struct schedule {
  std::vector<std::int64_t> cuts;  // task range i: groups cuts[i] .. cuts[i + 1] - 1
  std::vector<hub_chunk> chunks;   // in order of group and position; empty unless hubs are split
  std::int64_t column_parts = 1;   // every range and chunk is cut into so many runs of tiles
  std::int64_t ranges() const { return static_cast<std::int64_t>(cuts.size()) - 1; }
};

/// Groups that follow one another: their edges are at offsets[0] .. offsets[last - first] - 1. Or part of one.
struct stretch {
  std::int64_t first, last;
  const std::int64_t* offsets;
};

/// Calls body(stretch) for groups [begin, end), about `edges` edges at a time (one group at least): what a tile needs
/// is set up once for them, and rows that have been fetched are still near when the next tile reads on in them.
template <class Body>
void for_stretches(const edge_groups& groups, std::int64_t begin, std::int64_t end, std::int64_t edges, Body&& body) {
  for (stretch s{begin, begin, nullptr}; s.first < end; s.first = s.last) {
    s.offsets = groups.offsets + s.first;
    for (s.last = s.first + 1; s.last < end && groups.offsets[s.last] - *s.offsets + s.last - s.first < edges;)
      ++s.last;
    body(std::as_const(s));
  }
}
inline constexpr std::int64_t near_edges = 512;  // for it, where rows are not wide

/// `width`: features a row; `tiles`: how many pieces the columns can be cut into at most.
schedule make_schedule(const edge_groups& groups, std::int64_t width, std::int64_t tiles, bool split_hubs);

/// Part `part` of `parts` of the tiles 0 .. tiles-1: [first, last).
inline std::pair<std::size_t, std::size_t> tiles_of(std::int64_t part, std::int64_t parts, std::size_t tiles) {
  const auto n = static_cast<std::int64_t>(tiles);
  return {static_cast<std::size_t>(n * part / parts), static_cast<std::size_t>(n * (part + 1) / parts)};
}

/// Calls body(scratch of the task, group) for all groups, each task making its scratch by `make()`.
template <class Make, class Body>
void for_each_group(const edge_groups& groups, std::int64_t width, Make&& make, Body&& body) {
  const schedule s = make_schedule(groups, width, 1, false);
  parallel_for(s.ranges(), 1, [&](std::int64_t first, std::int64_t last) {
    auto scratch = make();
    for (std::int64_t v = s.cuts[static_cast<std::size_t>(first)]; v < s.cuts[static_cast<std::size_t>(last)]; ++v)
      body(scratch, v);
  });
}
/// The same without scratch: body(group).
template <class Body>
void for_each_group(const edge_groups& groups, std::int64_t width, Body&& body) {
  for_each_group(
      groups, width, [] { return 0; }, [&](int, std::int64_t v) { body(v); });
}

}  // namespace edgefold::detail
