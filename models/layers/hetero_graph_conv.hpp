/// A layer for each relation of a hetero_graph, and a fold across them.
#pragma once
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/multi_update_all.hpp>

namespace edgefold {

/// Tensors, or features, by vertex type.
template <class X = tensor>
using of_types = std::map<std::string, X, std::less<>>;

/// y of a vertex type = cross over the relations into it of layer_r(relation r, {x of its source type, x of its
/// destination type}), in the order of `mods`: any layers of one kind, called with a graph and either these two or the
/// former alone. Relations without edges into a vertex are left out there, unless none has any; a sum takes all, so
/// that biases and what layers make of the vertex itself count, as in DGL. With graph_conv and a sum it is an R-GCN
/// (Schlichtkrull et al. 2018, equation 2).
template <class Layer, class Cross = reduce::sum>
struct hetero_graph_conv {
  std::vector<std::pair<std::string, Layer>> mods;  ///< layers by the names of their relations
  Cross cross{};                                    ///< any reducer, or reduce::stack

  /// Parameters are called "mods.NAME.weight", ..., as DGL's.
  void visit(auto& v) {
    for (auto& [name, layer] : mods) v("mods." + name, layer);
  }
  /// Relations whose source type has no x are left out; a vertex type that no relation reaches has no result. An x of
  /// the destination type is needed by layers that read it. Throws for a relation and a vertex type that there is
  /// not, and where results into one type have unlike shapes.
  template <class X>
  auto operator()(const hetero_graph& g, const of_types<X>& x) const {
    for (const auto& of_type : x) static_cast<void>(g.number_of_type(of_type.first));  // throws for one that is not
    impl::brought_by_type<float> results;
    for (const auto& [name, layer] : mods) {
      const edge_type& type = g.full_name(name);
      const auto from = x.find(type.src), to = x.find(type.dst);
      if (from == x.end()) continue;
      results.add(type, g.topology(type), applied(layer, g[type], from->second, to == x.end() ? nullptr : &to->second),
                  "hetero_graph_conv");
    }
    return results.across(cross, std::same_as<Cross, reduce::sum>);
  }

 private:
  // One x of one vertex set, as a layer of a graph alone has it.
  template <class X>
  static tensor applied(const Layer& layer, const graph& relation, const X& x_src, const X* x_dst) {
    if constexpr (requires { layer(relation, {x_src, x_src}); })
      if (x_dst && relation.is_bipartite()) return layer(relation, {x_src, *x_dst});
    return layer(relation, x_src);
  }
};

}  // namespace edgefold
