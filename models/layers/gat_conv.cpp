#include <edgefold/models/layers/gat_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

using detail::relu_gain;

gat_conv::gat_conv(const layer_widths& in, std::int64_t out, std::int64_t heads, const gat_conv_options& chosen,
                   std::uint64_t seed, std::uint64_t stream)
    : options(chosen),
      fc(detail::linear_of(
          xavier_normal({detail::checked_heads(heads, "gat_conv") * out, in.src}, seed, stream, relu_gain))),
      attn_l(detail::trained(xavier_normal({1, heads, out}, seed, stream + 1, relu_gain))),
      attn_r(detail::trained(xavier_normal({1, heads, out}, seed, stream + 2, relu_gain))),
      feat_drop(chosen.feat_drop, seed, stream + 4),
      attn_drop(chosen.attn_drop, seed, stream + 5) {
  const tensor start = options.bias ? zeros({heads * out}) : tensor();
  if (in.apart) fc_dst = detail::linear_of(xavier_normal({heads * out, in.dst}, seed, stream + 6, relu_gain));
  if (options.residual && in.dst != heads * out)
    res_fc = detail::linear_of(xavier_normal({heads * out, in.dst}, seed, stream + 3, relu_gain), start);
  else if (options.bias) bias = detail::trained(start);
}

tensor gat_conv::operator()(const graph& g, const layer_input<features>& x) const {
  detail::check_both_ends(g, x, {fc.weight.shape()[1], (fc_dst ? *fc_dst : fc).weight.shape()[1]}, "gat_conv");
  detail::check_in_degrees(g, options.allow_zero_in_degree, "gat_conv");
  const std::int64_t heads = attn_l.shape()[1], out = attn_l.shape()[2];
  const layer_input<features> in = detail::each_end(x, feat_drop);
  const auto by_heads = [&](const tensor& t) { return t.reshape({t.rows(), heads, out}); };
  const tensor h = by_heads(fc(in.src));
  const tensor k =
      fc_dst || in.dst ? by_heads((fc_dst ? *fc_dst : fc)(detail::rows_of_dst(g, in))) : detail::rows_of_dst(g, h);
  const tensor left = sum_last(h * attn_l), right = sum_last(k * attn_r);
  const auto score = [slope = options.negative_slope](auto u, auto v) { return leaky_relu(u + v, slope); };
  const tensor a = attn_drop(edge_softmax(g, apply_edges(g, message(score, src(left), dst(right)))));

  tensor y = update_all(g, u_mul_e(h, a), reduce::sum{});
  if (options.residual) {
    const features own = detail::rows_of_dst(g, in);
    y = y + (res_fc ? (*res_fc)(own) : own.dense()).reshape(y.shape());
  }
  return bias.defined() ? y + bias.reshape({1, heads, out}) : y;
}

}  // namespace edgefold
