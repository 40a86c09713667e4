#include <edgefold/core/types.hpp>

#include <edgefold/core/error.hpp>

#include <cstdio>
#include <stdexcept>

namespace edgefold {

std::int64_t num_elements(const shape_type& shape) {
  std::int64_t n = 1;
  for (std::int64_t d : shape) {
    check(d >= 0, "tensor", "a dim is negative in shape ", shape);
    check(!__builtin_mul_overflow(n, d, &n), "tensor", "shape ", shape, " has more than 2^63 elements");
  }
  return n;
}

shape_type with_last_dim(shape_type shape, std::int64_t size) {
  if (!shape.empty()) shape.back() = size;
  return shape;
}

std::string to_string(const shape_type& shape) {
  std::string s = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) s += (i ? ", " : "") + std::to_string(shape[i]);
  return s + ")";
}

namespace detail {
namespace {
std::string join(std::string_view operation, std::initializer_list<std::string> parts) {
  std::string s = "[";
  s.append(operation).append("] ");
  for (const std::string& p : parts) s += p;
  return s;
}
}  // namespace

std::string short_text(double n) {
  char text[32];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "%g", n))};
}

void throw_invalid(std::string_view operation, std::initializer_list<std::string> parts) {
  throw std::invalid_argument(join(operation, parts));
}
void throw_runtime(std::string_view operation, std::initializer_list<std::string> parts) {
  throw std::runtime_error(join(operation, parts));
}
}  // namespace detail
}  // namespace edgefold
