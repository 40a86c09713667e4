/// Dense row-major arrays of shape (rows, dims...): a column of features, a result, a parameter.
#pragma once
#include <atomic>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>

#include <edgefold/core/eigen.hpp>
#include <edgefold/core/error.hpp>
#include <edgefold/core/isa.hpp>
#include <edgefold/core/memory.hpp>
#include <edgefold/core/tape.hpp>
#include <edgefold/core/types.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Frees what Eigen allocated: where to, and so how, depends on the instruction set.
template <class Matrix>
struct matrix_owner {
  explicit matrix_owner(Matrix&& m) : matrix(std::move(m)) {}
  Matrix matrix;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA

namespace detail {

/// Who may write into the memory of a tensor.
enum class writers : std::uint8_t {
  handles,  ///< those who have a tensor of it, whose writes are counted
  anyone,   ///< the caller too, whose memory it is: nobody counts
  nobody    ///< it is part of a graph
};

/// What a tensor and its reshaped views share.
struct tensor_storage {
  std::shared_ptr<void> owner;
  std::atomic<std::uint32_t> version{0};  ///< counts the accesses that may have written
  writers writable = writers::handles;
};

/// What the copies of a tensor share.
template <class T>
struct tensor_body {
  std::shared_ptr<tensor_storage> storage;
  T* data = nullptr;
  shape_type shape;
  std::int64_t width = 0;
  std::shared_ptr<tape_node> node;  ///< null where no gradient is asked for
};
template <class T>
struct tape_access;

}  // namespace detail

/// A tensor is a handle, as in torch: a copy aliases the same storage, `clone()` does not, operations return new
/// tensors. Row-major, 64-byte aligned where the library allocated it. A default-constructed tensor has no storage.
/// Gradients: see `set_requires_grad` and `backward`.
template <element T>
class basic_tensor {
 public:
  using value_type = T;  ///< of an element
  /// A view of the storage as U, a matrix_type or an array_type; it does not keep the storage alive.
  template <class U>
  using eigen_matrix = Eigen::Map<U, Eigen::Unaligned>;
  /// What Eigen sees the elements as: rows x width, as a matrix, or as an array whose arithmetic is elementwise.
  /// @{
  using matrix_type = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using array_type = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  /// @}

  basic_tensor() = default;

  /// Zeros of `shape`; throws for a negative dim or too many elements.
  explicit basic_tensor(shape_type shape);

  /// `values` in row-major order; throws unless there are exactly as many as `shape` holds.
  /// @{
  basic_tensor(shape_type shape, std::initializer_list<T> values)
      : basic_tensor(std::move(shape), std::span<const T>(values.begin(), values.size())) {}
  basic_tensor(shape_type shape, std::span<const T> values);
  /// @}

  /// Uninitialised elements: for outputs that are about to be written whole.
  static basic_tensor uninitialized(shape_type shape);

  /// A view of the caller's row-major buffer, not copied; `owner` keeps it alive (may be null: then the caller does).
  static basic_tensor wrap(T* data, shape_type shape, std::shared_ptr<void> owner);

  /// Takes a row-major Eigen matrix over, without copying when it is moved in: shape (rows, cols).
  template <class Scalar, int R, int C, int O, int MR, int MC>
  requires(std::same_as<Scalar, T> && (O & Eigen::RowMajor) != 0) [[gnu::always_inline]] static basic_tensor
      from(Eigen::Matrix<Scalar, R, C, O, MR, MC>&& m) {
    auto owner = std::make_shared<impl::matrix_owner<Eigen::Matrix<Scalar, R, C, O, MR, MC>>>(std::move(m));
    return wrap(owner->matrix.data(), {owner->matrix.rows(), owner->matrix.cols()}, owner);
  }

  /// Copies any Eigen expression (column-major ones, Eigen's default, are transposed in passing): shape (rows, cols).
  template <class Expression>
  [[gnu::always_inline]] static basic_tensor from(const Eigen::DenseBase<Expression>& e) {
    basic_tensor t = uninitialized({e.rows(), e.cols()});
    t.mutable_array() = e.derived().template cast<T>();
    return t;
  }

  /// Whether there is storage.
  bool defined() const { return body_ != nullptr; }
  /// (rows, dims...); empty where there is no storage.
  const shape_type& shape() const { return body_ ? body_->shape : no_shape(); }
  /// The first dim; 0 where there is no storage.
  std::int64_t rows() const { return body_ ? body_->shape[0] : 0; }
  /// Elements of one row: the product of the dims after the first.
  std::int64_t width() const { return body_ ? body_->width : 0; }
  std::int64_t size() const { return rows() * width(); }  ///< elements of all rows
  /// Dims of the shape, the rows included.
  std::int64_t num_dims() const { return static_cast<std::int64_t>(shape().size()); }

  /// The elements, row-major, to be read; null where there is no storage.
  const T* data() const { return body_ ? body_->data : nullptr; }
  /// The elements, to be written: counts as one write, when called, into the storage that all copies share. (A pointer
  /// that is held across an operation is not watched.) A tensor that the tape has saved must not be written to before
  /// backward(), which throws then: write to a clone.
  T* mutable_data() {
    if (!body_) return nullptr;
    body_->storage->version.fetch_add(1, std::memory_order_relaxed);
    return body_->data;
  }
  /// All elements in row-major order.
  std::span<const T> values() const { return {data(), static_cast<std::size_t>(size())}; }
  /// Element `column` (counted over the flattened dims) of row `row`; throws when out of range.
  T at(std::int64_t row, std::int64_t column = 0) const;
  /// The value of a tensor with exactly one element; throws for any other.
  T item() const;

  /// Writes so far into the storage; two equal readings with no write between them.
  std::uint32_t version() const { return body_ ? body_->storage->version.load(std::memory_order_relaxed) : 0; }
  /// Whether a write into one is a write into the other; of two without storage too.
  bool shares_storage_with(const basic_tensor& other) const {
    return defined() == other.defined() && (!defined() || body_->storage == other.body_->storage);
  }

  /// A copy with storage of its own.
  basic_tensor clone() const;
  /// The same storage under another shape of as many elements; one dim may be -1: whatever fits. Throws where none
  /// does.
  basic_tensor reshape(shape_type shape) const;

  /// Whether backward() from what is computed of this tensor reaches it.
  bool requires_grad() const { return body_ && body_->node; }
  /// Makes this tensor and its copies leaves whose gradient backward() computes, or stops that (for results of
  /// operations: see detach). Throws for integers and bools, and tensors without storage.
  basic_tensor& set_requires_grad(bool wanted = true);
  /// d (what backward() was called on) / d (this leaf), summed over the calls since zero_grad(): shape of the tensor.
  /// No storage where none has arrived. Writing to it changes the gradient: so gradients are clipped.
  basic_tensor grad() const;
  void zero_grad();  ///< forgets what has arrived: grad() is without storage then
  /// The gradients of all leaves that this tensor was computed from, added to what they have. A tensor of one element
  /// is its own seed; for others `seed` is the gradient of what the caller is after with respect to this tensor, of its
  /// shape. Frees the tape: a second call throws, as does one on a tensor that no leaf leads to, or one after a write
  /// into a tensor that the tape has saved; then no gradient changes.
  /// @{
  void backward() const;
  void backward(const basic_tensor& seed) const;
  /// @}
  /// The same storage without the tape behind it.
  basic_tensor detach() const;

  /// Eigen views of the storage as (rows, width), no copy: to be read, and to be written, which counts as a write as
  /// mutable_data() does. Templates, so that no Eigen code is compiled into the library.
  /// @{
  template <int = 0>
  [[gnu::always_inline]] eigen_matrix<const matrix_type> matrix() const {
    return {data(), rows(), width()};
  }
  template <int = 0>
  [[gnu::always_inline]] eigen_matrix<matrix_type> mutable_matrix() {
    return {mutable_data(), rows(), width()};
  }
  template <int = 0>
  [[gnu::always_inline]] eigen_matrix<const array_type> array() const {
    return {data(), rows(), width()};
  }
  template <int = 0>
  [[gnu::always_inline]] eigen_matrix<array_type> mutable_array() {
    return {mutable_data(), rows(), width()};
  }
  /// @}

 private:
  friend struct detail::tape_access<T>;
  static const shape_type& no_shape();
  basic_tensor with_shape(shape_type shape) const;  // the same storage, off the tape
  std::shared_ptr<detail::tensor_body<T>> body_;
};

using tensor = basic_tensor<float>;  ///< what is meant where no element type is named

/// Tensors filled with one value; as the constructor, they throw for a negative dim or too many elements.
template <element T = float>
basic_tensor<T> full(shape_type shape, T value);
/// The same of a number of another type; throws too for one that T cannot hold.
template <element T, class N>
requires(std::is_arithmetic_v<N> && !std::same_as<N, T>) basic_tensor<T> full(shape_type shape, N value) {
  return full<T>(std::move(shape), detail::exactly<T>(value, "full", "value"));
}
/// Zeros and ones of a shape; `_like`: of the type and shape of another tensor.
/// @{
template <element T = float>
basic_tensor<T> zeros(shape_type shape) {
  return basic_tensor<T>(std::move(shape));
}
template <element T = float>
basic_tensor<T> ones(shape_type shape) {
  return full<T>(std::move(shape), T(1));
}
template <element T>
basic_tensor<T> zeros_like(const basic_tensor<T>& t) {
  return basic_tensor<T>(t.shape());
}
template <element T>
basic_tensor<T> ones_like(const basic_tensor<T>& t) {
  return full<T>(t.shape(), T(1));
}
/// @}

/// Element by element conversion, as static_cast does it; gradients pass between float and double.
template <element To, element From>
basic_tensor<To> cast(const basic_tensor<From>& t);

#define EDGEFOLD_EXTERN_TENSOR(T)        \
  extern template class basic_tensor<T>; \
  extern template basic_tensor<T> full<T>(shape_type, T)
EDGEFOLD_EXTERN_TENSOR(float);
EDGEFOLD_EXTERN_TENSOR(double);
EDGEFOLD_EXTERN_TENSOR(std::int32_t);
EDGEFOLD_EXTERN_TENSOR(std::int64_t);
EDGEFOLD_EXTERN_TENSOR(bool);
#undef EDGEFOLD_EXTERN_TENSOR

}  // namespace edgefold
