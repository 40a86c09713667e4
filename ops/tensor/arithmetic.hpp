/// Arithmetic and functions of whole tensors and columns, element by element. Shapes broadcast as NumPy's do (rows:
/// equal or 1); throws std::invalid_argument where they do not, and for a tensor without storage. All but integers and
/// bools have gradients, summed over what an operand was spread.
#pragma once
#include <edgefold/core/tensor_like.hpp>

namespace edgefold {

#define EDGEFOLD_OPERATOR(symbol, name)                                                            \
  namespace detail {                                                                               \
  template <element T>                                                                             \
  basic_tensor<T> name##_tensors(const basic_tensor<T>& a, const basic_tensor<T>& b);              \
  template <element T>                                                                             \
  basic_tensor<T> name##_number(const basic_tensor<T>& a, T b);                                    \
  template <element T>                                                                             \
  basic_tensor<T> number_##name(T a, const basic_tensor<T>& b);                                    \
  } /** Of tensors, columns and numbers of one scalar type; a number takes that of the tensor, and \
        is an error where that cannot hold it (int64 + .5). Integers: x / 0 is 0. @{ */            \
  template <tensor_like A, tensor_like B>                                                          \
  auto operator symbol(const A& a, const B& b) {                                                   \
    return detail::name##_tensors(as_tensor(a), as_tensor(b));                                     \
  }                                                                                                \
  template <tensor_like A, class B>                                                                \
  requires std::is_arithmetic_v<B>                                                                 \
  auto operator symbol(const A& a, B b) {                                                          \
    return detail::name##_number(as_tensor(a), detail::exactly<scalar_of<A>>(b, #name, "number")); \
  }                                                                                                \
  template <class A, tensor_like B>                                                                \
  requires std::is_arithmetic_v<A>                                                                 \
  auto operator symbol(A a, const B& b) {                                                          \
    return detail::number_##name(detail::exactly<scalar_of<B>>(a, #name, "number"), as_tensor(b)); \
  } /** @} */
EDGEFOLD_OPERATOR(+, add)
EDGEFOLD_OPERATOR(-, sub)
EDGEFOLD_OPERATOR(*, mul)
EDGEFOLD_OPERATOR(/, div)
#undef EDGEFOLD_OPERATOR

namespace detail {
template <class T>
concept numeric = element<T> && !std::same_as<T, bool>;
}

// Which types there are kernels for; the others are refused with a sentence.
#define EDGEFOLD_FUNCTION(name, condition, sentence)   \
  namespace detail {                                   \
  template <element T>                                 \
  basic_tensor<T> name##_of(const basic_tensor<T>& x); \
  }                                                    \
  template <tensor_like X>                             \
  auto name(const X& x) {                              \
    static_assert(condition<scalar_of<X>>, sentence);  \
    return detail::name##_of(as_tensor(x));            \
  }
#define EDGEFOLD_FLOAT_FUNCTION(name) \
  EDGEFOLD_FUNCTION(name, std::floating_point, #name " needs float or double values")
EDGEFOLD_FLOAT_FUNCTION(exp)       ///< e to the x; this and the others: of float and double, shape of x
EDGEFOLD_FLOAT_FUNCTION(log)       ///< natural logarithm
EDGEFOLD_FLOAT_FUNCTION(sqrt)      ///< square root
EDGEFOLD_FLOAT_FUNCTION(rsqrt)     ///< 1 / sqrt(x)
EDGEFOLD_FLOAT_FUNCTION(tanh)      ///< hyperbolic tangent
EDGEFOLD_FLOAT_FUNCTION(sigmoid)   ///< 1 / (1 + exp(-x)), without overflow
EDGEFOLD_FLOAT_FUNCTION(softplus)  ///< log(1 + exp(x)), without overflow
#define EDGEFOLD_NUMBER_FUNCTION(name) EDGEFOLD_FUNCTION(name, detail::numeric, #name " of bools is none: cast them")
EDGEFOLD_NUMBER_FUNCTION(abs)           ///< |x|; of integers too, its derivative at 0 is 0
EDGEFOLD_NUMBER_FUNCTION(relu)          ///< max(x, 0); of integers too, its derivative at 0 is 0
EDGEFOLD_FUNCTION(negate, element, "")  ///< -x; of any type
#undef EDGEFOLD_NUMBER_FUNCTION
#undef EDGEFOLD_FLOAT_FUNCTION
#undef EDGEFOLD_FUNCTION

/// negate(x).
template <tensor_like X>
auto operator-(const X& x) {
  return negate(x);
}

namespace detail {
template <element T>
basic_tensor<T> leaky_relu_of(const basic_tensor<T>& x, double slope);
template <element T>
basic_tensor<T> elu_of(const basic_tensor<T>& x, double alpha);
template <element T>
basic_tensor<T> clamp_min_of(const basic_tensor<T>& x, double least);
}  // namespace detail

/// x, or slope x below 0 (0.01 is torch's, GAT's is 0.2). Of float and double.
template <tensor_like X>
auto leaky_relu(const X& x, double slope = 0.01) {
  static_assert(std::floating_point<scalar_of<X>>, "leaky_relu needs float or double values");
  return detail::leaky_relu_of(as_tensor(x), slope);
}
/// x, or alpha (exp(x) - 1) below 0 (Clevert et al. 2016). Of float and double.
template <tensor_like X>
auto elu(const X& x, double alpha = 1) {
  static_assert(std::floating_point<scalar_of<X>>, "elu needs float or double values");
  return detail::elu_of(as_tensor(x), alpha);
}
/// Elements below `least` become `least`, without a gradient; integers too, where `least` must be one.
template <tensor_like X>
auto clamp_min(const X& x, double least) {
  static_assert(detail::numeric<scalar_of<X>>, "clamp_min of bools is none: cast them");
  return detail::clamp_min_of(as_tensor(x), least);
}

namespace detail {
template <element T>
basic_tensor<T> sum_last_of(const basic_tensor<T>& x);
}
/// Sum over the last dim, which becomes 1: (rows, dims..., k) gives (rows, dims..., 1). Throws where there is none.
template <tensor_like X>
auto sum_last(const X& x) {
  static_assert(detail::numeric<scalar_of<X>>, "sum_last of bools is none: cast them");
  return detail::sum_last_of(as_tensor(x));
}

}  // namespace edgefold
