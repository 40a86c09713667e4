#include <edgefold/models/train/init.hpp>

#include <edgefold/core/parallel.hpp>

#include <cmath>

namespace edgefold {
namespace {

tensor uniform(shape_type shape, double bound, std::uint64_t seed, std::uint64_t stream) {
  const auto b = static_cast<float>(bound);
  return random_uniform(std::move(shape), seed, -b, b, stream);
}

// fan_in + fan_out
double both_fans(const shape_type& shape, std::string_view operation, double gain) {
  check(shape.size() >= 2, operation, "shape ", shape, " has fewer than two dims: there is no fan in and fan out");
  check(gain > 0 && std::isfinite(gain), operation, "gain is ", gain, ", expected a positive number");
  double rest = 1;
  for (std::size_t i = 2; i < shape.size(); ++i) rest *= static_cast<double>(shape[i]);
  const double fans = static_cast<double>(shape[0] + shape[1]) * rest;
  check(fans > 0, operation, "shape ", shape, " has no fan in and fan out");
  return fans;
}

}  // namespace

tensor kaiming_uniform(shape_type shape, std::int64_t fan_in, std::uint64_t seed, std::uint64_t stream,
                       double negative_slope) {
  check(fan_in >= 1, "kaiming_uniform", "fan_in is ", fan_in, ", expected at least 1");
  check(std::isfinite(negative_slope), "kaiming_uniform", "negative_slope is ", negative_slope);
  const double bound = std::sqrt(6 / ((1 + negative_slope * negative_slope) * static_cast<double>(fan_in)));
  return uniform(std::move(shape), bound, seed, stream);
}

tensor xavier_uniform(shape_type shape, std::uint64_t seed, std::uint64_t stream, double gain) {
  const double bound = gain * std::sqrt(6 / both_fans(shape, "xavier_uniform", gain));
  return uniform(std::move(shape), bound, seed, stream);
}

tensor xavier_normal(shape_type shape, std::uint64_t seed, std::uint64_t stream, double gain) {
  const double deviation = gain * std::sqrt(2 / both_fans(shape, "xavier_normal", gain));
  return normal(std::move(shape), 0, deviation, seed, stream);
}

tensor normal(shape_type shape, double mean, double standard_deviation, std::uint64_t seed, std::uint64_t stream) {
  check(standard_deviation >= 0, "normal", "the standard deviation is ", standard_deviation, ", expected at least 0");
  tensor t = random_normal(std::move(shape), seed, stream);
  float* p = t.mutable_data();
  const auto m = static_cast<float>(mean), s = static_cast<float>(standard_deviation);
  parallel_for(t.size(), 1 << 16, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) p[i] = m + s * p[i];
  });
  return t;
}

}  // namespace edgefold
