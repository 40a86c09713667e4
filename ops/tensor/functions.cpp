// The functions of ops/tensor/arithmetic.hpp.
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

namespace edgefold::detail {

#define EDGEFOLD_FUNCTION(name)                                   \
  template <element T>                                            \
  basic_tensor<T> name##_of(const basic_tensor<T>& x) {           \
    return elementwise([](const auto& a) { return name(a); }, x); \
  }
EDGEFOLD_FUNCTION(exp)
EDGEFOLD_FUNCTION(log)
EDGEFOLD_FUNCTION(sqrt)
EDGEFOLD_FUNCTION(rsqrt)
EDGEFOLD_FUNCTION(tanh)
EDGEFOLD_FUNCTION(sigmoid)
EDGEFOLD_FUNCTION(softplus)
EDGEFOLD_FUNCTION(abs)
EDGEFOLD_FUNCTION(relu)
#undef EDGEFOLD_FUNCTION

template <element T>
basic_tensor<T> leaky_relu_of(const basic_tensor<T>& x, double slope) {
  return elementwise([slope](const auto& a) { return leaky_relu(a, slope); }, x);
}
template <element T>
basic_tensor<T> elu_of(const basic_tensor<T>& x, double alpha) {
  return elementwise([alpha](const auto& a) { return elu(a, alpha); }, x);
}
template <element T>
basic_tensor<T> clamp_min_of(const basic_tensor<T>& x, double least) {
  const T bound = exactly<T>(least, "clamp_min", "least");
  return elementwise([bound](const auto& a) { return where(a < bound, std::remove_cvref_t<decltype(a)>(bound), a); },
                     x);
}

template <element T>
basic_tensor<T> sum_last_of(const basic_tensor<T>& x) {
  check(x.num_dims() > 1, "sum_last", "shape ", x.shape(), " has no feature dim to sum over");
  return impl::recorded_messages(edgefold::sum_last(copy(edge(x))), rows_as_edges(x.rows()), "sum_last");
}

#define EDGEFOLD_INSTANTIATE(T)                                          \
  template basic_tensor<T> abs_of(const basic_tensor<T>&);               \
  template basic_tensor<T> relu_of(const basic_tensor<T>&);              \
  template basic_tensor<T> clamp_min_of(const basic_tensor<T>&, double); \
  template basic_tensor<T> sum_last_of(const basic_tensor<T>&);
#define EDGEFOLD_INSTANTIATE_REAL(T)                                      \
  EDGEFOLD_INSTANTIATE(T)                                                 \
  template basic_tensor<T> exp_of(const basic_tensor<T>&);                \
  template basic_tensor<T> log_of(const basic_tensor<T>&);                \
  template basic_tensor<T> sqrt_of(const basic_tensor<T>&);               \
  template basic_tensor<T> rsqrt_of(const basic_tensor<T>&);              \
  template basic_tensor<T> tanh_of(const basic_tensor<T>&);               \
  template basic_tensor<T> sigmoid_of(const basic_tensor<T>&);            \
  template basic_tensor<T> softplus_of(const basic_tensor<T>&);           \
  template basic_tensor<T> leaky_relu_of(const basic_tensor<T>&, double); \
  template basic_tensor<T> elu_of(const basic_tensor<T>&, double);
EDGEFOLD_INSTANTIATE_REAL(float)
EDGEFOLD_INSTANTIATE_REAL(double)
EDGEFOLD_INSTANTIATE(std::int32_t)
EDGEFOLD_INSTANTIATE(std::int64_t)
#undef EDGEFOLD_INSTANTIATE_REAL
#undef EDGEFOLD_INSTANTIATE

}  // namespace edgefold::detail
