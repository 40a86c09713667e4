#include <edgefold/core/tensor.hpp>

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
  return wrap(data, std::move(shape), std::move(owner));
}

template <element T>
basic_tensor<T> basic_tensor<T>::wrap(T* data, shape_type shape, std::shared_ptr<void> owner) {
  const std::int64_t n = num_elements(shape);
  check(!shape.empty(), "tensor", "a shape needs at least one dim, the rows");
  check(data != nullptr || n == 0, "tensor", "no buffer for shape ", shape);
  basic_tensor t;
  t.width_ = num_elements({shape.begin() + 1, shape.end()});
  t.shape_ = std::move(shape);
  t.storage_ = std::make_shared<detail::tensor_storage<T>>();
  t.storage_->owner = std::move(owner);
  t.storage_->data = data;
  return t;
}

template <element T>
basic_tensor<T>::basic_tensor(shape_type shape) : basic_tensor(uninitialized(std::move(shape))) {
  if (size() > 0) std::memset(storage_->data, 0, static_cast<std::size_t>(size()) * sizeof(T));
}

template <element T>
basic_tensor<T>::basic_tensor(shape_type shape, std::span<const T> values)
    : basic_tensor(uninitialized(std::move(shape))) {
  check(static_cast<std::int64_t>(values.size()) == size(), "tensor", "shape ", shape_, " holds ", size(),
        " values, got ", values.size());
  std::copy(values.begin(), values.end(), storage_->data);
}

template <element T>
T basic_tensor<T>::at(std::int64_t row, std::int64_t column) const {
  check(row >= 0 && row < rows() && column >= 0 && column < width(), "tensor", "element (", row, ", ", column,
        ") is outside of shape ", shape_);
  return data()[row * width() + column];
}

template <element T>
T basic_tensor<T>::item() const {
  check(defined() && size() == 1, "tensor", "item() needs exactly one element, the shape is ", shape_);
  return data()[0];
}

template <element T>
basic_tensor<T> basic_tensor<T>::clone() const {
  return defined() ? basic_tensor(shape_, values()) : basic_tensor();
}

template <element T>
basic_tensor<T> basic_tensor<T>::reshape(shape_type shape) const {
  auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    *open = 1;
    const std::int64_t rest = num_elements(shape);
    *open = rest > 0 ? size() / rest : 0;
  }
  check(defined() && !shape.empty() && num_elements(shape) == size(), "reshape", "shape ", shape_,
        " has as many elements as no tensor of shape ", shape);
  basic_tensor t = *this;
  t.width_ = num_elements({shape.begin() + 1, shape.end()});
  t.shape_ = std::move(shape);
  return t;
}

template <element T>
basic_tensor<T> full(shape_type shape, T value) {
  basic_tensor<T> t = basic_tensor<T>::uninitialized(std::move(shape));
  std::fill_n(t.data(), t.size(), value);
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

}  // namespace edgefold
