#include <edgefold/ops/tensor/arithmetic.hpp>

#include <edgefold/ops/tensor/elementwise.hpp>

namespace edgefold::detail {

// A number is a tensor of one element: the same kernels serve it.
template <element T>
basic_tensor<T> number(T x) {
  return basic_tensor<T>({1}, {x});
}

#define EDGEFOLD_OPERATOR(name)                                                        \
  template <element T>                                                                 \
  basic_tensor<T> name##_tensors(const basic_tensor<T>& a, const basic_tensor<T>& b) { \
    return elementwise(functor::name{}, a, b);                                         \
  }                                                                                    \
  template <element T>                                                                 \
  basic_tensor<T> name##_number(const basic_tensor<T>& a, T b) {                       \
    return name##_tensors(a, number(b));                                               \
  }                                                                                    \
  template <element T>                                                                 \
  basic_tensor<T> number_##name(T a, const basic_tensor<T>& b) {                       \
    return name##_tensors(number(a), b);                                               \
  }
EDGEFOLD_OPERATOR(add)
EDGEFOLD_OPERATOR(sub)
EDGEFOLD_OPERATOR(mul)
EDGEFOLD_OPERATOR(div)
#undef EDGEFOLD_OPERATOR

template <element T>
basic_tensor<T> negate_of(const basic_tensor<T>& x) {
  return elementwise([](const auto& a) { return -a; }, x);
}

#define EDGEFOLD_INSTANTIATE(T, name)                                                      \
  template basic_tensor<T> name##_tensors(const basic_tensor<T>&, const basic_tensor<T>&); \
  template basic_tensor<T> name##_number(const basic_tensor<T>&, T);                       \
  template basic_tensor<T> number_##name(T, const basic_tensor<T>&);
#define EDGEFOLD_INSTANTIATE_ALL(T) \
  EDGEFOLD_INSTANTIATE(T, add)      \
  EDGEFOLD_INSTANTIATE(T, sub)      \
  EDGEFOLD_INSTANTIATE(T, mul)      \
  EDGEFOLD_INSTANTIATE(T, div)      \
  template basic_tensor<T> negate_of(const basic_tensor<T>&);
EDGEFOLD_INSTANTIATE_ALL(float)
EDGEFOLD_INSTANTIATE_ALL(double)
EDGEFOLD_INSTANTIATE_ALL(std::int32_t)
EDGEFOLD_INSTANTIATE_ALL(std::int64_t)
EDGEFOLD_INSTANTIATE_ALL(bool)
#undef EDGEFOLD_INSTANTIATE_ALL
#undef EDGEFOLD_INSTANTIATE

}  // namespace edgefold::detail
