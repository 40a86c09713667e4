/// A layer for each relation of a hetero_graph, and a fold across them.
#pragma once
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/multi_update_all.hpp>

namespace edgefold {

/// Tensors, or features, by vertex type.
template <class X = tensor>
using of_types = std::map<std::string, X, std::less<>>;

/// y of a vertex type = cross over the relations into it of layer_r(relation r, x of its source type), in the order of
/// `mods`: any layer called with a graph and x, all of one kind. Relations without edges into a vertex are left out
/// there, unless none has any; a sum takes all, so that biases count, as in DGL. With graph_conv and a sum it is an R-GCN
/// (Schlichtkrull et al. 2018, equation 2).
template <class Layer, class Cross = reduce::sum>
struct hetero_graph_conv {
  std::vector<std::pair<std::string, Layer>> mods;  ///< layers by the names of their relations
  Cross cross{};

  /// Parameters are called "mods.NAME.weight", ..., as DGL's.
  void visit(auto& v) {
    for (auto& [name, layer] : mods) v("mods." + name, layer);
  }
  /// Relations whose source type has no x are left out; a vertex type that no relation reaches has no result. Throws
  /// for a relation that there is not, and where results into one type have unlike shapes.
  template <class X>
  auto operator()(const hetero_graph& g, const of_types<X>& x) const {
    impl::brought_by_type<float> results;
    for (const auto& [name, layer] : mods) {
      const edge_type& type = g.full_name(name);
      if (const auto from = x.find(type.src); from != x.end())
        results.add(type, g.topology(type), layer(g[type], from->second), "hetero_graph_conv");
    }
    return results.across(cross, std::same_as<Cross, reduce::sum>);
  }
};

}  // namespace edgefold
