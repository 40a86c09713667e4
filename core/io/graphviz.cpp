#include <edgefold/core/io/graphviz.hpp>

#define EDGEFOLD_BOOST_ALGORITHMS
#include <edgefold/core/boost_graph.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/row_text.hpp>

#include <ostream>
#include <sstream>

namespace edgefold {
namespace {

constexpr std::string_view write_graphviz_name = "write_graphviz";

// Backslashes mean something in a label; quotes are Boost's matter.
std::string without_escapes(std::string_view text) {
  std::string all;
  for (const char c : text) all += c == '\\' ? std::string("\\\\") : std::string(1, c);
  return all;
}

// The chosen columns of a frame: their values in a row, one line each.
class row_labels {
 public:
  row_labels(const frame& f, const std::vector<std::string>& names) {
    for (const std::string& name : names)
      if (f.contains(name)) columns_.emplace_back(without_escapes(name), f.get(name));
  }
  bool empty() const { return columns_.empty(); }
  // " [label=...]" with `title` as first line, where there is one.
  void write(std::ostream& out, std::string title, std::int64_t row) const {
    if (empty()) return;
    for (const auto& [name, values] : columns_)
      title += (title.empty() ? "" : "\\n") + name + ": " + detail::row_text(values, row, detail::digits::fewest);
    out << "[label=" << boost::escape_dot_string(title) << "]";
  }

 private:
  std::vector<std::pair<std::string, any_tensor>> columns_;
};

// What a vertex is called: its number, or where sources and destinations are two sets, s or d and its number there.
struct vertex_names {
  using key_type = vertex_id;
  using value_type = std::string;
  using reference = std::string;
  using category = boost::readable_property_map_tag;
  std::int64_t num_src = 0;
  bool bipartite = false;

  std::int64_t row(vertex_id v) const { return is_target(v) ? v - num_src : v; }
  bool is_target(vertex_id v) const { return bipartite && v >= num_src; }
  friend std::string get(const vertex_names& n, vertex_id v) {
    return (!n.bipartite ? "" : n.is_target(v) ? "d" : "s") + std::to_string(n.row(v));
  }
};

// Sources in one column, destinations in another.
void write_ranks(std::ostream& out, const vertex_names& names, std::int64_t num_vertices) {
  if (!names.bipartite) return;
  out << "rankdir=LR;\n";
  for (const bool targets : {false, true}) {
    out << "{rank=same;";
    for (vertex_id v = 0; v < num_vertices; ++v)
      if (names.is_target(v) == targets) out << " " << get(names, v) << ";";
    out << "}\n";
  }
}

// Sources and destinations as one vertex set, which Boost wants.
graph one_vertex_set(const graph& g) {
  if (!g.is_bipartite()) return graph(g.topology());
  const std::int64_t n = g.num_src() + g.num_dst();
  check(n <= std::numeric_limits<vertex_id>::max(), write_graphviz_name, n, " sources and destinations are too many");
  const vertex_id *from = g.topology().sources(), *to = g.topology().targets();
  std::vector<vertex_id> sources(from, from + g.num_edges()), targets(to, to + g.num_edges());
  for (vertex_id& v : targets) v += static_cast<vertex_id>(g.num_src());
  return graph::from_coo(sources, targets, n);
}

}  // namespace

void write_graphviz(std::ostream& out, const graph& g, const graphviz_options& options) {
  for (const std::string& name : options.node_columns)
    if (!g.srcdata.contains(name)) static_cast<void>(g.dstdata.get(name));  // throws where there is none there either
  for (const std::string& name : options.edge_columns) static_cast<void>(g.edata.get(name));
  const row_labels sources(g.srcdata, options.node_columns), targets(g.dstdata, options.node_columns);
  const row_labels edges(g.edata, options.edge_columns);
  const graph all = one_vertex_set(g);
  const vertex_names names{g.num_src(), g.is_bipartite()};
  boost::write_graphviz(
      out, all,
      [&](std::ostream& to, vertex_id v) {
        (names.is_target(v) ? targets : sources).write(to, get(names, v), names.row(v));
      },
      [&](std::ostream& to, const edge_descriptor& e) { edges.write(to, "", e.id); },
      [&](std::ostream& to) { write_ranks(to, names, all.num_vertices()); }, names);
  check_runtime(out.good(), write_graphviz_name, "the stream refuses the text");
}

void write_graphviz(const std::filesystem::path& path, const graph& g, const graphviz_options& options) {
  std::ostringstream text;
  write_graphviz(text, g, options);
  detail::atomic_file file(path, write_graphviz_name);
  file.write(text.str());
  file.commit();
}

}  // namespace edgefold
