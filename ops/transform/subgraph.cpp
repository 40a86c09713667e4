#include <edgefold/ops/transform/subgraph.hpp>

#include <edgefold/core/private/group_offsets.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>
#include <edgefold/ops/transform/reverse_edges.hpp>

#include <atomic>

namespace edgefold {
namespace {

using ids = basic_tensor<std::int32_t>;
using wide_ids = basic_tensor<std::int64_t>;

// Edges grouped by new destinations, and the id that each had.
struct picked_edges {
  wide_ids offsets, original;
  ids sources;
};

// Group i has count(i) edges, which write(i, ids, sources) puts down, if it has any.
template <class Count, class Write>
picked_edges pick(std::int64_t num_groups, const Count& count, const Write& write) {
  constexpr std::int64_t grain = 1024;
  picked_edges p;
  p.offsets = detail::group_offsets(num_groups, grain, count);
  const std::int64_t* const offset = p.offsets.data();
  p.original = wide_ids::uninitialized({offset[num_groups]});
  p.sources = ids::uninitialized({offset[num_groups]});
  parallel_for(
      num_groups, grain,
      [&, id = p.original.mutable_data(), source = p.sources.mutable_data()](std::int64_t i, std::int64_t end) {
        for (; i < end; ++i)
          if (offset[i] < offset[i + 1]) write(i, id + offset[i], source + offset[i]);
      });
  return p;
}

void copy_group(const edge_groups& in, std::int64_t v, std::int64_t* id, std::int32_t* source) {
  const std::int64_t begin = in.offsets[v], count = in.degree(v);
  std::copy_n(in.neighbors + begin, count, source);
  if (in.edge_ids) std::copy_n(in.edge_ids + begin, count, id);
  else if (in.wide_edge_ids) std::copy_n(in.wide_edge_ids + begin, count, id);
  else std::iota(id, id + count, begin);
}

// The place of each of n ids in a list, -1 for those that are not in it.
std::vector<std::int32_t> places(const id_list& list, std::int64_t n, std::string_view operation,
                                 std::string_view kind) {
  list.check_range(n, operation, std::string(kind) + " at position");
  std::vector<std::int32_t> place(static_cast<std::size_t>(n), -1);
  list.visit([&](const auto& t) {
    for (std::int64_t i = 0; i < t.size(); ++i) {
      std::int32_t& at = place[static_cast<std::size_t>(t.data()[i])];
      check(at < 0, operation, kind, " ", t.data()[i], " is given twice");
      at = static_cast<std::int32_t>(i);
    }
  });
  return place;
}

graph induced(const graph& g, const id_list& vertices, std::string_view operation) {
  const auto place = places(vertices, g.num_vertices(), operation, "vertex");
  const wide_ids list = id_list(vertices).take_int64();  // which becomes a column
  const edge_groups& in = g.topology().in_edges();
  // Calls found(position, place of the source) with the edges of group i.
  const auto each = [&, of = list.data()](std::int64_t i, auto&& found) {
    for (std::int64_t k = in.offsets[of[i]]; k < in.offsets[of[i] + 1]; ++k)
      if (const std::int32_t u = place[static_cast<std::size_t>(in.neighbors[k])]; u >= 0) found(k, u);
  };
  picked_edges p = pick(
      list.size(),
      [&](std::int64_t i) {
        std::int64_t count = 0;
        each(i, [&](std::int64_t, std::int32_t) { ++count; });
        return count;
      },
      [&](std::int64_t i, std::int64_t* id, std::int32_t* source) {
        each(i, [&](std::int64_t k, std::int32_t u) { *id++ = in.id_at(k), *source++ = u; });
      });
  graph h = graph::from_csc(std::move(p.offsets), std::move(p.sources));
  detail::take_rows(g.ndata, list, h.ndata);
  detail::take_rows(g.edata, p.original, h.edata);
  return h;
}

graph edges_into(const graph& g, const id_list& vertices, std::string_view operation) {
  vertices.check_range(g.num_dst(), operation, "vertex at position");
  vertices.check_distinct(g.num_dst(), operation, "vertex");
  std::vector<char> chosen(static_cast<std::size_t>(g.num_dst()));
  vertices.visit([&](const auto& t) {
    for (const auto v : t.values()) chosen[static_cast<std::size_t>(v)] = 1;
  });
  const edge_groups& in = g.topology().in_edges();
  picked_edges p = pick(
      g.num_dst(), [&, flag = chosen.data()](std::int64_t v) { return flag[v] ? in.degree(v) : 0; },
      [&](std::int64_t v, std::int64_t* id, std::int32_t* source) { copy_group(in, v, id, source); });
  graph h = detail::with_topology(g, adjacency::from_csc(std::move(p.offsets), std::move(p.sources), g.num_src()));
  detail::take_rows(g.edata, p.original, h.edata);
  return h;
}

// What at most k edges lead to, from a vertex to its neighbours in `near`: seeds first, layer after layer.
std::vector<std::int64_t> within(const edge_groups& near, const id_list& seeds, std::int64_t k,
                                 std::string_view operation) {
  check(k >= 0, operation, "k is ", k, ", expected 0 or more hops");
  auto seen = places(seeds, near.num_groups, operation, "seed");
  std::vector<std::int64_t> found;
  for (std::int64_t i = 0; i < seeds.size(); ++i) found.push_back(seeds[i]);
  for (std::size_t begin = 0, end = found.size(); k > 0 && begin < end; --k, begin = end, end = found.size())
    for (std::size_t i = begin; i < end; ++i)
      for (std::int64_t at = near.offsets[found[i]], last = near.offsets[found[i] + 1]; at < last; ++at)
        if (std::int32_t& mark = seen[static_cast<std::size_t>(near.neighbors[at])]; mark < 0)
          mark = 0, found.push_back(near.neighbors[at]);
  return found;
}

graph khop(const graph& g, bool in, const id_list& seeds, std::int64_t k, std::string_view operation) {
  detail::check_one_vertex_set(g, operation);
  const adjacency& a = g.topology();
  return induced(g, within(in ? a.in_edges() : a.out_edges(), seeds, k, operation), operation);
}

void mark(const vertex_id* ends, std::int64_t count, std::vector<char>& flags) {
  parallel_for(count, 1 << 16, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      const std::atomic_ref<char> flag(flags[static_cast<std::size_t>(ends[i])]);
      if (!flag.load(std::memory_order_relaxed)) flag.store(1, std::memory_order_relaxed);
    }
  });
}

}  // namespace

graph node_subgraph(const graph& g, const id_list& vertices) {
  detail::check_one_vertex_set(g, "node_subgraph");
  return induced(g, vertices, "node_subgraph");
}

graph edge_subgraph(const graph& g, const id_list& edges, subgraph_vertices vertices) {
  edges.check_range(g.num_edges(), "edge_subgraph", "edge at position");
  edges.check_distinct(g.num_edges(), "edge_subgraph", "edge");
  graph h = detail::with_edges(g, id_list(edges).take_int64());
  return vertices == subgraph_vertices::compact ? compact(h) : h;
}

graph in_subgraph(const graph& g, const id_list& vertices) { return edges_into(g, vertices, "in_subgraph"); }

graph out_subgraph(const graph& g, const id_list& vertices) {
  g.topology().out_edges();  // built here they stay with g, and are the in-edges of its reverse
  return reverse(edges_into(reverse(g), vertices, "out_subgraph"));
}

graph khop_in_subgraph(const graph& g, const id_list& seeds, std::int64_t k) {
  return khop(g, true, seeds, k, "khop_in_subgraph");
}
graph khop_out_subgraph(const graph& g, const id_list& seeds, std::int64_t k) {
  return khop(g, false, seeds, k, "khop_out_subgraph");
}

graph compact(const graph& g) {
  const adjacency& a = g.topology();
  std::vector<char> src(static_cast<std::size_t>(g.num_src())), dst(static_cast<std::size_t>(g.num_dst()));
  mark(a.sources(), a.num_edges(), src);
  mark(a.targets(), a.num_edges(), g.is_bipartite() ? dst : src);
  return detail::with_vertices(g, src, dst);
}

}  // namespace edgefold
