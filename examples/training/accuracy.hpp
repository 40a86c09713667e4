/// How often a network is right.
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold::examples {

/// The share of rows, in percent, whose greatest logit, (rows, classes), is that of the label, (rows).
double accuracy(const tensor& logits, const basic_tensor<std::int64_t>& labels);

}  // namespace edgefold::examples
