// The dense layers of CapsNet (Sabour et al. 2017) at batch 128, float32, forward and backward (all gradients), beside
// one plain Eigen product of as many multiply-adds on one thread.
#include <benchmark/benchmark.h>

#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/conv2d.hpp>
#include <edgefold/ops/dense/matmul.hpp>

using namespace edgefold;

namespace {

void report(benchmark::State& state, double multiply_adds) {
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * multiply_adds, benchmark::Counter::kIsIterationInvariantRate);
}

template <class Operation>
void forward(benchmark::State& state, double multiply_adds, const Operation& operation) {
  for (auto _ : state) benchmark::DoNotOptimize(operation());
  report(state, multiply_adds);
}

// `operation` gives the result whose gradient is taken back.
template <class Operation>
void backward(benchmark::State& state, double multiply_adds, const Operation& operation) {
  tensor seed;
  for (auto _ : state) {
    state.PauseTiming();
    const tensor y = operation();
    if (!seed.defined()) seed = random_normal(y.shape(), 9);
    state.ResumeTiming();
    y.backward(seed);
  }
  report(state, 2 * multiply_adds);
}

void eigen_product(benchmark::State& state, std::int64_t n, std::int64_t k, std::int64_t m) {
  const tensor a = random_normal({n, k}, 1), b = random_normal({k, m}, 2);
  tensor c({n, m});
  for (auto _ : state) c.mutable_matrix().noalias() = a.matrix() * b.matrix();
  report(state, static_cast<double>(n) * static_cast<double>(k) * static_cast<double>(m));
}

// Argument 0: the first convolution; 1: the primary capsules.
struct convolution {
  tensor x, weight, bias;
  std::int64_t stride, pixels;
  explicit convolution(std::int64_t which, bool gradients)
      : x(random_normal(which == 0 ? shape_type{128, 1, 28, 28} : shape_type{128, 256, 20, 20}, 1)),
        weight(random_normal({256, x.shape()[1], 9, 9}, 2)),
        bias(random_normal({256}, 3)),
        stride(which == 0 ? 1 : 2),
        pixels(128 * (which == 0 ? 400 : 36)) {
    if (!gradients) return;
    if (which == 1) x.set_requires_grad();  // nobody asks for the gradient of the digits
    weight.set_requires_grad();
    bias.set_requires_grad();
  }
  tensor operator()() const { return conv2d(x, weight, bias, stride); }
  double work() const { return static_cast<double>(weight.size()) * static_cast<double>(pixels); }
};

void conv2d_forward(benchmark::State& state) {
  const convolution layer(state.range(0), false);
  forward(state, layer.work(), layer);
}
void conv2d_backward(benchmark::State& state) {
  const convolution layer(state.range(0), true);
  backward(state, layer.x.requires_grad() ? layer.work() : layer.work() / 2, layer);
}
void conv2d_eigen(benchmark::State& state) {
  const convolution layer(state.range(0), false);
  eigen_product(state, layer.pixels, layer.weight.width(), 256);
}

// The product of two factors, or its gradients.
template <class Operation>
void factors(benchmark::State& state, bool gradients, tensor a, tensor b, double multiply_adds,
             const Operation& operation) {
  if (!gradients) return forward(state, multiply_adds, [&] { return operation(a, b); });
  a.set_requires_grad();
  b.set_requires_grad();
  backward(state, multiply_adds, [&] { return operation(a, b); });
}

// (128, k) (k, m): a layer of the decoder.
void decoder(benchmark::State& state, bool gradients) {
  const std::int64_t k = state.range(0), m = state.range(1);
  factors(state, gradients, random_normal({128, k}, 1), random_normal({k, m}, 2), 128.0 * static_cast<double>(k * m),
          matmul<float>);
}
void matmul_forward(benchmark::State& state) { decoder(state, false); }
void matmul_backward(benchmark::State& state) { decoder(state, true); }
void matmul_eigen(benchmark::State& state) { eigen_product(state, 128, state.range(0), state.range(1)); }

// The votes of 1152 capsules, (128, 8) (8, 160) each.
void votes(benchmark::State& state, bool gradients) {
  factors(state, gradients, random_normal({1152, 128, 8}, 1), random_normal({1152, 8, 160}, 2), 1152.0 * 128 * 8 * 160,
          batched_matmul<float>);
}
void batched_matmul_forward(benchmark::State& state) { votes(state, false); }
void batched_matmul_backward(benchmark::State& state) { votes(state, true); }

#define LAYERS(name) \
  BENCHMARK(name)->Args({160, 512})->Args({512, 1024})->Args({1024, 784})->Unit(benchmark::kMillisecond)->UseRealTime()
#define CONVOLUTIONS(name) BENCHMARK(name)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()
CONVOLUTIONS(conv2d_forward);
CONVOLUTIONS(conv2d_backward);
CONVOLUTIONS(conv2d_eigen);
LAYERS(matmul_forward);
LAYERS(matmul_backward);
LAYERS(matmul_eigen);
BENCHMARK(batched_matmul_forward)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(batched_matmul_backward)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
