#include <edgefold/ops/dense/grad_check.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace edgefold {
namespace {

using array = basic_tensor<double>;

std::string text_of(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", x);
  return text;
}

// The place of an element in its tensor, as the shape counts.
std::string place_of(std::int64_t element, const shape_type& shape) {
  shape_type place = shape;
  for (std::size_t d = shape.size(); d-- > 0; element /= shape[d]) place[d] = element % shape[d];
  return to_string(place);
}

// All elements, or one of each of `most` runs of equal length.
std::vector<std::int64_t> elements_to_check(std::int64_t size, std::int64_t most, std::uint64_t seed,
                                            std::uint64_t stream) {
  const std::int64_t n = std::min(size, most);
  std::vector<std::int64_t> all(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const double u = n < size ? philox(seed, static_cast<std::uint64_t>(i), stream).word[0] * 0x1p-32 : 0;
    const double at = (static_cast<double>(i) + u) * (static_cast<double>(size) / static_cast<double>(n));
    all[static_cast<std::size_t>(i)] = std::min(static_cast<std::int64_t>(at), size - 1);
  }
  return all;
}

struct gradient_pair {
  std::int64_t element;
  double backward, differences;
  double rounding;  // of `differences`
};

// Both gradients of element e of inputs[i]; `gradient` is what backward() has computed for the input.
gradient_pair both_gradients(const checked_function& f, const array& weight, std::vector<array>& inputs, std::size_t i,
                             std::int64_t e, const array& gradient, double relative_step) {
  const array before = inputs[i];
  const double x = before.data()[e], step = relative_step * std::max(1.0, std::abs(x));
  auto moved = [&](double to) {
    inputs[i] = before.clone();  // a new one: the function may keep it
    inputs[i].mutable_data()[e] = to;
    array y = f(inputs);
    check(y.shape() == weight.shape(), "grad_check", "the function gave shape ", weight.shape(), ", then ", y.shape());
    return y;
  };
  const array above = moved(x + step), below = moved(x - step);
  inputs[i] = before;
  double sum = 0, terms = 0;
  for (std::int64_t k = 0; k < weight.size(); ++k) {  // what the element does not reach cancels without rounding
    const double difference = above.data()[k] - below.data()[k];
    if (difference == 0) continue;
    sum += weight.data()[k] * difference;
    terms += std::abs(weight.data()[k]) * std::max(std::abs(above.data()[k]), std::abs(below.data()[k]));
  }
  const double apart = (x + step) - (x - step);
  return {e, gradient.defined() ? gradient.data()[e] : 0, sum / apart,
          8 * std::numeric_limits<double>::epsilon() * terms / apart};
}

// Takes the pairs of input i into the result.
void compare(const std::vector<gradient_pair>& pairs, std::size_t i, const shape_type& shape,
             const grad_check_options& options, grad_check_result& result) {
  double largest = std::numeric_limits<double>::min();
  for (const auto& p : pairs) largest = std::max({largest, std::abs(p.backward), std::abs(p.differences)});
  for (const auto& p : pairs) {
    double d = std::abs(p.backward - p.differences);
    d = std::isfinite(d) ? d / std::max(largest, p.rounding / options.tolerance) : INFINITY;
    if (d < result.worst || (d == result.worst && !result.where.empty())) continue;
    result.worst = d;
    result.where = "input " + std::to_string(i) + ", element " + place_of(p.element, shape) + " of shape " +
                   to_string(shape) + ": backward() gives " + text_of(p.backward) + ", central differences give " +
                   text_of(p.differences);
  }
  result.ok = result.worst <= options.tolerance;
}

}  // namespace

grad_check_result grad_check(const checked_function& f, const std::vector<array>& inputs,
                             const grad_check_options& options) {
  check(options.step > 0 && options.tolerance > 0 && options.max_elements > 0, "grad_check",
        "expected a positive step, tolerance and number of elements, got ", options.step, ", ", options.tolerance,
        " and ", options.max_elements);
  check(grad_enabled(), "grad_check", "called within a no_grad, where no gradient is recorded");
  std::vector<array> leaves, moving;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check(inputs[i].defined(), "grad_check", "input ", i, " is a tensor without storage");
    moving.push_back(inputs[i].detach());
    leaves.push_back(moving.back().clone().set_requires_grad());
  }
  const array y = f(leaves);
  check(y.defined(), "grad_check", "the function gave a tensor without storage");
  const array weight = random_normal<double>(y.shape(), options.seed, inputs.size());
  if (y.requires_grad()) y.backward(weight);
  const no_grad scope;
  grad_check_result result;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::vector<gradient_pair> pairs;
    for (const std::int64_t e : elements_to_check(inputs[i].size(), options.max_elements, options.seed, i))
      pairs.push_back(both_gradients(f, weight, moving, i, e, leaves[i].grad(), options.step));
    compare(pairs, i, inputs[i].shape(), options, result);
  }
  return result;
}

}  // namespace edgefold
