#include <training/saved_network.hpp>

#include <stdexcept>

#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::examples {
namespace {

constexpr std::string_view operation = "read_saved_network";

struct layer_reader {
  std::string where;  // of errors: the file, and the layer in it
  state_map state;

  bool has(const std::string& name) const { return state.contains(name); }
  std::int64_t dim(const std::string& name, std::size_t axis, std::size_t dims) const {
    const auto found = state.find(name);
    check_runtime(found != state.end(), operation, where, ": there is no ", name);
    const shape_type shape = std::visit([](const auto& t) { return t.shape(); }, found->second);
    check_runtime(shape.size() == dims, operation, where, ": ", name, " has shape ", shape, ", expected ", dims,
                  " dims");
    return shape[axis];
  }

  // Elements of a row of features, and of the result.
  std::int64_t in() const {
    for (const char* name : {"fc.weight", "fc_neigh.weight", "apply_func.weight"})
      if (has(name)) return dim(name, 1, 2);
    return dim("weight", 0, 2);
  }

  std::int64_t out() const {
    if (has("attn_l")) return dim("attn_l", 1, 3) * dim("attn_l", 2, 3);
    for (const char* name : {"fc_neigh.weight", "apply_func.weight"})
      if (has(name)) return dim(name, 0, 2);
    return dim("weight", 1, 2);
  }

  saved_layer layer() const {
    if (has("attn_l")) {
      const bool projected = has("res_fc.weight");
      return gat_conv(in(), dim("attn_l", 2, 3), dim("attn_l", 1, 3),
                      {.residual = projected, .bias = has(projected ? "res_fc.bias" : "bias")});
    }
    if (has("fc_neigh.weight")) {
      const auto how = has("lstm.weight_ih_l0") ? sage_aggregator::lstm
                       : has("fc_pool.weight")  ? sage_aggregator::pool
                       : has("fc_self.weight")  ? sage_aggregator::mean
                                                : sage_aggregator::gcn;
      return sage_conv(in(), out(), how, {.bias = has("fc_self.bias") || has("bias")});
    }
    if (has("apply_func.weight")) return gin_conv<linear>(linear(in(), out(), 0, 0, has("apply_func.bias")));
    return graph_conv(in(), out(), {.bias = has("bias")});
  }

  saved_layer loaded() const {
    try {
      saved_layer made = layer();
      std::visit([&](auto& l) { load_state_dict(l, state), set_training(l, false); }, made);
      return made;
    } catch (const std::invalid_argument& e) {
      throw std::runtime_error(where + ": " + e.what());
    }
  }
};

}  // namespace

tensor saved_network::operator()(const graph& g, const tensor& x) const {
  tensor h = x;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (i > 0) h = relu(h.reshape({h.rows(), h.width()}));
    h = std::visit([&](const auto& layer) { return layer(g, h); }, layers[i]);
  }
  return h;
}

saved_network read_saved_network(const std::filesystem::path& file) {
  const tensor_map all = read_safetensors(file).tensors;
  for (const auto& [name, why] : all.unreadable()) check_runtime(false, operation, why);
  saved_network made;
  std::size_t used = 0;
  std::int64_t width = 0;  // of what comes before
  const auto add = [&](const std::string& where, const state_map& state) {
    const layer_reader reader{where, state};
    if (made.layers.empty()) made.in = width = reader.in();
    check_runtime(reader.in() == width, operation, where, ": takes rows of ", reader.in(),
                  ", the layer before it gives ", width);
    made.layers.push_back(reader.loaded());
    width = reader.out();
    used += state.size();
  };
  for (std::string name = "layers.0"; !part(all, name).empty(); name = "layers." + std::to_string(made.layers.size()))
    add(file.string() + ": " + name, part(all, name));
  if (made.layers.empty()) add(file.string(), all);
  check_runtime(used == all.size(), operation, file.string(), ": ", all.size() - used, " of its ", all.size(),
                " tensors are no part of a layer");
  return made;
}

}  // namespace edgefold::examples
