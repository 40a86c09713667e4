/// DGL's names for the built-in messages: u is the source, v the destination, e the edge. Arguments are tensors,
/// columns, or the names of float columns; for other scalar types say mul(src<double>("h"), edge<double>("w")).
#pragma once
#include <edgefold/ops/message/message.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {

/// copy(src(a)), copy(dst(a)), copy(edge(a)).
/// @{
template <class A>
auto copy_u(const A& a) {
  return copy(src(a));
}
template <class A>
auto copy_v(const A& a) {
  return copy(dst(a));
}
template <class A>
auto copy_e(const A& a) {
  return copy(edge(a));
}
/// @}

#define EDGEFOLD_BINARY(name, function, left, right) \
  template <class A, class B>                        \
  auto name(const A& a, const B& b) {                \
    return function(left(a), right(b));              \
  }
#define EDGEFOLD_BINARY_SIDES(function)                  \
  EDGEFOLD_BINARY(u_##function##_v, function, src, dst)  \
  EDGEFOLD_BINARY(u_##function##_e, function, src, edge) \
  EDGEFOLD_BINARY(v_##function##_u, function, dst, src)  \
  EDGEFOLD_BINARY(v_##function##_e, function, dst, edge) \
  EDGEFOLD_BINARY(e_##function##_u, function, edge, src) \
  EDGEFOLD_BINARY(e_##function##_v, function, edge, dst)
/// The operation named in the middle of two operands, whose sides the letters before and behind it say: u_sub_e(a, b)
/// is sub(src(a), edge(b)).
/// @{
EDGEFOLD_BINARY_SIDES(add)
EDGEFOLD_BINARY_SIDES(sub)
EDGEFOLD_BINARY_SIDES(mul)
EDGEFOLD_BINARY_SIDES(div)
EDGEFOLD_BINARY_SIDES(dot)
/// @}
#undef EDGEFOLD_BINARY_SIDES
#undef EDGEFOLD_BINARY

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
