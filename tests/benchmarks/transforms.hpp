// The transforms that are measured, here and beside other systems in peers/.
#pragma once
#include <edgefold/core/random.hpp>
#include <edgefold/ops/transform/edit_graph.hpp>
#include <edgefold/ops/transform/reverse_edges.hpp>
#include <edgefold/ops/transform/self_loops.hpp>
#include <edgefold/ops/transform/subgraph.hpp>
#include <edgefold/ops/transform/to_simple.hpp>

namespace edgefold::bench {

// Every second, tenth, ... number below n.
inline basic_tensor<std::int64_t> every(std::int64_t step, std::int64_t n) {
  auto ids = basic_tensor<std::int64_t>::uninitialized({(n + step - 1) / step});
  for (std::int64_t i = 0; i < ids.rows(); ++i) ids.mutable_data()[i] = i * step;
  return ids;
}

// A graph and lists of ids for it.
struct transform_input {
  explicit transform_input(graph of)
      : g(std::move(of)),
        half(every(2, g.num_vertices())),
        tenth(every(10, g.num_vertices())),
        seeds(every(1000, g.num_vertices())),
        half_edges(every(2, g.num_edges())),
        tenth_edges(every(10, g.num_edges())),
        sources(random_integers({g.num_edges() / 10}, g.num_vertices(), 3)),
        targets(random_integers({g.num_edges() / 10}, g.num_vertices(), 4)) {}
  graph g;
  basic_tensor<std::int64_t> half, tenth, seeds, half_edges, tenth_edges, sources, targets;

  // The same without groups of edges: what a first call finds.
  graph fresh() const {
    const adjacency& a = g.topology();
    const auto view = [&](const vertex_id* ends) {
      return basic_tensor<std::int32_t>::wrap(const_cast<vertex_id*>(ends), {a.num_edges()}, nullptr);
    };
    graph f = graph::from_coo(view(a.sources()), view(a.targets()), g.num_vertices());
    for (const std::string& name : g.edata.names()) f.edata.set(name, g.edata.get(name));
    return f;
  }
};

struct named_transform {
  const char* name;
  graph (*run)(const transform_input&);
};

inline const named_transform transforms[] = {
    {"reverse", [](const transform_input& in) { return reverse(in.g); }},
    {"add_reverse_edges", [](const transform_input& in) { return add_reverse_edges(in.g); }},
    {"to_bidirected", [](const transform_input& in) { return to_bidirected(in.fresh()); }},
    {"to_simple", [](const transform_input& in) { return to_simple(in.fresh()).g; }},
    {"add_self_loops", [](const transform_input& in) { return add_self_loops(in.g); }},
    {"remove_self_loops", [](const transform_input& in) { return remove_self_loops(in.g); }},
    {"node_subgraph", [](const transform_input& in) { return node_subgraph(in.g, in.half); }},
    {"edge_subgraph", [](const transform_input& in) { return edge_subgraph(in.g, in.half_edges); }},
    {"in_subgraph", [](const transform_input& in) { return in_subgraph(in.g, in.tenth); }},
    {"out_subgraph", [](const transform_input& in) { return out_subgraph(in.g, in.tenth); }},
    {"khop_in_subgraph", [](const transform_input& in) { return khop_in_subgraph(in.g, in.seeds, 1); }},
    {"khop_out_subgraph", [](const transform_input& in) { return khop_out_subgraph(in.g, in.seeds, 1); }},
    {"compact", [](const transform_input& in) { return compact(in.g); }},
    {"add_nodes", [](const transform_input& in) { return add_nodes(in.g, 1000); }},
    {"add_edges", [](const transform_input& in) { return add_edges(in.g, in.sources, in.targets); }},
    {"remove_nodes", [](const transform_input& in) { return remove_nodes(in.g, in.tenth); }},
    {"remove_edges", [](const transform_input& in) { return remove_edges(in.g, in.tenth_edges); }},
};

}  // namespace edgefold::bench
