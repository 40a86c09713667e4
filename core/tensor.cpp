#include <edgefold/core/tensor.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>

#include <algorithm>
#include <cstring>

namespace edgefold {
template <element T>
basic_tensor<T> basic_tensor<T>::uninitialized(shape_type shape) {
  const std::int64_t n = num_elements(shape);
  std::size_t bytes = 0;
  check(!__builtin_mul_overflow(static_cast<std::size_t>(n), sizeof(T), &bytes), "tensor", "shape ", shape,
        " does not fit the address space");
  auto owner = detail::allocate(bytes);
  T* data = static_cast<T*>(owner.get());
  basic_tensor t = wrap(data, std::move(shape), std::move(owner));
  t.body_->storage->writable = detail::writers::handles;
  return t;
}

template <element T>
basic_tensor<T> basic_tensor<T>::wrap(T* data, shape_type shape,
                                      std::shared_ptr<void> owner) {  // NOLINT(performance-unnecessary-value-param)
  const std::int64_t n = num_elements(shape);
  check(!shape.empty(), "tensor", "a shape needs at least one dim, the rows");
  check(data != nullptr || n == 0, "tensor", "no buffer for shape ", shape);
  basic_tensor t;
  t.body_ = std::make_shared<detail::tensor_body<T>>();
  t.body_->storage = std::make_shared<detail::tensor_storage>();
  t.body_->storage->owner = std::move(owner);
  t.body_->storage->writable = detail::writers::anyone;
  t.body_->data = data;
  t.body_->width = num_elements({shape.begin() + 1, shape.end()});
  t.body_->shape = std::move(shape);
  return t;
}

template <element T>
basic_tensor<T>::basic_tensor(shape_type shape) : basic_tensor(uninitialized(std::move(shape))) {
  if (size() > 0) std::memset(body_->data, 0, static_cast<std::size_t>(size()) * sizeof(T));
}

template <element T>
basic_tensor<T>::basic_tensor(shape_type shape, std::span<const T> values)
    : basic_tensor(uninitialized(std::move(shape))) {
  check(static_cast<std::int64_t>(values.size()) == size(), "tensor", "shape ", this->shape(), " holds ", size(),
        " values, got ", values.size());
  std::copy(values.begin(), values.end(), body_->data);
}

template <element T>
T basic_tensor<T>::at(std::int64_t row, std::int64_t column) const {
  check(row >= 0 && row < rows() && column >= 0 && column < width(), "tensor", "element (", row, ", ", column,
        ") is outside of shape ", shape());
  return data()[row * width() + column];
}

template <element T>
T basic_tensor<T>::item() const {
  check(defined() && size() == 1, "tensor", "item() needs exactly one element, the shape is ", shape());
  return data()[0];
}

template <element T>
const shape_type& basic_tensor<T>::no_shape() {
  static const shape_type none;
  return none;
}

template <element T>
basic_tensor<T> basic_tensor<T>::with_shape(shape_type shape) const {
  basic_tensor t;
  t.body_ = std::make_shared<detail::tensor_body<T>>();
  t.body_->storage = body_->storage;
  t.body_->data = body_->data;
  t.body_->width = num_elements({shape.begin() + 1, shape.end()});
  t.body_->shape = std::move(shape);
  return t;
}

template <element T>
basic_tensor<T> basic_tensor<T>::detach() const {
  return defined() ? with_shape(shape()) : *this;  // a body of its own: this one may still come onto a tape
}

template <element T>
basic_tensor<T> basic_tensor<T>::clone() const {
  if (!defined()) return basic_tensor();
  basic_tensor t(shape(), values());
  if constexpr (std::floating_point<T>)
    if (needs_grad(*this))
      record(
          t, [](const basic_tensor& g, const vjp_inputs& in) { in.add(0, g); }, *this);
  return t;
}

template <element T>
basic_tensor<T> basic_tensor<T>::reshape(shape_type shape) const {
  auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    *open = 1;
    const std::int64_t rest = num_elements(shape);
    *open = rest > 0 ? size() / rest : 0;
  }
  check(defined() && !shape.empty() && num_elements(shape) == size(), "reshape", "shape ", this->shape(),
        " has as many elements as no tensor of shape ", shape);
  basic_tensor t = with_shape(std::move(shape));
  if constexpr (std::floating_point<T>)
    if (needs_grad(*this))
      record(
          t, [from = this->shape()](const basic_tensor& g, const vjp_inputs& in) { in.add(0, g.reshape(from)); },
          *this);
  return t;
}

template <element T>
basic_tensor<T>& basic_tensor<T>::set_requires_grad(bool wanted) {
  check(defined(), "set_requires_grad", "the tensor has no storage");
  check(!requires_grad() || body_->node->is_leaf() || wanted, "set_requires_grad",
        "the tensor is the result of an operation: detach() gives it without the tape");
  if constexpr (std::floating_point<T>) {
    if (!wanted) body_->node = nullptr;
    else if (!body_->node) body_->node = detail::tape_node::make<detail::grad_node<T>>(shape());
  } else {
    check(!wanted, "set_requires_grad", "gradients are of float and double, the tensor is ", scalar_name<T>());
  }
  return *this;
}

template <element T>
basic_tensor<T> basic_tensor<T>::grad() const {
  if constexpr (std::floating_point<T>)
    if (requires_grad()) return static_cast<const detail::grad_node<T>&>(*body_->node).gradient;
  return {};
}

template <element T>
void basic_tensor<T>::zero_grad() {
  if constexpr (std::floating_point<T>)
    if (requires_grad()) static_cast<detail::grad_node<T>&>(*body_->node).gradient = {};
}

template <element T>
void basic_tensor<T>::backward() const {
  check(size() == 1, "backward", "a tensor of shape ", shape(), " needs a seed: backward(gradient of that shape)");
  backward(full<T>(shape(), T(1)));
}

template <element T>
void basic_tensor<T>::backward(const basic_tensor& seed) const {
  check(requires_grad(), "backward", "no operation on the way to this tensor had an input that requires a gradient");
  if constexpr (std::floating_point<T>) {
    check(seed.shape() == shape(), "backward", "the seed has shape ", seed.shape(), ", expected ", shape());
    auto& node = static_cast<detail::grad_node<T>&>(*body_->node);
    detail::run_backward(body_->node, [&] { node.add(seed.detach()); });
  }
}

template <element To, element From>
basic_tensor<To> cast(const basic_tensor<From>& t) {
  if constexpr (std::same_as<To, From>) {
    return t;
  } else {
    check(t.defined(), "cast", "t is a tensor without storage");
    basic_tensor<To> out = basic_tensor<To>::uninitialized(t.shape());
    To* to = out.mutable_data();
    const From* from = t.data();
    parallel_for(t.size(), 1 << 16, [=](std::int64_t b, std::int64_t e) {
      for (std::int64_t i = b; i < e; ++i) to[i] = static_cast<To>(from[i]);
    });
    if constexpr (std::floating_point<To> && std::floating_point<From>)
      if (needs_grad(t))
        record(
            out, [](const basic_tensor<To>& g, const vjp_inputs& in) { in.add(0, cast<From>(g)); }, t);
    return out;
  }
}

namespace detail {

template <std::floating_point T>
void accumulate(basic_tensor<T>& a, const basic_tensor<T>& b) {
  T* to = a.mutable_data();
  const T* from = b.data();
  parallel_for(a.size(), 1 << 16, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] += from[i];
  });
}

template <class T>
void grad_node<T>::add(const basic_tensor<T>& g) {
  check(g.shape() == shape_, "backward", "a gradient of shape ", g.shape(), " arrived at a tensor of shape ", shape_);
  if (!arrived_.defined()) {
    arrived_ = g;
    return;
  }
  if (!tape_access<T>::alone(arrived_)) arrived_ = arrived_.clone();
  accumulate(arrived_, g);
}

template <class T>
void grad_node<T>::run() {
  if (!result_) return;
  spent = true;
  const auto vjp = std::exchange(vjp_, nullptr);
  const auto inputs = std::move(inputs_);
  inputs_.clear();
  if (arrived_.defined()) vjp(std::exchange(arrived_, {}), vjp_inputs(inputs));
}

template <class T>
void grad_node<T>::prepare() {
  if (arrived_.defined() && !gradient.defined() && !tape_access<T>::alone(arrived_)) arrived_ = arrived_.clone();
}

template <class T>
void grad_node<T>::commit() noexcept {
  if (!arrived_.defined()) return;
  if (gradient.defined()) accumulate(gradient, arrived_);
  else gradient = std::move(arrived_);
  arrived_ = {};
}

template class grad_node<float>;
template class grad_node<double>;
template void accumulate(basic_tensor<float>&, const basic_tensor<float>&);
template void accumulate(basic_tensor<double>&, const basic_tensor<double>&);

}  // namespace detail

template <element T>
basic_tensor<T> full(shape_type shape, T value) {
  basic_tensor<T> t = basic_tensor<T>::uninitialized(std::move(shape));
  std::fill_n(t.mutable_data(), t.size(), value);
  return t;
}

#define EDGEFOLD_TENSOR(T)        \
  template class basic_tensor<T>; \
  template basic_tensor<T> full<T>(shape_type, T)
EDGEFOLD_TENSOR(float);
EDGEFOLD_TENSOR(double);
EDGEFOLD_TENSOR(std::int32_t);
EDGEFOLD_TENSOR(std::int64_t);
EDGEFOLD_TENSOR(bool);
#undef EDGEFOLD_TENSOR

#define EDGEFOLD_CAST(From)                                                          \
  template basic_tensor<float> cast<float>(const basic_tensor<From>&);               \
  template basic_tensor<double> cast<double>(const basic_tensor<From>&);             \
  template basic_tensor<std::int32_t> cast<std::int32_t>(const basic_tensor<From>&); \
  template basic_tensor<std::int64_t> cast<std::int64_t>(const basic_tensor<From>&); \
  template basic_tensor<bool> cast<bool>(const basic_tensor<From>&)
EDGEFOLD_CAST(float);
EDGEFOLD_CAST(double);
EDGEFOLD_CAST(std::int32_t);
EDGEFOLD_CAST(std::int64_t);
EDGEFOLD_CAST(bool);
#undef EDGEFOLD_CAST

}  // namespace edgefold
