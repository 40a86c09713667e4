#include <edgefold/ops/dense/dropout.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>

#include <algorithm>
#include <cmath>

namespace edgefold {
namespace {

// What is dropped is a function of the place alone, so that the vjp is the function itself.
struct dropout_mask {
  double p;
  std::uint64_t seed, stream;

  template <class T>
  basic_tensor<T> operator()(const basic_tensor<T>& x) const {
    constexpr std::int64_t words = 4;  // of one counter: one an element
    auto y = basic_tensor<T>::uninitialized(x.shape());
    const std::int64_t n = x.size();
    const auto limit = static_cast<std::uint64_t>(std::ceil(p * 0x1p32));  // words below it are dropped
    const T scale = static_cast<T>(1 / (1 - p));                           // infinite where none is left to be scaled
    parallel_for((n + words - 1) / words, 1 << 12,
                 [&, from = x.data(), to = y.mutable_data()](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t c = begin; c < end; ++c) {
                     const random_words r = philox(seed, static_cast<std::uint64_t>(c), stream);
                     for (std::int64_t i = c * words; i < std::min(n, (c + 1) * words); ++i)
                       to[i] = r.word[i - c * words] < limit ? T(0) : from[i] * scale;
                   }
                 });
    return y;
  }
};

}  // namespace

template <std::floating_point T>
basic_tensor<T> dropout(const basic_tensor<T>& x, double p, std::uint64_t seed, std::uint64_t stream) {
  check(x.defined(), "dropout", "x is a tensor without storage");
  check(p >= 0 && p <= 1, "dropout", "p is ", p, ", expected 0 <= p <= 1");
  const dropout_mask mask{p, seed, stream};
  auto y = mask(x);
  if (needs_grad(x))
    record(
        y, [mask](const basic_tensor<T>& g, const vjp_inputs& in) { in.add(0, mask(g)); }, x);
  return y;
}

template basic_tensor<float> dropout(const basic_tensor<float>&, double, std::uint64_t, std::uint64_t);
template basic_tensor<double> dropout(const basic_tensor<double>&, double, std::uint64_t, std::uint64_t);

}  // namespace edgefold
