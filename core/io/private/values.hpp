/// The values of arrays on their way from file to tensor. Private to the readers.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/tensor.hpp>

namespace edgefold::detail {

static_assert(std::endian::native == std::endian::little, "values are read and written as they stand in memory");

/// The bytes of `shape` at `stored` bytes an element; none where they, or a tensor with `held` bytes an element, would
/// not fit 63 bits.
inline std::optional<std::uint64_t> num_bytes(const shape_type& shape, std::size_t stored, std::size_t held) {
  std::uint64_t bytes = stored, bound = std::max(stored, held);
  for (std::int64_t d : shape) {
    const auto dim = static_cast<std::uint64_t>(d);
    bytes *= dim;  // wraps only where `bound`, which leaves out zeros, overflows
    const bool overflows = __builtin_mul_overflow(bound, std::max<std::uint64_t>(dim, 1), &bound);
    if (overflows || bound > INT64_MAX) return {};
  }
  return bytes;
}

/// A tensor of the next values of `in`, which has as many as `shape` holds: the caller has checked.
template <element T>
basic_tensor<T> read_values(byte_source& in, const shape_type& shape) {
  auto t = basic_tensor<T>::uninitialized(shape);
  in.read(t.data(), static_cast<std::size_t>(t.size()) * sizeof(T));
  return t;
}

/// The same of values that stand there as `Stored`: element i is convert(value i).
template <element T, class Stored, class Convert>
basic_tensor<T> read_values(byte_source& in, const shape_type& shape, const Convert& convert) {
  auto t = basic_tensor<T>::uninitialized(shape);
  T* to = t.data();
  std::array<Stored, 4096> some;
  for (std::int64_t done = 0; done < t.size(); done += std::ssize(some)) {
    const std::size_t n = std::min(some.size(), static_cast<std::size_t>(t.size() - done));
    in.read(some.data(), n * sizeof(Stored));
    for (std::size_t i = 0; i < n; ++i) *to++ = convert(some[i]);
  }
  return t;
}

}  // namespace edgefold::detail
