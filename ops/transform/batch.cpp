#include <edgefold/ops/transform/batch.hpp>

#include <algorithm>
#include <numeric>

#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/transform/private/columns.hpp>

namespace edgefold {
namespace {

using length_list = std::vector<std::int64_t>;

std::int64_t total(const length_list& lengths) {
  return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
}

void check_counts(const length_list& lengths, std::string_view operation, std::string_view kind) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    check(lengths[i] >= 0, operation, "graph ", i, " has ", lengths[i], " ", kind, "; expected at least 0");
    check(!__builtin_add_overflow(sum, lengths[i], &sum), operation, "the graphs have more than 2^63 ", kind);
  }
}

// Columns of the frames of all graphs, one behind another.
void join_columns(const std::vector<frame>& parts, std::string_view kind, frame to) {
  const auto names = parts[0].names();
  for (std::size_t i = 1; i < parts.size(); ++i)
    check(parts[i].names() == names, "batch", "graph ", i, " has other columns of ", kind, " than graph 0");
  for (const std::string& name : names)
    to.set(name, detail::joined_column(parts, name, "batch", [&](std::size_t i) {
             return std::string(kind) + " of graph " + std::to_string(i);
           }));
}

template <element T>
basic_tensor<T> repeated(const length_list& lengths, const basic_tensor<T>& x, std::string_view operation,
                         std::string_view kind) {
  check_counts(lengths, operation, kind);
  check(x.rows() == std::ssize(lengths), operation, "x has ", x.rows(), " rows, the batch has ", lengths.size(),
        " graphs");
  auto owner = basic_tensor<std::int32_t>::uninitialized({total(lengths)});
  std::int32_t* to = owner.mutable_data();
  for (std::size_t i = 0; i < lengths.size(); ++i) to = std::fill_n(to, lengths[i], static_cast<std::int32_t>(i));
  return gather_rows(x, owner);
}

}  // namespace

graph_batch batch(const std::vector<graph>& graphs) {
  graph_batch b;
  if (graphs.empty()) return b;
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    check(!graphs[i].is_bipartite(), "batch", "graph ", i, " is bipartite, expected one vertex set");
    b.num_vertices.push_back(graphs[i].num_vertices());
    b.num_edges.push_back(graphs[i].num_edges());
  }
  const std::int64_t vertices = total(b.num_vertices);
  check(vertices <= std::numeric_limits<vertex_id>::max(), "batch", "the graphs have ", vertices,
        " vertices, expected at most 2^31 - 1");
  auto sources = basic_tensor<vertex_id>::uninitialized({total(b.num_edges)});
  auto targets = basic_tensor<vertex_id>::uninitialized({total(b.num_edges)});
  vertex_id *u = sources.mutable_data(), *v = targets.mutable_data(), first = 0;
  for (const graph& g : graphs) {
    const auto shifted = [first](vertex_id id) { return id + first; };
    u = std::transform(g.topology().sources(), g.topology().sources() + g.num_edges(), u, shifted);
    v = std::transform(g.topology().targets(), g.topology().targets() + g.num_edges(), v, shifted);
    first += static_cast<vertex_id>(g.num_vertices());
  }
  b.all = graph::from_coo(std::move(sources), std::move(targets), vertices);
  std::vector<frame> ndata, edata;
  for (const graph& g : graphs) ndata.push_back(g.ndata), edata.push_back(g.edata);
  join_columns(ndata, "ndata", b.all.ndata);
  join_columns(edata, "edata", b.all.edata);
  return b;
}

std::vector<graph> unbatch(const graph_batch& b) {
  check_counts(b.num_vertices, "unbatch", "vertices");
  check_counts(b.num_edges, "unbatch", "edges");
  check(b.num_edges.size() == b.num_vertices.size() && total(b.num_vertices) == b.all.num_vertices() &&
            total(b.num_edges) == b.all.num_edges(),
        "unbatch", "the graphs have ", total(b.num_vertices), " vertices and ", total(b.num_edges),
        " edges, the batch has ", b.all.num_vertices(), " and ", b.all.num_edges());
  const vertex_id *u = b.all.topology().sources(), *v = b.all.topology().targets();
  std::vector<graph> graphs;
  std::int64_t vertex = 0, edge = 0;
  for (std::size_t i = 0; i < b.num_vertices.size(); ++i) {
    const std::int64_t n = b.num_vertices[i], m = b.num_edges[i];
    std::vector<graph::edge_pair> edges;
    for (std::int64_t e = edge; e < edge + m; ++e) {
      const bool inside = u[e] >= vertex && u[e] < vertex + n && v[e] >= vertex && v[e] < vertex + n;
      check(inside, "unbatch", "edge ", e, " goes from ", u[e], " to ", v[e], ", graph ", i, " has vertices ", vertex,
            " .. ", vertex + n - 1);
      edges.emplace_back(u[e] - static_cast<vertex_id>(vertex), v[e] - static_cast<vertex_id>(vertex));
    }
    graph& g = graphs.emplace_back(edges, n);
    detail::cut_columns(b.all.ndata, vertex, vertex + n, g.ndata);
    detail::cut_columns(b.all.edata, edge, edge + m, g.edata);
    vertex += n;
    edge += m;
  }
  return graphs;
}

template <element T>
basic_tensor<T> broadcast_nodes(const graph_batch& b, const basic_tensor<T>& x) {
  return repeated(b.num_vertices, x, "broadcast_nodes", "vertices");
}
template <element T>
basic_tensor<T> broadcast_edges(const graph_batch& b, const basic_tensor<T>& x) {
  return repeated(b.num_edges, x, "broadcast_edges", "edges");
}

#define EDGEFOLD_BROADCAST(T)                                                              \
  template basic_tensor<T> broadcast_nodes<T>(const graph_batch&, const basic_tensor<T>&); \
  template basic_tensor<T> broadcast_edges<T>(const graph_batch&, const basic_tensor<T>&)
EDGEFOLD_BROADCAST(float);
EDGEFOLD_BROADCAST(double);
EDGEFOLD_BROADCAST(std::int32_t);
EDGEFOLD_BROADCAST(std::int64_t);
EDGEFOLD_BROADCAST(bool);
#undef EDGEFOLD_BROADCAST

}  // namespace edgefold
