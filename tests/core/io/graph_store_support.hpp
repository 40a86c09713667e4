// Graphs with columns, and whether two are the same.
#pragma once
#include <edgefold/core/io/graph_store.hpp>
#include <edgefold/core/random.hpp>

#include <core/io/io_support.hpp>

#include <limits>

namespace edgefold::testing {

using ids = basic_tensor<std::int64_t>;
using tensors = std::map<std::string, any_tensor>;

inline bool same_columns(const frame& a, const frame& b) {
  if (a.names() != b.names() || a.num_rows() != b.num_rows()) return false;
  for (const std::string& name : a.names())
    if (!same_any(a.get(name), b.get(name))) return false;
  return true;
}

// By the ends of each edge, and by the order in which kernels see them.
inline bool same_edges(const adjacency& a, const adjacency& b) {
  if (a.num_src() != b.num_src() || a.num_dst() != b.num_dst() || a.num_edges() != b.num_edges()) return false;
  for (edge_id e = 0; e < a.num_edges(); ++e)
    if (a.sources()[e] != b.sources()[e] || a.targets()[e] != b.targets()[e]) return false;
  for (std::int64_t k = 0; k < a.num_edges(); ++k)
    if (a.in_edges().id_at(k) != b.in_edges().id_at(k) || a.out_edges().id_at(k) != b.out_edges().id_at(k))
      return false;
  return true;
}

inline bool same_graph(const graph& a, const graph& b) {
  return a.is_bipartite() == b.is_bipartite() && a.is_block() == b.is_block() &&
         same_edges(a.topology(), b.topology()) && same_columns(a.srcdata, b.srcdata) &&
         same_columns(a.dstdata, b.dstdata) && same_columns(a.edata, b.edata);
}
inline bool same_graph(const hetero_graph& a, const hetero_graph& b) {
  if (a.vertex_types() != b.vertex_types() || a.edge_types() != b.edge_types()) return false;
  for (const std::string& type : a.vertex_types())
    if (!same_columns(a.nodes(type), b.nodes(type))) return false;
  for (const edge_type& type : a.edge_types())
    if (!same_graph(a[type], b[type])) return false;
  return true;
}
inline bool same(const any_graph& a, const any_graph& b) {
  return a.index() == b.index() && std::visit([&]<class G>(const G& g) { return same_graph(g, std::get<G>(b)); }, a);
}

inline graph with_columns() {
  graph g({{0, 1}, {2, 1}, {0, 1}, {1, 1}, {2, 0}}, 4);
  g.ndata["x"] = tensor({4, 1}, {std::numeric_limits<float>::quiet_NaN(), -0.0F, 1e-45F, 3});
  g.ndata["deep"] = random_normal({4, 2, 1, 3}, 1);
  g.ndata["plain"] = basic_tensor<std::int32_t>({4}, {1, -2, 3, std::numeric_limits<std::int32_t>::min()});
  g.ndata["a/b \"\xc3\xb6\" "] = basic_tensor<bool>({4, 1}, {true, false, false, true});
  g.ndata[""] = ids({4, 0});
  g.edata["w"] = basic_tensor<double>({5, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1e300});
  g.edata[original_id] = ids({5}, {9, 8, 7, 6, std::numeric_limits<std::int64_t>::max()});
  return g;
}

inline graph of_two_sets() {
  graph g = graph::bipartite({0, 1, 2, 2}, {1, 0, 1, 1}, 3, 2);
  g.srcdata["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.dstdata["h"] = tensor({2, 1}, {7, 8});
  g.edata["w"] = tensor({4, 1}, {1, 2, 3, 4});
  return g;
}

inline hetero_graph shop() {
  hetero_graph g({{"user", 3}, {"game", 2}, {"nobody", 0}}, {{{"user", "follows", "user"}, {0, 1}, {1, 2}},
                                                             {{"user", "plays", "game"}, {2, 1, 0}, {0, 0, 1}},
                                                             {{"game", "plays", "game"}, {}, {}}});
  g.nodes("user")["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.nodes("game")["price"] = basic_tensor<double>({2}, {1.5, 2.5});
  g[edge_type{"user", "plays", "game"}].edata["hours"] = basic_tensor<std::int32_t>({3, 1}, {2, 10, 1});
  return g;
}

inline const tensors some_labels{
    {"y", ids({4, 1}, {0, 1, 1, 0})}, {"", tensor({1}, {2})}, {"a/b", basic_tensor<bool>({2}, {true, false})}};

}  // namespace edgefold::testing
