#include <edgefold/ops/traverse/traversal.hpp>

#define EDGEFOLD_BOOST_ALGORITHMS
#include <edgefold/core/boost_graph.hpp>

#include <algorithm>
#include <utility>

namespace edgefold {
namespace {

// Boost's colors as bits, which stay in the L1 cache: a vertex is white, or discovered and black. Where no vertex
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

basic_tensor<std::int64_t> frontier_of(const std::vector<std::int64_t>& ids) {
  return {{std::ssize(ids)}, std::span(ids)};
}

void check_sources(const graph& g, const id_list& sources, std::string_view operation) {
  sources.check_range(g.num_vertices(), operation, "source");
  sources.check_distinct(g.num_vertices(), operation, "source");
}

// Boost's queue, a layer at a time. Ascending layers read the graph's arrays in their order: twice as fast as the order
// of discovery.
class layer_queue {
 public:
  void push(std::int64_t v) { next_.push_back(v); }
  void pop() { ++at_; }
  bool empty() const { return next_.empty() && at_ == layer_.size(); }
  vertex_id top() {
    if (at_ == layer_.size()) next_layer();
    return static_cast<vertex_id>(layer_[at_]);
  }
  void add_edge(edge_id e) { edges_.push_back(e); }  // by which a vertex of the next layer was discovered

  frontiers vertices, edges;  // edges[k] discovered vertices[k + 1]

 private:
  void next_layer() {
    layer_ = std::exchange(next_, {});
    std::sort(layer_.begin(), layer_.end());
    vertices.push_back(frontier_of(layer_));
    if (!edges_.empty()) edges.push_back(frontier_of(std::exchange(edges_, {})));
    at_ = 0;
  }
  std::vector<std::int64_t> layer_, next_, edges_;
  std::size_t at_ = 0;
};

struct bfs_recorder : boost::default_bfs_visitor {
  explicit bfs_recorder(layer_queue& q) : queue(&q) {}
  void tree_edge(const edge_descriptor& e, const graph&) const { queue->add_edge(e.id); }
  layer_queue* queue;
};

layer_queue breadth_first(const graph& g, const id_list& sources, std::string_view operation) {
  check_sources(g, sources, operation);
  std::vector<vertex_id> first;
  std::vector<bool> discovered(num_vertices(g));
  for (std::int64_t i = 0; i < sources.size(); ++i) {
    first.push_back(static_cast<vertex_id>(sources[i]));
    discovered[static_cast<std::size_t>(sources[i])] = true;
  }
  layer_queue queue;
  boost::breadth_first_visit(g, first.begin(), first.end(), queue, bfs_recorder(queue), discovered_map(discovered));
  return queue;
}

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
  check_sources(g, sources, operation);
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
  for (const auto& ids : order.edges) out.edges.push_back(frontier_of(ids));
  out.labels = std::move(order.labels);
  return out;
}

}  // namespace

frontiers bfs_nodes(const graph& g, const id_list& sources) { return breadth_first(g, sources, "bfs_nodes").vertices; }

frontiers bfs_edges(const graph& g, const id_list& sources) { return breadth_first(g, sources, "bfs_edges").edges; }

// By hand: Boost's search gives one vertex after another, and putting those into frontiers takes a second visit of all
// edges. This takes less than half of that time.
frontiers topological_nodes(const graph& g) {
  const std::int64_t n = g.num_vertices();
  const edge_groups& in = g.topology().in_edges();
  const edge_groups& out = g.topology().out_edges();
  std::vector<std::int64_t> waiting(static_cast<std::size_t>(n)), layer;
  for (std::int64_t v = 0; v < n; ++v)
    if ((waiting[static_cast<std::size_t>(v)] = in.degree(v)) == 0) layer.push_back(v);
  frontiers all;
  std::int64_t visited = 0;
  while (!layer.empty()) {
    all.push_back(frontier_of(layer));
    visited += std::ssize(layer);
    std::vector<std::int64_t> next;
    for (std::int64_t u : layer)
      for (std::int64_t k = out.offsets[u]; k < out.offsets[u + 1]; ++k)
        if (--waiting[static_cast<std::size_t>(out.neighbors[k])] == 0) next.push_back(out.neighbors[k]);
    std::sort(next.begin(), next.end());
    layer = std::move(next);
  }
  check(visited == n, "topological_nodes", "the graph has a cycle: ", n - visited, " of its ", n,
        " vertices are on one or behind one");
  return all;
}

labeled_frontiers dfs_labeled_edges(const graph& g, const id_list& sources, const dfs_options& options) {
  return depth_first(g, sources, options, "dfs_labeled_edges");
}

frontiers dfs_edges(const graph& g, const id_list& sources) { return depth_first(g, sources, {}, "dfs_edges").edges; }

}  // namespace edgefold
