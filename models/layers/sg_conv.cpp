#include <edgefold/models/layers/sg_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {

sg_conv::sg_conv(std::int64_t in, std::int64_t out, const sg_conv_options& chosen, std::uint64_t seed,
                 std::uint64_t stream)
    : options(chosen),
      fc(detail::linear_of(xavier_uniform({out, in}, seed, stream), chosen.bias ? zeros({out}) : tensor())) {
  check(options.k >= 0, "sg_conv", "k is ", options.k, ", expected at least 0");
}

tensor sg_conv::operator()(const graph& g, const features& x) const {
  const std::int64_t out = fc.weight.shape()[0], in = fc.weight.shape()[1];
  detail::check_one_set(g, "sg_conv");
  detail::check_features(g, x, in, "sg_conv");
  detail::check_in_degrees(g, options.allow_zero_in_degree, "sg_conv");
  const tensor norm = detail::inverse_sqrt(in_degrees(g));
  const bool first = detail::matrix_first(x, in, out);
  const tensor matrix = transpose(fc.weight, 0, 1);
  tensor h = first ? matmul(x, matrix) : x.dense();
  for (int i = 0; i < options.k; ++i) h = detail::hop(g, h, norm, norm);
  if (!first) h = matmul(h, matrix);
  return fc.bias.defined() ? h + detail::as_row(fc.bias) : h;
}

}  // namespace edgefold
