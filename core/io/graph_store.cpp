#include <edgefold/core/io/graph_store.hpp>

#include <edgefold/core/io/private/graph_store_format.hpp>
#include <edgefold/core/io/private/text.hpp>
#include <edgefold/core/memory.hpp>
#include <edgefold/core/private/edge_sort.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace edgefold {
namespace {

using detail::graph_description, detail::graph_kind, detail::safetensors_view, detail::tensor_place, detail::view_of;
using named_tensors = std::map<std::string, any_tensor>;

// The parts of a graph by number, whatever its kind. Frames are handles.
struct graph_parts {
  graph_description about;
  std::vector<frame> nodes, edges;
  std::vector<adjacency> topologies;
};

void add_vertices(graph_parts& p, std::string_view type, std::int64_t count, const frame& columns) {
  vertex_count& vertices = p.about.vertices.emplace_back();
  vertices.type = type;
  vertices.count = count;
  p.nodes.push_back(columns);
}

void add_relation(graph_parts& p, const edge_type& type, const frame& columns, const adjacency& edges) {
  p.about.relations.push_back(type);
  p.edges.push_back(columns);
  p.topologies.push_back(edges);
}

// In statements: g++ 12 destroys parts of nested braces twice where a later one throws.
graph_parts parts_of(graph& g) {
  graph_parts p;
  edge_type type;
  if (g.is_bipartite()) {
    p.about.kind = g.is_block() ? graph_kind::block : graph_kind::bipartite;
    type.src = "src", type.dst = "dst";
    add_vertices(p, type.src, g.num_src(), g.srcdata);
    add_vertices(p, type.dst, g.num_dst(), g.dstdata);
  } else {
    add_vertices(p, "", g.num_vertices(), g.ndata);
  }
  add_relation(p, type, g.edata, g.topology());
  return p;
}

graph_parts parts_of(hetero_graph& g) {
  graph_parts p;
  p.about.kind = graph_kind::heterogeneous;
  for (const std::string& type : g.vertex_types()) add_vertices(p, type, g.num_vertices(type), g.nodes(type));
  for (const edge_type& type : g.edge_types()) add_relation(p, type, g[type].edata, g.topology(type));
  return p;
}

void add_topology(const adjacency& a, tensor_place place, named_tensors& tensors) {
  const edge_groups& in = a.in_edges();
  const auto add = [&](std::string_view name, const any_tensor& t) {
    place.name = name;
    tensors.emplace(to_string(place), t);
  };
  add("offsets", view_of(in.offsets, in.num_groups + 1, in.owner));
  add("sources", view_of(in.neighbors, in.num_edges, in.owner));
  if (in.edge_ids) add("edge_ids", view_of(in.edge_ids, in.num_edges, in.owner));
  if (in.wide_edge_ids) add("edge_ids", view_of(in.wide_edge_ids, in.num_edges, in.owner));
}

void add_columns(const std::vector<frame>& frames, tensor_place place, named_tensors& tensors) {
  for (place.number = 0; place.number < frames.size(); ++place.number)
    for (const std::string& name : frames[place.number].names()) {
      place.name = name;
      tensors.emplace(to_string(place), frames[place.number].get(name));
    }
}

// A file whose description and names of tensors are checked.
class graph_reader {
 public:
  explicit graph_reader(safetensors_view file) : file_(std::move(file)), about_(read_description(file_)) {
    for (const auto& entry : file_.entries()) {
      if (entry.name.starts_with(detail::labels_prefix)) continue;
      const auto place = detail::place_of(entry.name);
      const bool known = place && place->graph < about_.size();
      file_.expect(known, "tensor ", known ? "" : detail::in_quotes(entry.name), " is no part of its ", about_.size(),
                   " graphs");
    }
  }

  std::int64_t num_graphs() const { return std::ssize(about_); }

  any_graph load(std::size_t number) const try {
    const graph_description& about = about_[number];
    std::vector<relation_topology> relations;
    for (std::size_t r = 0; r < about.relations.size(); ++r)
      relations.push_back({about.relations[r], topology({number, detail::topology_part, r, ""}, about)});
    any_graph g;
    if (about.kind == graph_kind::homogeneous) g = graph(relations[0].edges);
    else if (about.kind == graph_kind::bipartite) g = graph::bipartite(relations[0].edges);
    else if (about.kind == graph_kind::block) g = graph::block(relations[0].edges);
    else g = hetero_graph::from_topologies(about.vertices, relations);
    std::visit([&](auto& any) { set_columns(number, parts_of(any)); }, g);
    return g;
  } catch (const std::invalid_argument& e) {
    file_.expect(false, "graph ", number, ": ", e.what());
    throw;
  }

  tensor_map labels() const {
    tensor_map all(file_.origin());
    for (const auto& entry : file_.entries(detail::labels_prefix)) {
      const std::string name = entry.name.substr(detail::labels_prefix.size());
      try {
        all.emplace(name, file_(entry));
      } catch (const detail::unsupported_error& e) {
        all.add_unreadable(name, e.what());
      }
    }
    return all;
  }

 private:
  const detail::safetensors_entry* find(const tensor_place& place) const { return file_.find(to_string(place)); }

  id_list ids(const tensor_place& place) const {
    const auto* entry = find(place);
    file_.expect(entry, "there is no tensor ", detail::in_quotes(to_string(place)));
    any_tensor t = file_(*entry);
    file_.expect(shape_of(t).size() == 1, "tensor ", detail::in_quotes(entry->name), " has shape ",
                 detail::in_quotes(to_string(shape_of(t))), ", expected one dim");
    const auto shared = []<class Id>(basic_tensor<Id>& ids) {  // nobody else reads or writes this part of the file
      detail::tape_access<Id>::make_constant(ids);
      return id_list(ids);
    };
    if (auto* narrow = std::get_if<basic_tensor<std::int32_t>>(&t)) return shared(*narrow);
    auto* wide = std::get_if<basic_tensor<std::int64_t>>(&t);
    file_.expect(wide, "tensor ", detail::in_quotes(entry->name), " is ", scalar_name(t), ", expected integers");
    return shared(*wide);
  }

  // Grouped as it stands in the file, and checked by from_csc; nothing is sorted.
  adjacency topology(tensor_place place, const graph_description& about) const {
    const auto count = [&](const std::string& type) {
      const auto at = std::ranges::find(about.vertices, type, &vertex_count::type);
      file_.expect(at != about.vertices.end(), "graph ", place.graph, ": no vertex type ", detail::in_quotes(type));
      return at->count;
    };
    const edge_type& type = about.relations[place.number];
    const std::int64_t sources = count(type.src), targets = count(type.dst);
    place.name = "offsets";
    id_list offsets = ids(place);
    file_.expect(offsets.size() == targets + 1, "tensor ", detail::in_quotes(to_string(place)), " has ", offsets.size(),
                 " offsets for ", targets, " vertices");
    place.name = "sources";
    id_list neighbors = ids(place);
    place.name = "edge_ids";
    return find(place) ? adjacency::from_csc(std::move(offsets), std::move(neighbors), sources, ids(place))
                       : adjacency::from_csc(std::move(offsets), std::move(neighbors), sources);
  }

  // Gives each tensor of the graph to its frame; throws for one that has none.
  void set_columns(std::size_t number, graph_parts parts) const {
    for (const auto& entry : file_.entries(std::to_string(number) + '/')) {
      const tensor_place place = *detail::place_of(entry.name);
      auto& frames = place.part == detail::nodes_part ? parts.nodes : parts.edges;
      const bool column = place.part == detail::nodes_part || place.part == detail::edges_part;
      const bool known = column || (place.part == detail::topology_part &&
                                    (place.name == "offsets" || place.name == "sources" || place.name == "edge_ids"));
      file_.expect(known && place.number < frames.size(), "tensor ", detail::in_quotes(entry.name),
                   " is no part of its graph");
      if (column) frames[place.number].set(place.name, file_(entry));
    }
  }

  safetensors_view file_;
  std::vector<graph_description> about_;
};

saved_graphs load(const graph_reader& file, const id_list* numbers) {
  saved_graphs all;
  if (numbers) numbers->check_range(file.num_graphs(), "load_graphs", "graph number at position");
  const std::int64_t n = numbers ? numbers->size() : file.num_graphs();
  for (std::int64_t i = 0; i < n; ++i)
    all.graphs.push_back(file.load(static_cast<std::size_t>(numbers ? (*numbers)[i] : i)));
  all.labels = file.labels();
  return all;
}

graph_reader open_file(const std::filesystem::path& path) {
  return graph_reader({detail::file_source(path, "load_graphs").map(), "load_graphs", path.string()});
}

}  // namespace

void save_graphs(const std::filesystem::path& path, const std::vector<any_graph>& graphs, const named_tensors& labels) {
  constexpr std::size_t cache_line = 64;
  std::vector<graph_description> about;
  named_tensors tensors;
  for (any_graph g : graphs) {
    const graph_parts parts = std::visit([](auto& any) { return parts_of(any); }, g);
    const std::size_t number = about.size();
    add_columns(parts.nodes, {number, detail::nodes_part, 0, ""}, tensors);
    add_columns(parts.edges, {number, detail::edges_part, 0, ""}, tensors);
    for (std::size_t r = 0; r < parts.topologies.size(); ++r)
      add_topology(parts.topologies[r], {number, detail::topology_part, r, ""}, tensors);
    about.push_back(parts.about);
  }
  for (const auto& [name, t] : labels) tensors.emplace(std::string(detail::labels_prefix) + name, t);
  std::map<std::string, std::string> metadata;
  metadata[std::string(detail::graphs_key)] = detail::description_text(about, "save_graphs", path.string());
  detail::write_tensors(path, tensors, metadata, "save_graphs", cache_line);
}

saved_graphs load_graphs(const std::filesystem::path& path) { return load(open_file(path), nullptr); }
saved_graphs load_graphs(const std::filesystem::path& path, const id_list& numbers) {
  return load(open_file(path), &numbers);
}

saved_graphs parse_graphs(std::span<const std::byte> bytes, std::string_view name) {
  const std::shared_ptr<void> copy = detail::allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(copy.get(), bytes.data(), bytes.size());
  return load(graph_reader({{static_cast<std::byte*>(copy.get()), bytes.size(), copy}, "parse_graphs", name}), nullptr);
}

}  // namespace edgefold
