#include <edgefold/models/layers/dropout_layer.hpp>

#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/dropout.hpp>

namespace edgefold {

dropout_layer::dropout_layer(double probability, std::uint64_t chosen_seed, std::uint64_t chosen_stream)
    : p(probability), seed(chosen_seed), stream(chosen_stream) {
  check(p >= 0 && p <= 1, "dropout_layer", "p is ", p, ", expected 0 <= p <= 1");
}

// A seed of the layer's own, so that the calls can be its streams.
std::uint64_t dropout_layer::own_seed() const {
  const random_words own = philox(seed, ~std::uint64_t{0}, stream);
  return own.word[0] | std::uint64_t{own.word[1]} << 32;
}

template <class X>
X dropout_layer::apply(const X& x) const {
  if (!active()) return x;
  X y = dropout(x, p, own_seed(), calls);
  ++calls;  // a call that throws does not count
  return y;
}

tensor dropout_layer::operator()(const tensor& x) const { return apply(x); }
features dropout_layer::operator()(const features& x) const { return apply(x); }

}  // namespace edgefold
