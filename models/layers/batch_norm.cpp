#include <edgefold/models/layers/batch_norm.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

namespace edgefold {
namespace {

// Moves the running values towards `batch` * scale. They are handles: writing through a copy writes to the module's.
void move_towards(tensor running, const tensor& batch, double momentum, double scale) {
  float* to = running.mutable_data();
  for (const float value : batch.values()) {
    *to = static_cast<float>((1 - momentum) * *to + momentum * scale * value);
    ++to;
  }
}

}  // namespace

batch_norm::batch_norm(std::int64_t features, const batch_norm_options& chosen)
    : options(chosen),
      weight(detail::trained(ones({features}))),
      bias(detail::trained(zeros({features}))),
      running_mean(zeros({features})),
      running_var(ones({features})) {
  check(features >= 1, "batch_norm", "features is ", features, ", expected at least 1");
}

void batch_norm::track(const tensor& mean, const tensor& var, std::int64_t rows) const {
  const auto n = static_cast<double>(rows);
  move_towards(running_mean, mean, options.momentum, 1);
  move_towards(running_var, var, options.momentum, n / (n - 1));
  ++*basic_tensor<std::int64_t>(num_batches_tracked).mutable_data();
}

tensor batch_norm::operator()(const tensor& x) const {
  check(x.num_dims() == 2 && x.width() == weight.size(), "batch_norm", "x has shape ", x.shape(), ", expected (rows, ",
        weight.size(), ")");
  check(!training || x.rows() > 1, "batch_norm", x.rows(), " rows have no variance to train with");
  const tensor centre = training ? mean(x, 0) : detail::as_row(running_mean), d = x - centre;
  const tensor var = training ? mean(d * d, 0) : detail::as_row(running_var);
  const auto scale = [e = options.eps](auto v, auto w) { return w * rsqrt(v + e); };
  tensor y = d * elementwise(scale, var, detail::as_row(weight)) + detail::as_row(bias);
  if (training) track(centre, var, x.rows());  // last: where something throws, nothing has moved
  return y;
}

}  // namespace edgefold
