/// Named messages of floats, written to the edges or folded by named reducers: compiled once, in the library, behind
/// two functions that are the same for every instruction set.
#pragma once
#include <optional>

#include <edgefold/ops/kernel/binding.hpp>
#include <edgefold/ops/reduce/basic.hpp>

namespace edgefold {
namespace detail {

/// dot_any: the sum of products of operands whose last dims broadcast.
enum class named_functor : std::uint8_t { copy, add, sub, mul, div, dot, dot_any };
enum class named_reducer : std::uint8_t { sum, mean, max, min };

/// A message of bound operands.
struct named_message {
  named_functor functor;
  std::span<const operand<float>> operands;
};
/// impl::recorded_messages and impl::recorded_fold of these, as the library was compiled.
basic_tensor<float> named_messages(const named_message& m, const grouped_edges& edges, std::string_view operation);
basic_tensor<float> named_fold(const named_message& m, named_reducer r, double empty, const grouped_edges& edges,
                               std::string_view operation);

}  // namespace detail

inline namespace EDGEFOLD_ISA {
namespace impl {

template <class M>
inline constexpr std::optional<named_functor> elementwise_name = std::nullopt;
template <class R>
inline constexpr std::optional<named_reducer> reducer_name = std::nullopt;
#define EDGEFOLD_NAMED_FUNCTOR(name, operands)                                                           \
  template <>                                                                                            \
  inline constexpr std::optional elementwise_name<elementwise_message<functor::name, float, operands>> = \
      named_functor::name;
EDGEFOLD_NAMED_FUNCTOR(copy, 1)
EDGEFOLD_NAMED_FUNCTOR(add, 2)
EDGEFOLD_NAMED_FUNCTOR(sub, 2)
EDGEFOLD_NAMED_FUNCTOR(mul, 2)
EDGEFOLD_NAMED_FUNCTOR(div, 2)
#undef EDGEFOLD_NAMED_FUNCTOR
#define EDGEFOLD_NAMED_REDUCER(name) \
  template <>                        \
  inline constexpr std::optional reducer_name<reduce::name> = named_reducer::name;
EDGEFOLD_NAMED_REDUCER(sum)
EDGEFOLD_NAMED_REDUCER(mean)
EDGEFOLD_NAMED_REDUCER(max)
EDGEFOLD_NAMED_REDUCER(min)
#undef EDGEFOLD_NAMED_REDUCER

using dot_message = sum_last_message<functor::mul, float, 2>;
template <class M>
inline constexpr bool is_named_message = elementwise_name<M>.has_value() || std::same_as<M, dot_message>;
template <class M, class R>
inline constexpr bool is_named_fold = elementwise_name<M>.has_value() && reducer_name<R>.has_value();

template <class M>
requires is_named_message<M> named_message named(const M& m) {
  if constexpr (std::same_as<M, dot_message>)
    return {m.equal_widths ? named_functor::dot : named_functor::dot_any, m.operands};
  else return {*elementwise_name<M>, m.operands};
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
