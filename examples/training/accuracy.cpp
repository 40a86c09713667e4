#include <training/accuracy.hpp>

#include <edgefold/ops/dense/reduction.hpp>

namespace edgefold::examples {

double accuracy(const tensor& logits, const basic_tensor<std::int64_t>& labels) {
  const auto predicted = argmax_last(logits);
  double right = 0;
  for (std::int64_t i = 0; i < labels.size(); ++i) right += predicted.at(i) == labels.at(i);
  return 100 * right / static_cast<double>(labels.size());
}

}  // namespace edgefold::examples
