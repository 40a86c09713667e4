// A training step of CapsNet on 128 images by part, forward and backward.
#include <edgefold/models/capsnet.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/conv2d.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include "common.hpp"

using namespace edgefold;

namespace {

constexpr std::int64_t batch = 128;

capsnet& model() {
  static capsnet net;
  return net;
}
tensor leaf(shape_type shape) {
  tensor t = random_normal(std::move(shape), 1);
  return t.set_requires_grad();
}

// Times `part(leaf)` under no_grad, and the backward pass of it.
template <class Part>
void forward(benchmark::State& state, const tensor& x, const Part& part) {
  const no_grad scope;
  for (auto _ : state) benchmark::DoNotOptimize(part(x));
}
template <class Part>
void backward(benchmark::State& state, tensor x, const Part& part) {
  const tensor seed = random_normal(part(x).shape(), 2);
  for (auto _ : state) {
    state.PauseTiming();
    x.zero_grad();
    zero_grad(model());
    const tensor y = part(x);
    state.ResumeTiming();
    y.backward(seed);
  }
}

#define PART(name, shape, ...)                                                         \
  tensor name(const tensor& x) { return __VA_ARGS__; }                                 \
  void name##_forward(benchmark::State& state) { forward(state, leaf shape, name); }   \
  void name##_backward(benchmark::State& state) { backward(state, leaf shape, name); } \
  BENCHMARK(name##_forward)->Unit(benchmark::kMillisecond)->UseRealTime();             \
  BENCHMARK(name##_backward)->Unit(benchmark::kMillisecond)->UseRealTime()

PART(conv1, ({batch, 1, 28, 28}), relu(conv2d(x, model().conv1.weight, model().conv1.bias)));
PART(primary, ({batch, 256, 20, 20}), conv2d(x, model().primary.weight, model().primary.bias, 2));
PART(squashed, ({batch, 256, 6, 6}),
     squash(permute(x.reshape({batch, 32, 8, 36}), {1, 3, 0, 2}).reshape({1152, batch, 8})));
PART(u_hat, ({1152, batch, 8}),
     transpose(batched_matmul(x, transpose(model().digit.reshape({1152, 160, 8}), 1, 2)).reshape({1152, batch, 10, 16}),
               1, 2)
         .reshape({11520, batch, 16}));
PART(routing, ({11520, batch, 16}), dynamic_routing(model().routes, x, 3));
PART(routing_shared, ({11520, batch, 16}), dynamic_routing(model().routes, x, 3, routing_logits::shared));
PART(decoder, ({batch, 10, 16}), model().reconstruct(x, random_integers({batch}, 10, 3)));

void optimiser(benchmark::State& state) {
  adam opt(parameters(model()));
  for (tensor& p : parameters(model())) p.backward(p.detach());
  for (auto _ : state) opt.step();
}
BENCHMARK(optimiser)->Unit(benchmark::kMillisecond)->UseRealTime();

void step(benchmark::State& state) {
  capsnet net;
  adam opt(parameters(net));
  const tensor images = random_uniform({batch, 1, 28, 28}, 1);
  const auto labels = random_integers({batch}, 10, 2);
  for (auto _ : state) {
    opt.zero_grad();
    const tensor capsules = net.capsules(images);
    capsnet_loss(capsules, labels, net.reconstruct(capsules, labels), images).backward();
    opt.step();
  }
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(batch), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(step)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
