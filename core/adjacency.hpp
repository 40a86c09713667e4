/// The immutable compressed structure that every kernel runs on.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include <edgefold/core/id_list.hpp>

namespace edgefold {

/// Edges grouped by one end: group r holds the positions offsets[r] .. offsets[r + 1] - 1, in the order of their ids.
/// Plain pointers into arrays that `owner` keeps alive.
struct edge_groups {
  std::int64_t num_groups = 0;                  ///< destinations, sources or segments
  std::int64_t num_edges = 0;                   ///< in all groups together; rows of segments
  const std::int64_t* offsets = nullptr;        ///< (num_groups + 1)
  const vertex_id* neighbors = nullptr;         ///< the other end by position; null for segments, which have none
  const std::int32_t* edge_ids = nullptr;       ///< edge id by position; null where it is the position, or wide
  const std::int64_t* wide_edge_ids = nullptr;  ///< the same where 32 bits are too few
  std::shared_ptr<const void> owner;            ///< of the arrays; shared by copies and ranges

  /// Id of the edge at a position; not checked, as `degree` is not.
  edge_id id_at(std::int64_t position) const {
    return edge_ids ? edge_ids[position] : wide_edge_ids ? wide_edge_ids[position] : position;
  }
  /// Groups begin .. end - 1 of these, numbered from 0; positions and ids stay what they are.
  edge_groups range(std::int64_t begin, std::int64_t end) const {
    edge_groups g = *this;
    g.num_groups = end - begin;
    g.num_edges = offsets[end] - offsets[begin];
    g.offsets = offsets + begin;
    return g;
  }
  /// The position after the last.
  std::int64_t end() const { return offsets[num_groups]; }
  /// Edges in a group.
  std::int64_t degree(std::int64_t group) const { return offsets[group + 1] - offsets[group]; }
};

/// Which edge goes from where to where. Immutable; copies share it. Multigraphs, self-loops, isolated vertices, zero
/// edges and zero vertices are all legal. Grouping by destination and by source is built on first use, thread-safe.
class adjacency {
 public:
  /// No vertices, no edges.
  adjacency();

  // What is made of ids never changes: arrays of the right width that are moved in (`std::move(sources)`) are taken
  // over, others are copied, as is memory of the caller's that a tensor wraps.

  /// Edge i goes from sources[i] to targets[i]. Throws for ids out of range, lists of unlike length, and negative
  /// numbers or more than 2^31 - 1 of vertices.
  static adjacency from_coo(id_list sources, id_list targets, std::int64_t num_src, std::int64_t num_dst);

  /// In-edges grouped by destination: those of v are at offsets[v] .. offsets[v+1]-1 of `sources`. `edge_ids` names
  /// the edge at each position, ascending within a group (a permutation of 0 .. E-1); without it the id is the
  /// position. Throws for offsets that do not ascend from 0 to the number of edges, and ids out of range or twice
  /// there.
  /// @{
  static adjacency from_csc(id_list offsets, id_list sources, std::int64_t num_src);
  static adjacency from_csc(id_list offsets, id_list sources, std::int64_t num_src, id_list edge_ids);
  /// @}
  /// The same by source, with the same errors: out-edges of u are at offsets[u] .. offsets[u+1]-1 of `targets`.
  /// @{
  static adjacency from_csr(id_list offsets, id_list targets, std::int64_t num_dst);
  static adjacency from_csr(id_list offsets, id_list targets, std::int64_t num_dst, id_list edge_ids);
  /// @}

  std::int64_t num_src() const;    ///< sources, with or without edges
  std::int64_t num_dst() const;    ///< destinations
  std::int64_t num_edges() const;  ///< parallel ones counted one by one

  const edge_groups& in_edges() const;   ///< grouped by destination
  const edge_groups& out_edges() const;  ///< grouped by source

  /// Ends of all edges by edge id: two arrays of num_edges() ids, which live as long as a copy of this.
  /// @{
  const vertex_id* sources() const;
  const vertex_id* targets() const;
  /// @}

  /// Every edge turned around; ids stay.
  adjacency reversed() const;

  /// The edges of `edge_ids` in that order, renumbered from 0, between the same vertices. Throws for an id
  /// out of range; an id may are given twice.
  adjacency subset(const id_list& edge_ids) const;

 private:
  struct body;
  explicit adjacency(std::shared_ptr<const body> b) : body_(std::move(b)) {}
  static adjacency from_groups(id_list offsets, id_list neighbors, id_list* ids, std::int64_t others,
                               std::string_view operation, bool by_target);
  std::shared_ptr<const body> body_;
};

/// Segments of consecutive rows, `lengths[i]` rows each, as groups without neighbours. Throws for a negative length.
edge_groups segments(const id_list& lengths);

}  // namespace edgefold
