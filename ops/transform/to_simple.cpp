#include <edgefold/ops/transform/to_simple.hpp>

#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/core/private/group_offsets.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>
#include <edgefold/ops/transform/reverse_edges.hpp>

namespace edgefold {
namespace {

using ids = basic_tensor<std::int32_t>;
using wide_ids = basic_tensor<std::int64_t>;

constexpr std::int64_t vertices_of_task = 1 << 10;

ids targets_by_position(const edge_groups& in) {
  ids t = ids::uninitialized({in.num_edges});
  parallel_for(in.num_groups, vertices_of_task, [&, to = t.mutable_data()](std::int64_t b, std::int64_t e) {
    for (std::int64_t v = b; v < e; ++v)
      std::fill(to + in.offsets[v], to + in.offsets[v + 1], static_cast<std::int32_t>(v));
  });
  return t;
}

// All edges in the order of source, target and id: a counting sort by target, then one by source. (Where edges are
// numbered by target, the second is the graph's own.)
struct sorted_edges {
  explicit sorted_edges(const adjacency& a) : in(a.in_edges()) {
    if (!in.edge_ids && !in.wide_edge_ids) {
      by_source = a.out_edges();
      return;
    }
    const ids sources = detail::view_of(in.neighbors, in.num_edges, in.owner);
    by_source = detail::group_edges(sources, targets_by_position(in), a.num_src()).view(a.num_src());
  }
  template <class Id>
  basic_tensor<Id> ids_as() const {
    auto t = basic_tensor<Id>::uninitialized({in.num_edges});
    parallel_for(in.num_edges, 1 << 15, [&, to = t.mutable_data()](std::int64_t k, std::int64_t end) {
      for (; k < end; ++k) to[k] = static_cast<Id>(in.id_at(by_source.id_at(k)));
    });
    return t;
  }
  // The same edges in other groups, with ids in place of positions.
  edge_groups grouped(const wide_ids& begin) const {
    const auto keep = [this]<class Id>(const Id* p) {
      return p ? detail::view_of(p, in.num_edges, by_source.owner) : basic_tensor<Id>{};
    };
    detail::group_arrays groups{begin, keep(by_source.neighbors), keep(by_source.edge_ids),
                                keep(by_source.wide_edge_ids)};
    if (in.edge_ids) groups.ids = ids_as<std::int32_t>();
    if (in.wide_edge_ids) groups.ids = {}, groups.wide_ids = ids_as<std::int64_t>();
    return groups.view(begin.size() - 1);
  }
  bool begins_pair(std::int64_t k, std::int64_t begin) const {  // of a source whose edges begin at `begin`
    return k == begin || by_source.neighbors[k] != by_source.neighbors[k - 1];
  }
  const edge_groups& in;
  edge_groups by_source;  // its neighbours are targets, its ids positions in `in`
};

// The pairs that edges join, once each, and where the edges of each begin among the sorted ones.
struct pairs {
  adjacency topology;
  wide_ids begin;  // (pairs + 1)
};

pairs distinct_pairs(const sorted_edges& edges, std::int64_t num_dst) {
  const edge_groups& by_source = edges.by_source;
  wide_ids offsets = detail::group_offsets(by_source.num_groups, vertices_of_task, [&](std::int64_t u) {
    std::int64_t count = 0;
    for (std::int64_t k = by_source.offsets[u]; k < by_source.offsets[u + 1]; ++k)
      count += edges.begins_pair(k, by_source.offsets[u]) ? 1 : 0;
    return count;
  });
  const std::int64_t* const first = offsets.data();
  const std::int64_t count = first[by_source.num_groups];
  ids targets = ids::uninitialized({count});
  wide_ids begin = wide_ids::uninitialized({count + 1});
  begin.mutable_data()[count] = by_source.num_edges;
  parallel_for(by_source.num_groups, vertices_of_task,
               [&, target = targets.mutable_data(), start = begin.mutable_data()](std::int64_t b, std::int64_t e) {
                 std::int64_t at = first[b];
                 for (std::int64_t u = b; u < e; ++u)
                   for (std::int64_t k = by_source.offsets[u]; k < by_source.offsets[u + 1]; ++k)
                     if (edges.begins_pair(k, by_source.offsets[u]))
                       target[at] = by_source.neighbors[k], start[at++] = k;
               });
  return {adjacency::from_csr(std::move(offsets), std::move(targets), num_dst), begin};
}

}  // namespace

simple_graph to_simple(const graph& g, aggregate features, map_edges map) {
  const sorted_edges edges(g.topology());
  const pairs p = distinct_pairs(edges, g.num_dst());
  const edge_groups groups = edges.grouped(p.begin);
  const std::int64_t count = groups.num_groups;
  wide_ids first = wide_ids::uninitialized({count});
  simple_graph s{detail::with_topology(g, p.topology), wide_ids::uninitialized({count}), {}};
  if (map == map_edges::yes) s.edge_of = wide_ids::uninitialized({g.num_edges()});
  parallel_for(count, 1 << 14,
               [&, least = first.mutable_data(), number = s.counts.mutable_data(), edge_of = s.edge_of.mutable_data()](
                   std::int64_t i, std::int64_t end) {
                 for (; i < end; ++i) {
                   least[i] = groups.id_at(groups.offsets[i]);
                   number[i] = groups.degree(i);
                   for (std::int64_t k = groups.offsets[i]; edge_of && k < groups.offsets[i + 1]; ++k)
                     edge_of[groups.id_at(k)] = i;
                 }
               });
  for (const std::string& name : g.edata.names())
    s.g.edata.set(name, detail::aggregate_rows(g.edata.get(name), groups, features, "to_simple"));
  s.g.edata.set(original_id, first);
  return s;
}

graph to_bidirected(const graph& g) {
  detail::check_one_vertex_set(g, "to_bidirected");
  const graph both = add_reverse_edges(graph(g.topology()));
  return detail::with_topology(g, distinct_pairs(sorted_edges(both.topology()), g.num_vertices()).topology);
}

}  // namespace edgefold
