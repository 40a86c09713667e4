#include <edgefold/models/layers/gated_graph_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/layers/private/typed_edges.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <optional>

namespace edgefold {

gated_graph_conv::gated_graph_conv(std::int64_t in, std::int64_t out, int num_steps, std::int64_t types,
                                   std::uint64_t seed, std::uint64_t stream)
    : steps(num_steps), gru(out, out, seed, stream), in_(in) {
  check(in <= out, "gated_graph_conv", "in is ", in, " and out is ", out, ", expected in <= out");
  check(steps >= 0 && types >= 1, "gated_graph_conv", "there are ", steps, " steps and ", types, " types");
  for (std::int64_t t = 0; t < types; ++t)
    linears.push_back(detail::linear_of(
        xavier_normal({out, out}, seed, stream + 4 + static_cast<std::uint64_t>(t), detail::relu_gain), zeros({out})));
}

tensor gated_graph_conv::operator()(const graph& g, const tensor& x, const id_list& types) const {
  detail::check_one_set(g, "gated_graph_conv");
  detail::check_features(g, x, in_, "gated_graph_conv");
  const std::int64_t out = gru.weight_hh.shape()[1];
  tensor h = in_ < out ? concat({x, zeros({x.rows(), out - in_})}, 1) : x;
  std::optional<detail::typed_edges> by_type;
  if (linears.size() > 1 || types.size() > 0) by_type.emplace(g, types, std::ssize(linears), "gated_graph_conv");

  // Edges of several types start from rows of their own: h_u transformed for each type.
  const auto transformed = [&] {
    if (linears.size() == 1) return linears[0](h);
    const tensor rows = gather_rows(h, by_type->source);
    std::vector<tensor> parts;
    for (std::size_t t = 0; t < linears.size(); ++t)
      parts.push_back(linears[t](slice(rows, 0, by_type->begin[t], by_type->begin[t + 1])));
    return concat(parts, 0);
  };
  const graph& edges = linears.size() == 1 ? g : by_type->edges;
  for (int step = 0; step < steps; ++step) h = gru(update_all(edges, copy_u(transformed()), reduce::sum{}), h);
  return h;
}

}  // namespace edgefold
