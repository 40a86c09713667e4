#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/transform/private/columns.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>

namespace edgefold::detail {
namespace {

// The members of a set of flags, and the place of each among them.
struct numbered {
  explicit numbered(const std::vector<char>& flags)
      : ids(ids_where(std::ssize(flags), [&](std::int64_t v) { return flags[static_cast<std::size_t>(v)] != 0; })),
        place(flags.size()) {
    for (std::int64_t i = 0; i < ids.size(); ++i)
      place[static_cast<std::size_t>(ids.data()[i])] = static_cast<std::int32_t>(i);
  }
  basic_tensor<std::int32_t> places_of(const vertex_id* ends, std::int64_t count) const {
    auto t = basic_tensor<std::int32_t>::uninitialized({count});
    parallel_for(count, 1 << 16, [ends, to = t.mutable_data(), from = place.data()](std::int64_t b, std::int64_t e) {
      for (std::int64_t i = b; i < e; ++i) to[i] = from[ends[i]];
    });
    return t;
  }
  basic_tensor<std::int64_t> ids;
  std::vector<std::int32_t> place;
};

}  // namespace

void check_one_vertex_set(const graph& g, std::string_view operation) {
  check(!g.is_bipartite(), operation, "the graph is bipartite, expected one vertex set");
}

graph graph_like(const graph& g, const adjacency& topology) {
  return g.is_bipartite() ? graph::bipartite(topology) : graph(topology);
}

graph with_topology(const graph& g, const adjacency& topology) {
  graph h = g.is_block() ? graph::block(topology) : graph_like(g, topology);
  share_columns(g.srcdata, h.srcdata);
  if (g.is_bipartite()) share_columns(g.dstdata, h.dstdata);
  return h;
}

graph with_edges(const graph& g, const basic_tensor<std::int64_t>& ids) {
  graph h = with_topology(g, g.topology().subset(ids));
  take_rows(g.edata, ids, h.edata);
  return h;
}

graph with_vertices(const graph& g, const std::vector<char>& src, const std::vector<char>& dst) {
  const numbered from(src), to(g.is_bipartite() ? dst : src);
  const adjacency& a = g.topology();
  graph h =
      graph_like(g, adjacency::from_coo(from.places_of(a.sources(), a.num_edges()),
                                        to.places_of(a.targets(), a.num_edges()), from.ids.size(), to.ids.size()));
  take_rows(g.srcdata, from.ids, h.srcdata);
  if (g.is_bipartite()) take_rows(g.dstdata, to.ids, h.dstdata);
  share_columns(g.edata, h.edata);
  return h;
}

void append_rows(const frame& from, const frame& more, frame to, std::string_view operation) {
  for (const std::string& name : more.names())
    check(from.contains(name), operation, "features for column \"", name, "\", which the graph does not have");
  for (const std::string& name : from.names()) {
    frame rest = more.contains(name) ? more : frame("", "", more.num_rows());
    if (!rest.contains(name))
      std::visit(
          [&]<class T>(const basic_tensor<T>& t) {
            shape_type shape = t.shape();
            shape[0] = more.num_rows();
            rest.set(name, basic_tensor<T>(shape));
          },
          from.get(name));
    to.set(name, joined_column({from, rest}, name, operation,
                               [](std::size_t i) { return i == 0 ? "the graph" : "the new rows"; }));
  }
}

graph append_edges(const graph& g, const id_list& sources, const id_list& targets, const frame& more,
                   std::string_view operation) {
  check(sources.size() == targets.size(), operation, sources.size(), " sources for ", targets.size(), " targets");
  sources.check_range(g.num_src(), operation, "source of new edge");
  targets.check_range(g.num_dst(), operation, "target of new edge");
  const auto [from, to] = ends_of(g.topology());
  graph h = with_topology(g, adjacency::from_coo(concat({from, sources.to_int32()}, 0),
                                                 concat({to, targets.to_int32()}, 0), g.num_src(), g.num_dst()));
  append_rows(g.edata, more, h.edata, operation);
  return h;
}

std::pair<basic_tensor<std::int32_t>, basic_tensor<std::int32_t>> ends_of(const adjacency& a) {
  const auto owner = std::make_shared<adjacency>(a);
  return {view_of(a.sources(), a.num_edges(), owner), view_of(a.targets(), a.num_edges(), owner)};
}

}  // namespace edgefold::detail
