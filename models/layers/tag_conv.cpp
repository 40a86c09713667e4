#include <edgefold/models/layers/tag_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {

tag_conv::tag_conv(std::int64_t in, std::int64_t out, const tag_conv_options& chosen, std::uint64_t seed,
                   std::uint64_t stream)
    : options(chosen) {
  check(options.k >= 0, "tag_conv", "k is ", options.k, ", expected at least 0");
  const std::int64_t all = (options.k + 1) * in;
  lin = detail::linear_of(xavier_normal({out, all}, seed, stream, detail::relu_gain),
                          options.bias ? kaiming_uniform({out}, all, seed, stream + 1) : tensor());
}

tensor tag_conv::operator()(const graph& g, const features& x) const {
  detail::check_one_set(g, "tag_conv");
  detail::check_features(g, x, lin.weight.shape()[1] / (options.k + 1), "tag_conv");
  const tensor norm = detail::inverse_sqrt(in_degrees(g));
  std::vector<tensor> powers{x.dense()};
  for (int i = 0; i < options.k; ++i) powers.push_back(detail::hop(g, powers.back(), norm, norm));
  return lin(concat(powers, 1));
}

}  // namespace edgefold
