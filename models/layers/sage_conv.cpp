#include <edgefold/models/layers/sage_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <functional>

namespace edgefold {

sage_conv::sage_conv(const layer_widths& in, std::int64_t out, sage_aggregator how, const sage_conv_options& chosen,
                     std::uint64_t seed, std::uint64_t stream)
    : aggregator(how), options(chosen), feat_drop(chosen.feat_drop, seed, stream + 9) {
  check(how != sage_aggregator::gcn || in.src == in.dst, "sage_conv", "gcn adds features of widths ", in.src, " and ",
        in.dst);
  const auto layer = [&](std::int64_t from, std::int64_t to, std::uint64_t place, bool with_bias) {
    return detail::linear_of(xavier_uniform({to, from}, seed, stream + place, detail::relu_gain),
                             with_bias ? kaiming_uniform({to}, from, seed, stream + place + 1) : tensor());
  };
  if (how == sage_aggregator::pool) fc_pool = layer(in.src, in.src, 0, true);
  if (how == sage_aggregator::lstm) lstm.emplace(in.src, in.src, seed, stream + 5);
  fc_neigh = layer(in.src, out, 2, false);
  if (how != sage_aggregator::gcn) fc_self = layer(in.dst, out, 3, options.bias);
  else if (options.bias) bias = detail::trained(zeros({out}));
}

tensor sage_conv::aggregate(const graph& g, const layer_input<tensor>& x) const {
  switch (aggregator) {
    case sage_aggregator::pool:
      return update_all(g, copy_u(relu((*fc_pool)(x.src))), reduce::max{});
    case sage_aggregator::lstm:
      return (*lstm)(g, x.src);
    case sage_aggregator::gcn:
      return (update_all(g, copy_u(x.src), reduce::sum{}) + detail::rows_of_dst(g, x)) / (in_degrees(g) + 1);
    default:
      return update_all(g, copy_u(x.src), reduce::mean{});
  }
}

tensor sage_conv::operator()(const graph& g, const layer_input<features>& x) const {
  const std::int64_t out = fc_neigh.weight.shape()[0], in = fc_neigh.weight.shape()[1];
  detail::check_both_ends(g, x, {in, (fc_self ? *fc_self : fc_neigh).weight.shape()[1]}, "sage_conv");
  const layer_input<features> h = detail::each_end(x, feat_drop);
  const bool adds_own = aggregator == sage_aggregator::gcn, is_mean = adds_own || aggregator == sage_aggregator::mean;
  const layer_input<features> heard = adds_own ? h : h.src;
  const bool first = is_mean && detail::matrix_first(h.src, in, out);
  const tensor y = first ? aggregate(g, detail::each_end(heard, fc_neigh))
                         : fc_neigh(aggregate(g, detail::each_end(heard, std::mem_fn(&features::dense))));
  if (fc_self) return (*fc_self)(detail::rows_of_dst(g, h)) + y;
  return bias.defined() ? y + detail::as_row(bias) : y;
}

}  // namespace edgefold
