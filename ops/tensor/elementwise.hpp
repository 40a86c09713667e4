/// Any functor on whole tensors and columns, element by element, with broadcasting.
#pragma once
#include <edgefold/core/tensor_like.hpp>
#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/kernel/flat_kernel.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// f of operands whose rows are the same in number, or one for all: as messages of rows.
template <class F, element T, class... More>
auto map_broadcast(const F& f, std::int64_t rows, std::string_view operation, const basic_tensor<T>& x,
                   const More&... more) {
  auto place = [rows](const auto& t) { return t.rows() == 1 && rows != 1 ? edgefold::shared(t) : edgefold::edge(t); };
  return recorded_messages(message(f, place(x), place(more)...), rows_as_edges(rows), operation);
}

template <class F, element T, std::size_t N>
void flat_backward(const elementwise_message<F, T, N>& m, const basic_tensor<T>& g, const vjp_inputs& in) {
  std::array<basic_tensor<T>, N> grads;
  std::array<T*, N> to{};
  for (std::size_t i = 0; i < N; ++i)
    if (in.wants(i)) {
      grads[i] = basic_tensor<T>::uninitialized(g.shape());
      to[i] = grads[i].mutable_data();
    }
  flat_kernel(m.f, m.operands, g.size()).run_backward(g.data(), to);
  for (std::size_t i = 0; i < N; ++i)
    if (to[i]) in.add(i, grads[i]);
}

/// f of tensors of one shape, and of numbers among them.
template <class F, element T, class... More>
auto map_flat(const F& f, std::string_view operation, const shape_type& shape, const basic_tensor<T>& x,
              const More&... more) {
  const auto m = message(f, edgefold::edge(x), edgefold::edge(more)...);
  using M = std::remove_const_t<decltype(m)>;
  using V = typename M::value_type;
  auto out = basic_tensor<V>::uninitialized(shape);
  flat_kernel(m.f, m.operands, out.size()).run(out.mutable_data());
  if constexpr (std::same_as<V, T> && message_gradient<M> != gradient_kind::none)
    if (is_recorded(m, operation))
      if constexpr (message_gradient<M> == gradient_kind::by_duals)
        record_message<T>(out, m.operands, {},
                          [message = without_operands(m)](std::span<operand<T>> operands, const auto&,
                                                          const basic_tensor<T>& g, const vjp_inputs& in) {
                            flat_backward(with_operands(message, operands), g, in);
                          });
  return out;
}

}  // namespace impl

/// f of the elements of tensors: shapes broadcast as NumPy's do (rows: equal or 1). f is written as for `message`.
/// Throws where shapes do not broadcast.
template <class F, tensor_like X, tensor_like... More>
auto elementwise(const F& f, const X& first, const More&... more) {
  const auto& x = as_tensor(first);
  return [&](const auto&... rest) {
    check((x.defined() && ... && rest.defined()), "elementwise", "an operand is a tensor without storage");
    const shape_type* shape = &x.shape();
    if constexpr (sizeof...(rest) > 0) {  // one operand fits itself: no other kernel is compiled for it
      ((shape = num_elements(*shape) == 1 ? &rest.shape() : shape), ...);
      const auto fits = [shape](const auto& t) {
        return t.shape() == *shape || (t.size() == 1 && t.num_dims() <= std::ssize(*shape) && !t.requires_grad());
      };
      if (!(fits(x) && ... && fits(rest))) {
        std::int64_t rows = x.rows();
        ((rows = rows == 1 ? rest.rows() : rows), ...);
        check(((rest.rows() == rows || rest.rows() == 1) && ...) && (x.rows() == rows || x.rows() == 1), "elementwise",
              "operands have unlike numbers of rows: ", x.rows(),
              ((", " + std::to_string(rest.rows())) + ... + std::string()));
        return impl::map_broadcast(f, rows, "elementwise", x, rest...);
      }
    }
    return impl::map_flat(f, "elementwise", *shape, x, rest...);
  }(as_tensor(more)...);
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
