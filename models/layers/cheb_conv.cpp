#include <edgefold/models/layers/cheb_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {

cheb_conv::cheb_conv(std::int64_t in, std::int64_t out, int terms, const cheb_conv_options& chosen, std::uint64_t seed,
                     std::uint64_t stream)
    : options(chosen), k(terms) {
  check(k >= 1, "cheb_conv", "k is ", k, ", expected at least 1");
  check(options.lambda_max > 0, "cheb_conv", "lambda_max is ", options.lambda_max, ", expected a positive number");
  projection = linear(k * in, out, seed, stream, options.bias);
}

tensor cheb_conv::operator()(const graph& g, const features& x) const {
  detail::check_one_set(g, "cheb_conv");
  detail::check_features(g, x, projection.weight.shape()[1] / k, "cheb_conv");
  const tensor norm = detail::inverse_sqrt(in_degrees(g));
  const double r = 2 / options.lambda_max;
  const auto laplacian = [&](const tensor& t) {
    const tensor a = detail::hop(g, t, norm, norm * -r);
    return r == 1 ? a : a + t * (r - 1);
  };
  std::vector<tensor> terms{x.dense()};
  for (std::size_t i = 1; i < static_cast<std::size_t>(k); ++i) {
    const tensor next = laplacian(terms[i - 1]);
    terms.push_back(i == 1 ? next : next * 2 - terms[i - 2]);
  }
  return projection(concat(terms, 1));
}

}  // namespace edgefold
