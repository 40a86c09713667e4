#include <edgefold/models/layers/nn_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/layers/private/reduced.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {

nn_conv_base::nn_conv_base(const layer_widths& num_in, std::int64_t num_out, const nn_conv_options& chosen,
                           std::uint64_t seed, std::uint64_t stream)
    : options(chosen), in(num_in.src), in_dst(num_in.dst), out(num_out) {
  if (options.bias) bias = detail::trained(zeros({out}));
  if (options.residual && in_dst != out)
    res_fc = detail::linear_of(xavier_normal({out, in_dst}, seed, stream, detail::relu_gain));
}

// The products x_ui w_eio are folded as they are, (in, out) wide, and summed over i at the vertex: a sum over i in the
// message would want each matrix transposed.
tensor nn_conv_base::convolve(const graph& g, const layer_input<tensor>& x, const tensor& matrices) const {
  if (options.residual) detail::check_both_ends(g, x, {in, in_dst}, "nn_conv");
  else detail::check_features(g, x, in, "nn_conv");
  check(matrices.shape() == shape_type{g.num_edges(), in * out}, "nn_conv", "edge_func gave shape ", matrices.shape(),
        ", expected ", shape_type{g.num_edges(), in * out});
  const auto products = u_mul_e(x.src.reshape({g.num_src(), in, 1}), matrices.reshape({g.num_edges(), in, out}));
  tensor y = sum(detail::reduced(g, products, options.aggregator), 1).reshape({g.num_dst(), out});
  if (options.residual) {
    const tensor own = detail::rows_of_dst(g, x);
    y = y + (res_fc ? (*res_fc)(own) : own);
  }
  return bias.defined() ? y + detail::as_row(bias) : y;
}

}  // namespace edgefold
