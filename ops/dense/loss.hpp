/// Losses: what training makes small. Each is one number, of shape (1, 1).
#pragma once
#include <edgefold/core/tensor.hpp>

namespace edgefold {

// Of float and double, summed in a fixed order. Labels are numbers of classes, one a row, in shape (n) or (n, 1). All
// throw where shapes do not fit or there is nothing to take the mean of.

/// The mean over rows of -log_softmax(logits)[label]: logits (n, classes). Throws for a label out of range.
template <std::floating_point T>
basic_tensor<T> cross_entropy(const basic_tensor<T>& logits, const basic_tensor<std::int64_t>& labels);

/// The mean over elements of -(t log(p) + (1 - t) log(1 - p)) with p = sigmoid(logits): targets t from 0 to 1, of the
/// shape of the logits. Computed from the logits: large ones neither overflow nor lose the small probability.
template <std::floating_point T>
basic_tensor<T> binary_cross_entropy_with_logits(const basic_tensor<T>& logits, const basic_tensor<T>& targets);

/// The mean over elements of (x - y)^2: two tensors of one shape.
template <std::floating_point T>
basic_tensor<T> mse(const basic_tensor<T>& x, const basic_tensor<T>& y);

/// The margin loss of capsules (Sabour et al. 2017, eq. 4): v (n, classes, d). With r = |v| of a class, that of the
/// label adds max(0, m_plus - r)^2, any other lambda max(0, r - m_minus)^2; summed over classes, the mean over rows.
/// Where |v| is 0 the gradient is 0. Throws for a label out of range.
template <std::floating_point T>
basic_tensor<T> margin_loss(const basic_tensor<T>& v, const basic_tensor<std::int64_t>& labels, double m_plus = 0.9,
                            double m_minus = 0.1, double lambda = 0.5);

}  // namespace edgefold
