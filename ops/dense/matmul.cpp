#include <edgefold/ops/dense/matmul.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/ops/dense/private/gemm.hpp>

namespace edgefold {
namespace {

// batch x (n x k) (k x m); the vjp is dA = G B^T, dB = A^T G.
template <class T>
struct product_shape {
  std::int64_t batch, n, k, m;

  void forward(const basic_tensor<T>& a, const basic_tensor<T>& b, basic_tensor<T>& c) const {
    impl::multiply<T>({a.data(), b.data(), c.mutable_data(), n, k, m, batch});
  }
  basic_tensor<T> grad_a(const basic_tensor<T>& g, const basic_tensor<T>& b, shape_type shape) const {
    auto d = basic_tensor<T>::uninitialized(std::move(shape));
    impl::multiply<T>({g.data(), b.data(), d.mutable_data(), n, m, k, batch, false, true});
    return d;
  }
  basic_tensor<T> grad_b(const basic_tensor<T>& a, const basic_tensor<T>& g, shape_type shape) const {
    auto d = basic_tensor<T>::uninitialized(std::move(shape));
    impl::multiply<T>({a.data(), g.data(), d.mutable_data(), k, n, m, batch, true, false});
    return d;
  }
};

template <class T>
basic_tensor<T> product(const basic_tensor<T>& a, const basic_tensor<T>& b, shape_type shape,
                        const product_shape<T>& sizes) {
  auto c = basic_tensor<T>::uninitialized(std::move(shape));
  sizes.forward(a, b, c);
  if (needs_grad(a, b))
    record(
        c,
        [sizes, a = saved(b.requires_grad() ? a : basic_tensor<T>()),
         b = saved(a.requires_grad() ? b : basic_tensor<T>()), a_shape = a.shape(),
         b_shape = b.shape()](const basic_tensor<T>& g, const vjp_inputs& in) {
          if (in.wants(0)) in.add(0, sizes.grad_a(g, b.get(), a_shape));
          if (in.wants(1)) in.add(1, sizes.grad_b(a.get(), g, b_shape));
        },
        a, b);
  return c;
}

}  // namespace

template <std::floating_point T>
basic_tensor<T> matmul(const basic_tensor<T>& a, const basic_tensor<T>& b) {
  check(a.defined() && b.defined(), "matmul", "an operand is a tensor without storage");
  check(a.num_dims() >= 2 && b.num_dims() == 2 && a.shape().back() == b.rows(), "matmul", "a has shape ", a.shape(),
        ", b has shape ", b.shape(), ", expected (rows, dims..., k) and (k, m)");
  shape_type shape = with_last_dim(a.shape(), b.shape()[1]);
  std::int64_t n = 1;
  for (std::size_t d = 0; d + 1 < shape.size(); ++d) n *= shape[d];
  return product(a, b, std::move(shape), {1, n, b.shape()[0], b.shape()[1]});
}

template <std::floating_point T>
basic_tensor<T> batched_matmul(const basic_tensor<T>& a, const basic_tensor<T>& b) {
  check(a.defined() && b.defined(), "batched_matmul", "an operand is a tensor without storage");
  check(a.num_dims() == 3 && b.num_dims() == 3 && a.rows() == b.rows() && a.shape()[2] == b.shape()[1],
        "batched_matmul", "a has shape ", a.shape(), ", b has shape ", b.shape(),
        ", expected (batch, n, k) and (batch, k, m)");
  const std::int64_t batch = a.rows(), n = a.shape()[1], k = a.shape()[2], m = b.shape()[2];
  return product(a, b, {batch, n, m}, {batch, n, k, m});
}

#define EDGEFOLD_MATMUL(T)                                                            \
  template basic_tensor<T> matmul<T>(const basic_tensor<T>&, const basic_tensor<T>&); \
  template basic_tensor<T> batched_matmul<T>(const basic_tensor<T>&, const basic_tensor<T>&)
EDGEFOLD_MATMUL(float);
EDGEFOLD_MATMUL(double);
#undef EDGEFOLD_MATMUL

}  // namespace edgefold
