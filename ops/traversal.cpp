#include <edgefold/ops/traversal.hpp>

#include <edgefold/core/boost_graph.hpp>

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>

#include <algorithm>

namespace edgefold {
namespace {

// Boost's colors as bits, which stay in the nearest cache: a vertex is white, or discovered and black. Where no vertex
// is gray, Boost takes a back edge for a cross edge.
class discovered_map {
 public:
  using key_type = vertex_id;
  using value_type = boost::default_color_type;
  using reference = value_type;
  using category = boost::read_write_property_map_tag;

  explicit discovered_map(std::vector<bool>& bits) : bits_(&bits) {}
  friend value_type get(const discovered_map& m, vertex_id v) {
    return (*m.bits_)[static_cast<std::size_t>(v)] ? boost::black_color : boost::white_color;
  }
  friend void put(const discovered_map& m, vertex_id v, value_type color) {
    (*m.bits_)[static_cast<std::size_t>(v)] = color != boost::white_color;
  }

 private:
  std::vector<bool>* bits_;
};

// `ids` at begin .. end - 1, one frontier.
basic_tensor<std::int64_t> frontier_of(const std::vector<std::int64_t>& ids, std::size_t begin, std::size_t end) {
  return {{static_cast<std::int64_t>(end - begin)}, std::span(ids).subspan(begin, end - begin)};
}

// Layer k is vertices[ends[k]] .. vertices[ends[k + 1] - 1]; all but the sources were discovered by an edge.
struct bfs_order {
  std::vector<std::int64_t> vertices, edges;
  std::vector<std::size_t> ends{0};
  std::size_t num_examined = 0;
};

struct bfs_recorder : boost::default_bfs_visitor {
  explicit bfs_recorder(bfs_order& o) : order(&o) {}
  void discover_vertex(vertex_id v, const graph&) const { order->vertices.push_back(v); }
  void tree_edge(const edge_descriptor& e, const graph&) const { order->edges.push_back(e.id); }
  // When the first of a layer comes out of the queue, all of the layer have been discovered.
  void examine_vertex(vertex_id, const graph&) const {
    if (order->num_examined++ == order->ends.back()) order->ends.push_back(order->vertices.size());
  }
  bfs_order* order;
};

bfs_order breadth_first(const graph& g, const id_list& sources, std::string_view operation) {
  sources.check_range(g.num_vertices(), operation, "source");
  std::vector<vertex_id> distinct;
  std::vector<bool> discovered(num_vertices(g));
  for (std::int64_t i = 0; i < sources.size(); ++i) {
    const auto v = static_cast<std::size_t>(sources[i]);
    if (!discovered[v]) distinct.push_back(static_cast<vertex_id>(v));
    discovered[v] = true;
  }
  bfs_order order;
  boost::queue<vertex_id> queue;
  boost::breadth_first_visit(g, distinct.begin(), distinct.end(), queue, bfs_recorder(order),
                             discovered_map(discovered));
  return order;
}

struct finish_recorder : boost::default_dfs_visitor {
  explicit finish_recorder(std::vector<vertex_id>& f) : finished(&f) {}
  void finish_vertex(vertex_id v, const graph&) const { finished->push_back(v); }
  std::vector<vertex_id>* finished;
};

// Edges and labels of the searches from several sources, the i-th of each in frontier i.
struct dfs_order {
  dfs_options options;
  std::vector<std::vector<std::int64_t>> edges;
  std::vector<std::vector<dfs_label>> labels;
  std::vector<edge_id> path;  // from the source to where the search is
  std::size_t num_met = 0;    // by the search from this source

  void meet(edge_id e, dfs_label label) {
    if (num_met == edges.size()) edges.emplace_back(), labels.emplace_back();
    edges[num_met].push_back(e);
    labels[num_met++].push_back(label);
  }
};

struct dfs_recorder : boost::default_dfs_visitor {
  explicit dfs_recorder(dfs_order& o) : order(&o) {}
  void tree_edge(const edge_descriptor& e, const graph&) const {
    order->path.push_back(e.id);
    order->meet(e.id, dfs_label::forward);
  }
  void forward_or_cross_edge(const edge_descriptor& e, const graph&) const {
    if (order->options.nontree) order->meet(e.id, dfs_label::nontree);
  }
  void finish_vertex(vertex_id, const graph&) const {
    if (order->path.empty()) return;  // a source
    if (order->options.reverse) order->meet(order->path.back(), dfs_label::reverse);
    order->path.pop_back();
  }
  dfs_order* order;
};

labeled_frontiers depth_first(const graph& g, const id_list& sources, const dfs_options& options,
                              std::string_view operation) {
  sources.check_range(g.num_vertices(), operation, "source");
  dfs_order order;
  order.options = options;
  std::vector<bool> discovered(num_vertices(g));
  for (std::int64_t i = 0; i < sources.size(); ++i) {
    const auto source = static_cast<vertex_id>(sources[i]);
    if (discovered[static_cast<std::size_t>(source)]) continue;
    order.num_met = 0;
    boost::depth_first_visit(g, source, dfs_recorder(order), discovered_map(discovered));
  }
  labeled_frontiers out;
  for (const auto& ids : order.edges) out.edges.push_back(frontier_of(ids, 0, ids.size()));
  out.labels = std::move(order.labels);
  return out;
}

}  // namespace

frontiers bfs_nodes(const graph& g, const id_list& sources) {
  const bfs_order order = breadth_first(g, sources, "bfs_nodes");
  frontiers layers;
  for (std::size_t k = 0; k + 1 < order.ends.size(); ++k)
    layers.push_back(frontier_of(order.vertices, order.ends[k], order.ends[k + 1]));
  return layers;
}

frontiers bfs_edges(const graph& g, const id_list& sources) {
  const bfs_order order = breadth_first(g, sources, "bfs_edges");
  frontiers layers;
  for (std::size_t k = 1; k + 1 < order.ends.size(); ++k)
    layers.push_back(frontier_of(order.edges, order.ends[k] - order.ends[1], order.ends[k + 1] - order.ends[1]));
  return layers;
}

frontiers topological_nodes(const graph& g) {
  std::vector<vertex_id> finished;  // but for the edges that close a cycle, each vertex before its in-neighbours
  finished.reserve(static_cast<std::size_t>(g.num_vertices()));
  std::vector<bool> discovered(num_vertices(g));
  boost::depth_first_search(g, finish_recorder(finished), discovered_map(discovered));
  const edge_groups& in = g.topology().in_edges();
  std::vector<std::int32_t> level(finished.size(), -1);
  std::vector<std::vector<std::int64_t>> levels;
  for (auto v = finished.rbegin(); v != finished.rend(); ++v) {
    std::int32_t own = 0;
    for (std::int64_t k = in.offsets[*v]; k < in.offsets[*v + 1]; ++k) {
      const std::int32_t before = level[static_cast<std::size_t>(in.neighbors[k])];
      if (before < 0)
        check(false, "topological_nodes", "the graph has a cycle, with edge ", in.id_at(k), " from ", in.neighbors[k],
              " to ", *v);
      own = std::max(own, before + 1);
    }
    level[static_cast<std::size_t>(*v)] = own;
    if (own == std::ssize(levels)) levels.emplace_back();
  }
  for (std::size_t v = 0; v < level.size(); ++v)
    levels[static_cast<std::size_t>(level[v])].push_back(static_cast<std::int64_t>(v));
  frontiers out;
  for (const auto& ids : levels) out.push_back(frontier_of(ids, 0, ids.size()));
  return out;
}

labeled_frontiers dfs_labeled_edges(const graph& g, const id_list& sources, const dfs_options& options) {
  return depth_first(g, sources, options, "dfs_labeled_edges");
}

frontiers dfs_edges(const graph& g, const id_list& sources) { return depth_first(g, sources, {}, "dfs_edges").edges; }

}  // namespace edgefold
