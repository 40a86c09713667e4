/// Graph networks as torch and DGL save them: what they are made of is told by the names and the shapes in the file.
#pragma once
#include <filesystem>
#include <variant>
#include <vector>

#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/gin_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>

namespace edgefold::examples {

/// DGL's GraphConv, GATConv, SAGEConv, and GINConv around one Linear, with DGL's default options: no file tells another
/// norm, slope or aggregator, nor a residual connection without weights.
using saved_layer = std::variant<graph_conv, gat_conv, sage_conv, gin_conv<linear>>;

/// Layers one after another with a ReLU between them, the heads of a layer side by side.
struct saved_network {
  std::vector<saved_layer> layers;
  std::int64_t in = 0;  ///< width of the features

  /// x (vertices, in) gives what the last layer gives.
  tensor operator()(const graph& g, const tensor& x) const;
};

/// The network of a .safetensors file: layers called "layers.0", "layers.1", ... as in a ModuleList, or a lone layer.
/// Throws std::runtime_error for a file that cannot be read, no layer of these, a tensor of another shape, a layer of
/// another width than what comes before it, and tensors that no layer takes.
saved_network read_saved_network(const std::filesystem::path& file);

}  // namespace edgefold::examples
