/// Limits for the gradients of parameters, between backward() and step().
#pragma once
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// Where the Euclidean norm of all gradients, taken as one vector, is above `max_norm`: multiplies them all by
/// max_norm / (norm + 1e-6), as torch does. Gives the norm that was before; sums are in double and in a fixed order.
/// Parameters without a gradient count as 0. Throws for a negative max_norm, and a parameter without storage.
double clip_grad_norm(const std::vector<tensor>& parameters, double max_norm);

/// Moves each element of the gradients into [-limit, limit]; throws for a negative limit, and a parameter without
/// storage.
void clip_grad_value(const std::vector<tensor>& parameters, double limit);

}  // namespace edgefold
