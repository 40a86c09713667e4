#include <edgefold/core/io/private/graph_store_format.hpp>

#include <edgefold/core/io/private/edges.hpp>
#include <edgefold/core/io/private/json_text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace edgefold::detail {
namespace {

constexpr int version = 1;
constexpr std::array<std::string_view, 4> kinds{"homogeneous", "bipartite", "heterogeneous", "block"};

// Follows the JSON of a description, and refuses the first thing that has no place in one. No tree is built, as what a
// file nests or repeats would cost a multiple of its size. Keys that are not known are skipped, whatever they hold.
class description_parser final : public json_events {
 public:
  description_parser(std::vector<graph_description>& graphs, const safetensors_view& file)
      : graphs_(graphs), file_(file) {}

  bool null() override { return other(); }
  bool boolean() override { return other(); }
  bool negative(std::int64_t) override { return other(); }
  bool fraction() override { return other(); }

  bool whole(std::uint64_t n) override {
    if (at_ != place::count || n > static_cast<std::uint64_t>(most_vertices)) return other();
    graph().vertices.back().count = static_cast<std::int64_t>(n);
    return go_to(place::pair_end);
  }

  bool string(std::string& s) override {
    if (at_ == place::type) {
      graph().vertices.emplace_back().type = std::move(s);
      return go_to(place::count);
    }
    if (at_ == place::name && names_ < 3) {
      edge_type& r = graph().relations.back();
      (names_ == 0 ? r.src : names_ == 1 ? r.name : r.dst) = std::move(s);
      ++names_;
      return true;
    }
    if (at_ != place::kind) return other();
    const auto kind = std::ranges::find(kinds, s);
    expect(kind != kinds.end(), "its kind is not known");
    graph().kind = static_cast<graph_kind>(kind - kinds.begin());
    return go_to(place::field);
  }

  bool start_object() override {
    if (at_ == place::file) return go_to(place::key);
    if (at_ != place::graph) return start_skipped();
    where_ = "graph " + std::to_string(graphs_.size()) + ": ";
    graphs_.emplace_back();
    seen_ = {};
    return go_to(place::field);
  }
  bool end_object() override {
    if (skipped_ > 0) return end_skipped();
    if (at_ == place::key) return true;
    check_graph();
    where_.clear();
    return go_to(place::graph);
  }

  bool start_array() override {
    if (at_ == place::graphs) return go_to(place::graph);
    if (at_ == place::vertices) return go_to(place::pair);
    if (at_ == place::pair) return go_to(place::type);
    if (at_ == place::relations) return go_to(place::relation);
    if (at_ != place::relation) return start_skipped();
    graph().relations.emplace_back();
    names_ = 0;
    return go_to(place::name);
  }
  bool end_array() override {
    if (skipped_ > 0) return end_skipped();
    if (at_ == place::graph) return go_to(place::key);
    if (at_ == place::pair || at_ == place::relation) return go_to(place::field);
    if (at_ == place::pair_end) return go_to(place::pair);
    return at_ == place::name && names_ == 3 ? go_to(place::relation) : refuse();
  }

  bool key(std::string& k) override {
    if (skipped_ > 0) return true;
    if (at_ == place::key) {
      if (k != "graphs") return go_to(place::skipped_value);
      expect(!std::exchange(graphs_seen_, true), "graphs are given twice");
      return go_to(place::graphs);
    }
    constexpr std::array<std::string_view, 3> fields{"kind", "vertices", "relations"};
    constexpr std::array values{place::kind, place::vertices, place::relations};
    const auto field = static_cast<std::size_t>(std::ranges::find(fields, k) - fields.begin());
    if (field == fields.size()) return go_to(place::skipped_field);
    expect(!std::exchange(seen_[field], true), fields[field], " is given twice");
    return go_to(values[field]);
  }

  void error(std::size_t) override { file_.expect(false, graphs_key, ": no JSON"); }

  void check_end() const { expect(graphs_seen_, "no array graphs"); }

 private:
  // What is to come next.
  enum class place {
    file,    // the outer object
    key,     // in it
    graphs,  // the array
    graph,   // an object in it
    field,   // a key of that
    kind,
    vertices,  // the array
    pair,      // an array in it
    type,      // its first part
    count,     // its second
    pair_end,
    relations,      // the array
    relation,       // an array in it
    name,           // a part of it
    skipped_value,  // of a key that is not known
    skipped_field
  };

  bool go_to(place next) {
    at_ = next;
    return true;
  }
  graph_description& graph() { return graphs_.back(); }

  // A value that has no place but where it is skipped.
  bool other() {
    if (skipped_ > 0) return true;
    if (at_ == place::skipped_value) return go_to(place::key);
    return at_ == place::skipped_field ? go_to(place::field) : refuse();
  }
  bool start_skipped() {
    if (skipped_ == 0 && at_ != place::skipped_value && at_ != place::skipped_field) return refuse();
    return ++skipped_ > 0;
  }
  bool end_skipped() { return --skipped_ > 0 || other(); }

  void check_graph() {
    const graph_description& d = graph();
    expect(seen_[1], "no array vertices");
    expect(seen_[2], "no array relations");
    expect(seen_[0], "its kind is not known");
    const std::size_t sets = d.kind == graph_kind::homogeneous ? 1 : 2;
    const bool fits = d.kind == graph_kind::heterogeneous || (d.vertices.size() == sets && d.relations.size() == 1);
    expect(fits, "a ", kinds[static_cast<std::size_t>(d.kind)], " graph of ", d.vertices.size(), " vertex types and ",
           d.relations.size(), " relations");
  }

  template <class... Parts>
  void expect(bool ok, const Parts&... parts) const {
    file_.expect(ok, graphs_key, ": ", where_, parts...);
  }

  bool refuse() const {
    expect(at_ != place::graphs, "no array graphs");
    if (at_ == place::graph) file_.expect(false, graphs_key, ": graph ", graphs_.size(), ": no array vertices");
    expect(at_ != place::kind, "its kind is not known");
    expect(at_ != place::vertices, "no array vertices");
    expect(at_ != place::relations, "no array relations");
    expect(at_ != place::relation && at_ != place::name, "relations are no three names");
    expect(false, "vertices are no pairs of a name and a count from 0 to ", most_vertices);
    return false;
  }

  std::vector<graph_description>& graphs_;
  const safetensors_view& file_;
  std::string where_;
  place at_ = place::file;
  std::array<bool, 3> seen_{};  // kind, vertices, relations
  bool graphs_seen_ = false;
  int names_ = 0;
  std::int64_t skipped_ = 0;  // arrays and objects that are open in a value that is skipped
};

}  // namespace

std::string description_text(const std::vector<graph_description>& graphs, std::string_view operation,
                             std::string_view name) {
  std::string text = "{\"version\":" + std::to_string(version) + ",\"graphs\":[";
  const auto add_name = [&](char before, const std::string& s) {
    check(is_utf8(s), operation, name, ": the name of a type or relation is no UTF-8");
    append_quoted(text += before, s);
  };
  // Writes `before`, and a comma behind what came before it in the same array.
  const auto begin_array = [&](std::string_view before) {
    if (text.back() != '[') text += ',';
    text += before;
  };
  for (const graph_description& d : graphs) {
    begin_array("{\"kind\":\"");
    (text += kinds[static_cast<std::size_t>(d.kind)]) += "\",\"vertices\":[";
    for (const auto& [type, count] : d.vertices) {
      begin_array("");
      add_name('[', type);
      ((text += ',') += std::to_string(count)) += ']';
    }
    text += "],\"relations\":[";
    for (const auto& [src, relation, dst] : d.relations) {
      begin_array("");
      add_name('[', src);
      add_name(',', relation);
      add_name(',', dst);
      text += ']';
    }
    text += "]}";
  }
  return text += "]}";
}

std::vector<graph_description> read_description(const safetensors_view& file) {
  const auto at = file.metadata().find(std::string(graphs_key));
  const bool there = at != file.metadata().end();
  file.expect(there, "a safetensors file, but not of graphs: no ", graphs_key, " in its metadata");
  const std::string& text = at->second;
  // Of another version nothing else is known, wherever it says so.
  std::map<std::string, json_integer, std::less<>> fields{{"version", {}}};
  file.expect(read_json_integers(text, fields), graphs_key, ": no JSON object");
  const json_integer& found = fields.begin()->second;
  file.expect(found.there, graphs_key, ": no object with a version");
  const std::string got = found.value ? std::to_string(*found.value) : "no whole number";
  file.expect(found.value == version, graphs_key, ": version ", in_quotes(got), ", expected ", version);

  std::vector<graph_description> graphs;
  description_parser parser(graphs, file);
  read_json(text, parser);
  parser.check_end();
  return graphs;
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
