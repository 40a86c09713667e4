/// Arguments that may be a tensor or a column of one.
#pragma once
#include <concepts>

#include <edgefold/core/frame.hpp>

namespace edgefold {
namespace detail {

template <class X>
struct tensor_like_traits : std::bool_constant<std::derived_from<X, const_column>> {
  static basic_tensor<float> tensor_of(const X& x) { return x.as(); }
};
template <element T>
struct tensor_like_traits<basic_tensor<T>> : std::true_type {
  static const basic_tensor<T>& tensor_of(const basic_tensor<T>& x) { return x; }
};

}  // namespace detail

/// A tensor, or a column (of floats).
template <class X>
concept tensor_like = detail::tensor_like_traits<X>::value;

/// The tensor itself, or that of the column.
template <tensor_like X>
decltype(auto) as_tensor(const X& x) {
  return detail::tensor_like_traits<X>::tensor_of(x);
}

/// Its element type.
template <tensor_like X>
using scalar_of = typename std::remove_cvref_t<decltype(detail::tensor_like_traits<X>::tensor_of(
    std::declval<const X&>()))>::value_type;

}  // namespace edgefold
