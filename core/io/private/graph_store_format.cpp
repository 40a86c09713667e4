#include <edgefold/core/io/private/graph_store_format.hpp>

#include <edgefold/core/io/private/edges.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace edgefold::detail {
namespace {

using nlohmann::json, nlohmann::ordered_json;
constexpr int version = 1;
constexpr std::array<std::string_view, 4> kinds{"homogeneous", "bipartite", "heterogeneous", "block"};

// Whether arrays and objects are nested no deeper than the format goes: of others a tree would cost a multiple of the
// text. (The parser's own callback could stop it too, but looks at all graphs before at the end of each.)
bool is_shallow(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    else if (quoted) i += c == '\\';
    else if (c == '[' || c == '{') {
      if (++depth > 5) return false;
    } else if (c == ']' || c == '}') --depth;
  }
  return true;
}

// Takes the description apart; errors name the graph.
class description_reader {
 public:
  explicit description_reader(const safetensors_view& file) : file_(file) {}

  std::vector<graph_description> operator()(const std::string& text) {
    const json all = parsed(text);
    expect(all.is_object() && all.contains("version"), "no object with a version");
    const json& found = all["version"];
    expect(found == version, "version ", in_quotes(found.dump()), ", expected ", version);
    std::vector<graph_description> graphs;
    for (const json& g : array_of(all, "graphs")) {
      where_ = "graph " + std::to_string(graphs.size()) + ": ";
      graphs.push_back(graph_of(g));
    }
    return graphs;
  }

 private:
  template <class... Parts>
  void expect(bool ok, const Parts&... parts) const {
    file_.expect(ok, graphs_key, ": ", where_, parts...);
  }

  json parsed(const std::string& text) const {
    expect(is_shallow(text), "nested too deep");
    json all = json::parse(text, nullptr, false);
    expect(!all.is_discarded(), "no JSON");
    return all;
  }

  const json& array_of(const json& object, const char* key) const {
    const bool there = object.is_object() && object.contains(key) && object[key].is_array();
    expect(there, "no array ", key);
    return object[key];
  }

  graph_description graph_of(const json& g) const {
    graph_description d;
    for (const json& v : array_of(g, "vertices")) {
      expect(v.is_array() && v.size() == 2 && v[0].is_string() && v[1].is_number_integer() && v[1] >= 0 &&
                 v[1] <= most_vertices,
             "vertices are no pairs of a name and a count from 0 to ", most_vertices);
      d.vertices.push_back({v[0].get<std::string>(), v[1].get<std::int64_t>()});
    }
    for (const json& r : array_of(g, "relations")) {
      const auto is_string = [](const json& s) { return s.is_string(); };
      expect(r.is_array() && r.size() == 3 && std::ranges::all_of(r, is_string), "relations are no three names");
      d.relations.push_back({r[0].get<std::string>(), r[1].get<std::string>(), r[2].get<std::string>()});
    }
    const auto kind =
        std::ranges::find(kinds, g.contains("kind") && g["kind"].is_string() ? g["kind"].get<std::string>() : "");
    expect(kind != kinds.end(), "its kind is not known");
    d.kind = static_cast<graph_kind>(kind - kinds.begin());
    const std::size_t sets = d.kind == graph_kind::homogeneous ? 1 : 2;
    expect(d.kind == graph_kind::heterogeneous || (d.vertices.size() == sets && d.relations.size() == 1), "a ", *kind,
           " graph of ", d.vertices.size(), " vertex types and ", d.relations.size(), " relations");
    return d;
  }

  const safetensors_view& file_;
  std::string where_;
};

}  // namespace

std::string description_text(const std::vector<graph_description>& graphs, std::string_view operation,
                             std::string_view name) {
  ordered_json all{{"version", version}, {"graphs", ordered_json::array()}};
  for (const graph_description& d : graphs) {
    ordered_json g{{"kind", kinds[static_cast<std::size_t>(d.kind)]},
                   {"vertices", ordered_json::array()},
                   {"relations", ordered_json::array()}};
    for (const auto& [type, count] : d.vertices) g["vertices"].push_back({type, count});
    for (const auto& [src, relation, dst] : d.relations) g["relations"].push_back({src, relation, dst});
    all["graphs"].push_back(std::move(g));
  }
  try {
    return all.dump();
  } catch (const nlohmann::json::type_error&) {
    throw_invalid(operation, {std::string(name), ": the name of a type or relation is no UTF-8"});
  }
}

std::vector<graph_description> read_description(const safetensors_view& file) {
  const auto at = file.metadata().find(std::string(graphs_key));
  const bool there = at != file.metadata().end();
  file.expect(there, "a safetensors file, but not of graphs: no ", graphs_key, " in its metadata");
  return description_reader(file)(at->second);
}

std::string to_string(const tensor_place& p) {
  std::string text = std::to_string(p.graph) + '/';
  return text.append(p.part) + '/' + std::to_string(p.number) + '/' + std::string(p.name);
}

std::optional<tensor_place> place_of(std::string_view name) {
  auto word = [rest = name]() mutable {
    const std::string_view next = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(next.size() + 1, rest.size()));
    return next;
  };
  tensor_place p;
  const auto number = [](std::string_view text, std::size_t& n) {
    return std::from_chars(text.data(), text.data() + text.size(), n).ec == std::errc();
  };
  const std::string_view graph = word();
  p.part = word();
  const std::string_view of = word();
  if (!number(graph, p.graph) || !number(of, p.number)) return {};
  p.name = name.substr(std::min(graph.size() + p.part.size() + of.size() + 3, name.size()));
  return to_string(p) == name ? std::optional(p) : std::nullopt;
}

}  // namespace edgefold::detail
