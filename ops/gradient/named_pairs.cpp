#include <edgefold/ops/gradient/named_pairs.hpp>

#include <edgefold/ops/gradient/record.hpp>

namespace edgefold {
namespace {

using detail::named_functor;
using detail::named_reducer;

template <class F, std::size_t N>
elementwise_message<F, float, N> of_operands(std::span<const operand<float>> operands) {
  elementwise_message<F, float, N> m;
  std::copy_n(operands.begin(), N, m.operands.begin());
  return m;
}

template <class Body>
tensor with_functor(const detail::named_message& m, const Body& body) {
  switch (m.functor) {
    case named_functor::copy:
      return body(of_operands<functor::copy, 1>(m.operands));
    case named_functor::add:
      return body(of_operands<functor::add, 2>(m.operands));
    case named_functor::sub:
      return body(of_operands<functor::sub, 2>(m.operands));
    case named_functor::div:
      return body(of_operands<functor::div, 2>(m.operands));
    default:
      return body(of_operands<functor::mul, 2>(m.operands));
  }
}

template <class Body>
tensor with_reducer(named_reducer r, double empty, const Body& body) {
  switch (r) {
    case named_reducer::sum:
      return body(reduce::sum{empty});
    case named_reducer::mean:
      return body(reduce::mean{empty});
    case named_reducer::max:
      return body(reduce::max{empty});
    default:
      return body(reduce::min{empty});
  }
}

}  // namespace

namespace detail {

tensor named_messages(const named_message& m, const grouped_edges& edges, std::string_view operation) {
  if (m.functor == named_functor::dot || m.functor == named_functor::dot_any) {
    auto sum = sum_last(of_operands<functor::mul, 2>(m.operands));
    sum.equal_widths = m.functor == named_functor::dot;
    return impl::compiled_messages(sum, edges, operation);
  }
  return with_functor(m, [&](const auto& message) { return impl::compiled_messages(message, edges, operation); });
}

tensor named_fold(const named_message& m, named_reducer r, double empty, const grouped_edges& edges,
                  std::string_view operation) {
  return with_functor(m, [&](const auto& message) {
    return with_reducer(r, empty,
                        [&](const auto& reducer) { return impl::compiled_fold(message, reducer, edges, operation); });
  });
}

}  // namespace detail
}  // namespace edgefold
