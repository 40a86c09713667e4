/// Ids, shapes and the scalar types a column may have.
#pragma once
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace edgefold {

using vertex_id = std::int32_t;                ///< vertices are numbered 0 .. n-1, n <= 2^31 - 1
using edge_id = std::int64_t;                  ///< position of an edge in the user's input
using shape_type = std::vector<std::int64_t>;  ///< (rows, dims...)

/// The element types of a tensor.
template <class T>
concept element = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, bool>;

/// "float", "double", "int32", "int64" or "bool": how errors call a scalar type.
template <element T>
constexpr std::string_view scalar_name() {
  if constexpr (std::same_as<T, float>) return "float";
  else if constexpr (std::same_as<T, double>) return "double";
  else if constexpr (std::same_as<T, std::int32_t>) return "int32";
  else if constexpr (std::same_as<T, std::int64_t>) return "int64";
  else return "bool";
}

/// Whether a T can be `value`: integers are the whole numbers of their range, bools 0 and 1; floats take any, rounded.
template <element T, class N>
requires std::is_arithmetic_v<N>
bool can_hold(N value) {
  using limits = std::numeric_limits<T>;
  if constexpr (std::floating_point<T>) return true;
  else if constexpr (std::same_as<T, bool>) return value == N(0) || value == N(1);
  else if constexpr (std::integral<N>) return std::in_range<T>(+value);
  else
    return value >= static_cast<N>(limits::lowest()) && value < std::ldexp(N(1), limits::digits) &&
           value == std::trunc(value);
}

/// Number of elements of `shape`; throws where the product does not fit 63 bits or a dim is negative.
std::int64_t num_elements(const shape_type& shape);

/// `shape` with `size` as its last dim; one without dims stays as it is.
shape_type with_last_dim(shape_type shape, std::int64_t size);

/// "(3, 64)".
std::string to_string(const shape_type& shape);

}  // namespace edgefold
