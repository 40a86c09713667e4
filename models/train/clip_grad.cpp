#include <edgefold/models/train/clip_grad.hpp>

#include <edgefold/core/parallel.hpp>

#include <cmath>

namespace edgefold {
namespace {

constexpr std::int64_t grain = 1 << 15;

// In lanes that do not wait for each other. (A float's square is exact in double.)
double sum_of_squares(const float* x, std::int64_t n) {
  constexpr std::int64_t lanes = 16;
  double sums[lanes] = {}, sum = 0;
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (std::int64_t k = 0; k < lanes; ++k) sums[k] += static_cast<double>(x[i + k]) * static_cast<double>(x[i + k]);
  for (; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  for (const double each : sums) sum += each;
  return sum;
}

double sum_of_squares(const tensor& t) {
  std::vector<double> parts(static_cast<std::size_t>((t.size() + grain - 1) / grain));
  const float* x = t.data();
  parallel_for(t.size(), grain, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / grain)] = sum_of_squares(x + begin, end - begin);
  });
  double sum = 0;
  for (const double each : parts) sum += each;
  return sum;
}

template <class F>
void change(tensor t, const F& f) {
  float* x = t.mutable_data();
  parallel_for(t.size(), grain, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) x[i] = f(x[i]);
  });
}

void check_defined(const std::vector<tensor>& parameters, std::string_view operation) {
  for (std::size_t i = 0; i < parameters.size(); ++i)
    check(parameters[i].defined(), operation, "parameter ", i, " is a tensor without storage");
}

}  // namespace

double clip_grad_norm(const std::vector<tensor>& parameters, double max_norm) {
  check(max_norm >= 0, "clip_grad_norm", "max_norm is ", max_norm, ", expected at least 0");
  check_defined(parameters, "clip_grad_norm");
  double sum = 0;
  for (const tensor& p : parameters) sum += sum_of_squares(p.grad());
  const double norm = std::sqrt(sum);
  if (norm <= max_norm) return norm;
  const double scale = max_norm / (norm + 1e-6);  // (for a large norm less than a float can hold)
  for (const tensor& p : parameters)
    change(p.grad(), [scale](float x) { return static_cast<float>(static_cast<double>(x) * scale); });
  return norm;
}

void clip_grad_value(const std::vector<tensor>& parameters, double limit) {
  check(limit >= 0, "clip_grad_value", "limit is ", limit, ", expected at least 0");
  check_defined(parameters, "clip_grad_value");
  const auto most = static_cast<float>(limit);
  for (const tensor& p : parameters)
    change(p.grad(), [most](float x) { return x > most ? most : x < -most ? -most : x; });  // NaN stays
}

}  // namespace edgefold
