/// Arithmetic on whole tensors and columns: any functor, element by element, with broadcasting.
#pragma once
#include <edgefold/ops/apply_edges.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class X>
struct tensor_like_traits : std::bool_constant<std::derived_from<X, const_column>> {
  static basic_tensor<float> tensor_of(const X& x) { return x.as(); }
};
template <element T>
struct tensor_like_traits<basic_tensor<T>> : std::true_type {
  static const basic_tensor<T>& tensor_of(const basic_tensor<T>& x) { return x; }
};

/// f of operands whose rows are the same in number, or one for all.
template <class F, element T, class... More>
auto map_rows(const F& f, std::int64_t rows, std::string_view operation, const basic_tensor<T>& x, const More&... more) {
  auto place = [rows](const auto& t) { return t.rows() == 1 && rows != 1 ? edgefold::shared(t) : edgefold::edge(t); };
  const row_run run(rows);
  return edge_messages(message(f, place(x), place(more)...), run.groups(), side::dst, {operation, 0, 0, rows, nullptr});
}

/// Elements of a row where tensors of one shape are cut into rows anew.
inline constexpr std::int64_t flat_row = 1024;

template <class F, element T, class... More>
auto map_flat(const F& f, std::string_view operation, const basic_tensor<T>& x, const More&... more) {
  const std::int64_t n = x.size(), whole = n / flat_row * flat_row;
  using V = typename decltype(message(f, edgefold::edge(x), edgefold::edge(more)...))::value_type;
  auto out = basic_tensor<V>::uninitialized(x.shape());
  V* to = out.data();
  auto part = [&](std::int64_t begin, std::int64_t rows, std::int64_t width) {
    auto view = [&](const basic_tensor<T>& t) {
      return edgefold::edge(basic_tensor<T>::wrap(const_cast<T*>(t.data()) + begin, {rows, width}, nullptr));
    };
    const row_run run(rows);
    write_messages(message(f, view(x), view(more)...), run.groups(), side::dst, {operation, 0, 0, rows, nullptr},
                   [&](const shape_type&) { return to + begin; });
  };
  if (whole > 0) part(0, whole / flat_row, flat_row);
  if (n > whole) part(whole, 1, n - whole);
  return out;
}

}  // namespace impl

/// A tensor, or a column (of floats).
template <class X>
concept tensor_like = impl::tensor_like_traits<X>::value;

/// The tensor itself, or that of the column.
template <tensor_like X>
decltype(auto) as_tensor(const X& x) {
  return impl::tensor_like_traits<X>::tensor_of(x);
}

/// f of the elements of tensors: shapes broadcast as NumPy's do (rows: equal or 1). f is written as for `message`.
/// Throws where shapes do not broadcast.
template <class F, tensor_like X, tensor_like... More>
auto elementwise(const F& f, const X& first, const More&... more) {
  const auto& x = as_tensor(first);
  return [&](const auto&... rest) {
    check((x.defined() && ... && rest.defined()), "elementwise", "an operand is a tensor without storage");
    if (((x.shape() == rest.shape()) && ...)) return impl::map_flat(f, "elementwise", x, rest...);
    std::int64_t rows = x.rows();
    ((rows = rows == 1 ? rest.rows() : rows), ...);
    check(((rest.rows() == rows || rest.rows() == 1) && ...) && (x.rows() == rows || x.rows() == 1), "elementwise",
          "operands have unlike numbers of rows: ", x.rows(), ((", " + std::to_string(rest.rows())) + ... + std::string()));
    return impl::map_rows(f, rows, "elementwise", x, rest...);
  }(as_tensor(more)...);
}

// a + b, a - b, a * b, a / b of tensors, columns and numbers; a number takes the element type of the tensor.
#define EDGEFOLD_OPERATOR(symbol, function)                                                        \
  template <tensor_like A, tensor_like B>                                                          \
  auto operator symbol(const A& a, const B& b) { return elementwise(functor::function{}, a, b); }  \
  template <tensor_like A, class B>                                                                \
    requires std::is_arithmetic_v<B>                                                               \
  auto operator symbol(const A& a, B b) { return elementwise([b](const auto& x) { return x symbol b; }, a); } \
  template <class A, tensor_like B>                                                                \
    requires std::is_arithmetic_v<A>                                                               \
  auto operator symbol(A a, const B& b) { return elementwise([a](const auto& x) { return a symbol x; }, b); }
EDGEFOLD_OPERATOR(+, add)
EDGEFOLD_OPERATOR(-, sub)
EDGEFOLD_OPERATOR(*, mul)
EDGEFOLD_OPERATOR(/, div)
#undef EDGEFOLD_OPERATOR

/// -a, element by element.
template <tensor_like A>
auto operator-(const A& a) { return elementwise([](const auto& x) { return -x; }, a); }

// Element by element, shape of x.
#define EDGEFOLD_TENSOR_FUNCTION(name) \
  template <tensor_like X>             \
  auto name(const X& x) { return elementwise([](const auto& a) { return name(a); }, x); }
EDGEFOLD_TENSOR_FUNCTION(exp)
EDGEFOLD_TENSOR_FUNCTION(log)
EDGEFOLD_TENSOR_FUNCTION(sqrt)
EDGEFOLD_TENSOR_FUNCTION(rsqrt)
EDGEFOLD_TENSOR_FUNCTION(abs)
EDGEFOLD_TENSOR_FUNCTION(tanh)
EDGEFOLD_TENSOR_FUNCTION(sigmoid)
EDGEFOLD_TENSOR_FUNCTION(relu)
#undef EDGEFOLD_TENSOR_FUNCTION

/// x, or slope * x below 0.
template <tensor_like X>
auto leaky_relu(const X& x, double slope = 0.01) {
  return elementwise([slope](const auto& a) { return leaky_relu(a, slope); }, x);
}
/// Elements below `least` become `least`.
template <tensor_like X>
auto clamp_min(const X& x, double least) {
  return elementwise([least](const auto& a) { return where(a < least, std::remove_cvref_t<decltype(a)>(least), a); }, x);
}

/// Sum over the last dim, which becomes 1: (rows, dims..., k) gives (rows, dims..., 1). Throws where there is none.
template <tensor_like X>
auto sum_last(const X& x) {
  const auto& t = as_tensor(x);
  check(t.num_dims() > 1, "sum_last", "shape ", t.shape(), " has no feature dim to sum over");
  const impl::row_run run(t.rows());
  return impl::edge_messages(sum_last(copy(edge(t))), run.groups(), side::dst, {"sum_last", 0, 0, t.rows(), nullptr});
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
