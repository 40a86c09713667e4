#include <edgefold/core/graph.hpp>

#include <edgefold/core/parallel.hpp>

#include <algorithm>
#include <limits>

namespace edgefold {
namespace {

template <class Edges>
adjacency adjacency_of(const Edges& edges, std::int64_t num_vertices) {
  const auto n = static_cast<std::int64_t>(edges.size());
  auto sources = basic_tensor<std::int32_t>::uninitialized({n});
  auto targets = basic_tensor<std::int32_t>::uninitialized({n});
  std::int32_t* u = sources.mutable_data();
  std::int32_t* v = targets.mutable_data();
  for (const auto& [from, to] : edges) *u++ = from, *v++ = to;  // NOLINT(clang-analyzer-core.NullDereference)
  return graph::from_coo(std::move(sources), std::move(targets), num_vertices).topology();
}

std::int64_t greatest(const id_list& ids) {
  return ids.visit([](const auto& t) {
    const auto v = t.values();
    return v.empty() ? std::int64_t{-1} : static_cast<std::int64_t>(*std::max_element(v.begin(), v.end()));
  });
}

std::vector<edge_id> ids_of(const edge_groups& g, std::int64_t group) {
  std::vector<edge_id> ids;
  for (std::int64_t k = g.offsets[group]; k < g.offsets[group + 1]; ++k) ids.push_back(g.id_at(k));
  return ids;
}

// Calls `found(id)` with the edges from u to v in ascending order until it returns false; reads the shorter list.
template <class Found>
void edges_between(const adjacency& a, vertex_id u, vertex_id v, Found&& found) {
  const edge_groups& in = a.in_edges();
  const edge_groups& out = a.out_edges();
  const bool by_target = in.degree(v) <= out.degree(u);
  const edge_groups& g = by_target ? in : out;
  const vertex_id group = by_target ? v : u;
  const vertex_id other = by_target ? u : v;
  for (std::int64_t k = g.offsets[group]; k < g.offsets[group + 1]; ++k)
    if (g.neighbors[k] == other && !found(g.id_at(k))) return;
}

edge_id first_between(const adjacency& a, vertex_id u, vertex_id v) {
  edge_id first = -1;
  edges_between(a, u, v, [&](edge_id e) {
    first = e;
    return false;
  });
  return first;
}

tensor degrees(const edge_groups& g) {
  tensor t = tensor::uninitialized({g.num_groups, 1});
  float* d = t.mutable_data();
  parallel_for(g.num_groups, 1 << 16, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t v = b; v < e; ++v) d[v] = static_cast<float>(g.degree(v));
  });
  return t;
}

constexpr const char* two_sets = "the graph has two vertex sets: use srcdata or dstdata";

}  // namespace

graph::graph() : graph(adjacency(), vertex_sets::one) {}
graph::graph(std::initializer_list<edge_pair> edges, std::int64_t n)
    : graph(adjacency_of(edges, n), vertex_sets::one) {}
graph::graph(const std::vector<edge_pair>& edges, std::int64_t n) : graph(adjacency_of(edges, n), vertex_sets::one) {}
graph::graph(adjacency topology) : graph(std::move(topology), vertex_sets::one) {}

graph::graph(adjacency topology, vertex_sets sets, const frame& of_sources, const frame& of_destinations,
             const frame& of_edges)
    : topology_(std::move(topology)),
      sets_(sets),
      ndata(is_bipartite() ? frame::refusing("ndata", two_sets) : of_sources),
      srcdata(of_sources),
      dstdata(of_destinations),
      edata(of_edges) {}

graph::graph(adjacency topology, vertex_sets sets)
    : topology_(std::move(topology)),
      sets_(sets),
      ndata(is_bipartite() ? frame::refusing("ndata", two_sets) : frame("ndata", "vertices", topology_.num_src())),
      srcdata(is_bipartite() ? frame("srcdata", "sources", topology_.num_src()) : ndata),
      dstdata(is_bipartite() ? frame("dstdata", "destinations", topology_.num_dst()) : ndata),
      edata("edata", "edges", topology_.num_edges()) {
  check(is_bipartite() || num_src() == num_dst(), "graph", "one vertex set, but ", num_src(), " sources and ",
        num_dst(), " destinations: make it with graph::bipartite");
  check(!is_block() || num_dst() <= num_src(), "graph", "a block of ", num_src(), " sources and ", num_dst(),
        " destinations, expected these to be the first of the sources");
}

graph graph::from_coo(id_list sources, id_list targets, std::int64_t num_vertices) {
  check(num_vertices >= -1, "from_coo", "num_vertices is ", num_vertices,
        ", expected 0 or more, or -1: one more than the greatest id");
  std::int64_t n = num_vertices;
  if (n < 0) {
    const std::int64_t most = std::max({greatest(sources), greatest(targets), std::int64_t{-1}});
    n = most + (most < std::numeric_limits<std::int64_t>::max() ? 1 : 0);  // too many in any case, but no overflow
  }
  return graph(adjacency::from_coo(std::move(sources), std::move(targets), n, n));
}
graph graph::from_csr(id_list offsets, id_list targets) {
  const std::int64_t n = offsets.size() - 1;
  return graph(adjacency::from_csr(std::move(offsets), std::move(targets), n));
}
graph graph::from_csc(id_list offsets, id_list sources) {
  const std::int64_t n = offsets.size() - 1;
  return graph(adjacency::from_csc(std::move(offsets), std::move(sources), n));
}
graph graph::bipartite(id_list sources, id_list targets, std::int64_t num_src, std::int64_t num_dst) {
  return bipartite(adjacency::from_coo(std::move(sources), std::move(targets), num_src, num_dst));
}
graph graph::bipartite(adjacency topology) { return graph(std::move(topology), vertex_sets::two); }
graph graph::block(id_list sources, id_list targets, std::int64_t num_src, std::int64_t num_dst) {
  return block(adjacency::from_coo(std::move(sources), std::move(targets), num_src, num_dst));
}
graph graph::block(adjacency topology) { return graph(std::move(topology), vertex_sets::block); }

graph::graph(const graph& other)
    : topology_(other.topology_),
      sets_(other.sets_),
      ndata(other.ndata.copy()),
      srcdata(is_bipartite() ? other.srcdata.copy() : ndata),
      dstdata(is_bipartite() ? other.dstdata.copy() : ndata),
      edata(other.edata.copy()) {}

graph& graph::operator=(const graph& other) { return *this = graph(other); }

std::int64_t graph::num_vertices() const {
  check(!is_bipartite(), "num_vertices", "the graph has two vertex sets: ask for num_src or num_dst");
  return num_src();
}

void graph::check_edge(edge_id e, std::string_view operation) const {
  check(e >= 0 && e < num_edges(), operation, "edge ", e, " is not in a graph of ", num_edges(), " edges");
}
void graph::check_ends(std::int64_t u, std::int64_t v, std::string_view operation) const {
  check(u >= 0 && u < num_src(), operation, "source ", u, " is not in a graph of ", num_src(), " sources");
  check(v >= 0 && v < num_dst(), operation, "target ", v, " is not in a graph of ", num_dst(), " destinations");
}

vertex_id graph::source(edge_id e) const {
  check_edge(e, "source");
  return topology_.sources()[e];
}
vertex_id graph::target(edge_id e) const {
  check_edge(e, "target");
  return topology_.targets()[e];
}
std::int64_t graph::in_degree(vertex_id v) const {
  check(v >= 0 && v < num_dst(), "in_degree", "vertex ", v, " is not in a graph of ", num_dst());
  return topology_.in_edges().degree(v);
}
std::int64_t graph::out_degree(vertex_id v) const {
  check(v >= 0 && v < num_src(), "out_degree", "vertex ", v, " is not in a graph of ", num_src());
  return topology_.out_edges().degree(v);
}
std::vector<edge_id> graph::in_edges(vertex_id v) const {
  check(v >= 0 && v < num_dst(), "in_edges", "vertex ", v, " is not in a graph of ", num_dst());
  return ids_of(topology_.in_edges(), v);
}
std::vector<edge_id> graph::out_edges(vertex_id v) const {
  check(v >= 0 && v < num_src(), "out_edges", "vertex ", v, " is not in a graph of ", num_src());
  return ids_of(topology_.out_edges(), v);
}

bool graph::has_edge(vertex_id u, vertex_id v) const {
  check_ends(u, v, "has_edge");
  return first_between(topology_, u, v) >= 0;
}
edge_id graph::edge(vertex_id u, vertex_id v) const {
  check_ends(u, v, "edge");
  const edge_id e = first_between(topology_, u, v);
  check(e >= 0, "edge", "there is no edge from ", u, " to ", v);
  return e;
}
std::vector<edge_id> graph::edges(vertex_id u, vertex_id v) const {
  check_ends(u, v, "edges");
  std::vector<edge_id> all;
  edges_between(topology_, u, v, [&](edge_id e) {
    all.push_back(e);
    return true;
  });
  return all;
}

basic_tensor<bool> graph::has_edges(const id_list& u, const id_list& v) const {
  check(u.size() == v.size(), "has_edges", u.size(), " sources for ", v.size(), " targets");
  auto found = basic_tensor<bool>::uninitialized({u.size()});
  bool* out = found.mutable_data();
  for (std::int64_t i = 0; i < u.size(); ++i) {
    check_ends(u[i], v[i], "has_edges");
    out[i] = first_between(topology_, static_cast<vertex_id>(u[i]), static_cast<vertex_id>(v[i])) >= 0;
  }
  return found;
}
basic_tensor<std::int64_t> graph::edges(const id_list& u, const id_list& v) const {
  check(u.size() == v.size(), "edges", u.size(), " sources for ", v.size(), " targets");
  auto found = basic_tensor<std::int64_t>::uninitialized({u.size()});
  std::int64_t* out = found.mutable_data();
  for (std::int64_t i = 0; i < u.size(); ++i) {
    check_ends(u[i], v[i], "edges");
    out[i] = first_between(topology_, static_cast<vertex_id>(u[i]), static_cast<vertex_id>(v[i]));
    check(out[i] >= 0, "edges", "pair ", i, ": there is no edge from ", u[i], " to ", v[i]);
  }
  return found;
}
std::pair<basic_tensor<std::int64_t>, basic_tensor<std::int64_t>> graph::find_edges(const id_list& edge_ids) const {
  edge_ids.check_range(num_edges(), "find_edges", "edge id at position");
  auto from = basic_tensor<std::int64_t>::uninitialized({edge_ids.size()});
  auto to = basic_tensor<std::int64_t>::uninitialized({edge_ids.size()});
  std::int64_t* u = from.mutable_data();
  std::int64_t* v = to.mutable_data();
  for (std::int64_t i = 0; i < edge_ids.size(); ++i) {
    u[i] = topology_.sources()[edge_ids[i]];
    v[i] = topology_.targets()[edge_ids[i]];
  }
  return {from, to};
}

tensor in_degrees(const graph& g) { return degrees(g.topology().in_edges()); }
tensor out_degrees(const graph& g) { return degrees(g.topology().out_edges()); }

}  // namespace edgefold
