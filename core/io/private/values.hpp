/// The values of arrays on their way from file to tensor. Private to the readers.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

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
  in.read(t.mutable_data(), static_cast<std::size_t>(t.size()) * sizeof(T));
  return t;
}

/// Calls f(value) with the next `count` values of `in`.
template <class Stored, class F>
void for_each_value(byte_source& in, std::int64_t count, const F& f) {
  std::array<Stored, 4096> some;
  for (std::int64_t done = 0; done < count; done += std::ssize(some)) {
    const std::size_t n = std::min(some.size(), static_cast<std::size_t>(count - done));
    in.read(some.data(), n * sizeof(Stored));
    for (std::size_t i = 0; i < n; ++i) f(some[i]);
  }
}

/// The same of values that stand there as `Stored`: element i is convert(value i).
template <element T, class Stored, class Convert>
basic_tensor<T> read_values(byte_source& in, const shape_type& shape, const Convert& convert) {
  auto t = basic_tensor<T>::uninitialized(shape);
  T* to = t.mutable_data();
  for_each_value<Stored>(in, t.size(), [&](Stored x) { *to++ = convert(x); });
  return t;
}

/// The same of values in Fortran order, the first dim fastest.
template <element T, class Stored, class Convert>
basic_tensor<T> read_fortran_values(byte_source& in, const shape_type& shape, const Convert& convert) {
  auto t = basic_tensor<T>::uninitialized(shape);
  const std::size_t dims = shape.size();
  std::vector<std::int64_t> stride(dims, 1), at(dims, 0);
  for (std::size_t d = dims; d-- > 1;) stride[d - 1] = stride[d] * shape[d];
  T* const to = t.mutable_data();
  std::int64_t next = 0;
  for_each_value<Stored>(in, t.size(), [&](Stored x) {
    to[next] = convert(x);
    for (std::size_t d = 0; d < dims; ++d) {
      next += stride[d];
      if (++at[d] < shape[d]) break;
      next -= stride[d] * shape[d];
      at[d] = 0;
    }
  });
  return t;
}

/// An unsigned integer of `Size` bytes.
template <std::size_t Size>
using bits = std::conditional_t<
    Size == 1, std::uint8_t,
    std::conditional_t<Size == 2, std::uint16_t, std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>>;

/// The bytes of `x` in the other order.
template <class Bits>
Bits swapped(Bits x) {
  if constexpr (sizeof(Bits) == 2) return __builtin_bswap16(x);
  else if constexpr (sizeof(Bits) == 4) return __builtin_bswap32(x);
  else if constexpr (sizeof(Bits) == 8) return __builtin_bswap64(x);
  else return x;
}

/// IEEE 754's binary16 as float: a sign, 5 bits of exponent, 10 of fraction.
inline float from_float16(std::uint16_t x) {
  const std::uint32_t sign = (x & 0x8000U) << 16, exponent = x >> 10 & 31U, fraction = x & 1023U;
  if (exponent == 0) {  // 0 and the subnormal ones, which are normal in float
    const float size = static_cast<float>(fraction) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(size));
  }
  return std::bit_cast<float>(sign | (exponent == 31 ? 255U : exponent + 112U) << 23 | fraction << 13);
}

/// Of unsigned 64-bit integers that stand in `t`, throws unsupported_error for one that int64 does not hold. Errors
/// begin with `what`.
inline void check_unsigned(const byte_source& in, const basic_tensor<std::int64_t>& t, std::string_view what) {
  const auto values = t.values();
  const auto bad = std::find_if(values.begin(), values.end(), [](std::int64_t x) { return x < 0; });
  if (bad != values.end())
    in.support(false, what, "unsigned 64-bit integer ", static_cast<std::uint64_t>(*bad), " does not fit int64");
}

}  // namespace edgefold::detail
