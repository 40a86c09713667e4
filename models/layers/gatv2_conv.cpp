#include <edgefold/models/layers/gatv2_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

using detail::relu_gain;

gatv2_conv::gatv2_conv(const layer_widths& in, std::int64_t out, std::int64_t heads, const gatv2_conv_options& chosen,
                       std::uint64_t seed, std::uint64_t stream)
    : options(chosen),
      attn(detail::trained(
          xavier_normal({1, detail::checked_heads(heads, "gatv2_conv"), out}, seed, stream + 2, relu_gain))),
      feat_drop(chosen.feat_drop, seed, stream + 4),
      attn_drop(chosen.attn_drop, seed, stream + 5) {
  check(!options.share_weights || in.src == in.dst, "gatv2_conv", "weights shared by widths ", in.src, " and ", in.dst);
  const auto layer = [&](std::int64_t width, std::uint64_t place) {
    return detail::linear_of(xavier_normal({heads * out, width}, seed, stream + place, relu_gain),
                             chosen.bias ? zeros({heads * out}) : tensor());
  };
  fc_src = layer(in.src, 0);
  fc_dst = options.share_weights ? fc_src : layer(in.dst, 1);
  if (options.residual && in.dst != heads * out) res_fc = layer(in.dst, 3);
}

tensor gatv2_conv::operator()(const graph& g, const layer_input<features>& x) const {
  detail::check_both_ends(g, x, {fc_src.weight.shape()[1], fc_dst.weight.shape()[1]}, "gatv2_conv");
  detail::check_in_degrees(g, options.allow_zero_in_degree, "gatv2_conv");
  const std::int64_t heads = attn.shape()[1], out = attn.shape()[2];
  const layer_input<features> in = detail::each_end(x, feat_drop);
  const features own = detail::rows_of_dst(g, in);
  const tensor h = fc_src(in.src).reshape({g.num_src(), heads, out});
  const tensor k =
      options.share_weights && !in.dst ? detail::rows_of_dst(g, h) : fc_dst(own).reshape({g.num_dst(), heads, out});
  const auto score = [slope = options.negative_slope](auto u, auto v, auto w) { return w * leaky_relu(u + v, slope); };
  const tensor e = apply_edges(g, sum_last(message(score, src(h), dst(k), shared(attn))));
  const tensor a = attn_drop(edge_softmax(g, e));

  const tensor y = update_all(g, u_mul_e(h, a), reduce::sum{});
  return options.residual ? y + (res_fc ? (*res_fc)(own) : own.dense()).reshape(y.shape()) : y;
}

}  // namespace edgefold
