#include <edgefold/models/layers/sage_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

sage_conv::sage_conv(std::int64_t in, std::int64_t out, sage_aggregator how, const sage_conv_options& chosen,
                     std::uint64_t seed, std::uint64_t stream)
    : aggregator(how), options(chosen), feat_drop(chosen.feat_drop, seed, stream + 9) {
  const auto layer = [&](std::int64_t to, std::uint64_t place, bool with_bias) {
    return detail::linear_of(xavier_uniform({to, in}, seed, stream + place, detail::relu_gain),
                             with_bias ? kaiming_uniform({to}, in, seed, stream + place + 1) : tensor());
  };
  if (how == sage_aggregator::pool) fc_pool = layer(in, 0, true);
  if (how == sage_aggregator::lstm) lstm.emplace(in, in, seed, stream + 5);
  fc_neigh = layer(out, 2, false);
  if (how != sage_aggregator::gcn) fc_self = layer(out, 3, options.bias);
  else if (options.bias) bias = detail::trained(zeros({out}));
}

tensor sage_conv::aggregate(const graph& g, const tensor& x) const {
  switch (aggregator) {
    case sage_aggregator::pool:
      return update_all(g, copy_u(relu((*fc_pool)(x))), reduce::max{});
    case sage_aggregator::lstm:
      return (*lstm)(g, x);
    case sage_aggregator::gcn:
      return (update_all(g, copy_u(x), reduce::sum{}) + detail::rows_of_dst(g, x, "sage_conv")) / (in_degrees(g) + 1);
    default:
      return update_all(g, copy_u(x), reduce::mean{});
  }
}

tensor sage_conv::operator()(const graph& g, const features& x) const {
  const std::int64_t out = fc_neigh.weight.shape()[0], in = fc_neigh.weight.shape()[1];
  detail::check_features(g, x, in, "sage_conv");
  const features h = feat_drop(x);
  const bool is_mean = aggregator == sage_aggregator::mean || aggregator == sage_aggregator::gcn;
  const bool first = is_mean && detail::matrix_first(h, in, out);
  const tensor y = first ? aggregate(g, fc_neigh(h)) : fc_neigh(aggregate(g, h.dense()));
  if (fc_self) return (*fc_self)(detail::rows_of_dst(g, h, "sage_conv")) + y;
  return bias.defined() ? y + detail::as_row(bias) : y;
}

}  // namespace edgefold
