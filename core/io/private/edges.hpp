/// Edges and weights on their way between text and graph. Private to the readers and writers.
#pragma once
#include <limits>
#include <optional>
#include <vector>

#include <edgefold/core/graph.hpp>
#include <edgefold/core/io/private/numbers.hpp>
#include <edgefold/core/io/private/text.hpp>

namespace edgefold::detail {

constexpr std::int64_t most_vertices = std::numeric_limits<vertex_id>::max();

/// The greatest id that a file may name where the user asked for `num_vertices` (-1: any number of them).
inline std::int64_t greatest_vertex(std::int64_t num_vertices, std::string_view operation) {
  check(num_vertices >= -1 && num_vertices <= most_vertices, operation, "num_vertices is ", num_vertices,
        ", expected -1 or 0 .. ", most_vertices);
  return (num_vertices < 0 ? most_vertices : num_vertices) - 1;
}

/// Edges as they are read; weights, if there are any, are as many.
struct edge_lists {
  std::vector<vertex_id> sources, targets;
  std::optional<number_list> weights = {};

  void add(std::int64_t source, std::int64_t target) {
    sources.push_back(static_cast<vertex_id>(source));
    targets.push_back(static_cast<vertex_id>(target));
  }
  /// `g`, made of these edges, with edata["weight"] where there are weights.
  graph weighted(graph g) const {
    if (weights) g.edata.set("weight", weights->to_tensor({g.num_edges(), 1}));
    return g;
  }
};

/// edata["weight"] of a graph, if it has one; throws where that is not one number an edge.
class weight_column {
 public:
  weight_column(const graph& g, std::string_view operation) {
    if (!g.edata.contains("weight")) return;
    values_ = g.edata.get("weight");
    const shape_type& shape = shape_of(*values_);
    check(num_elements(shape) == g.num_edges(), operation, "edata[\"weight\"] has shape ", shape,
          ", expected one number an edge");
  }
  bool any() const { return values_.has_value(); }
  bool whole() const {
    return values_ && !std::holds_alternative<basic_tensor<float>>(*values_) &&
           !std::holds_alternative<basic_tensor<double>>(*values_);
  }
  /// The separator and the weight of edge `e`; nothing where there are no weights.
  void write(edge_id e, std::string_view separator, text_writer& out) const {
    if (!values_) return;
    std::string text(separator);
    std::visit([&](const auto& t) { append_number(text, t.data()[e], digits::typed); }, *values_);
    out << text;
  }

 private:
  std::optional<any_tensor> values_;
};

}  // namespace edgefold::detail
