/// What functors of whole rows may return: Eigen expressions that outlive the call.
#pragma once
#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

#include <edgefold/core/eigen.hpp>
#include <edgefold/core/isa.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

// Views refer to memory of the library's or the caller's.
template <class Part>
inline constexpr bool is_view = false;
template <class A, int O, class Stride>
inline constexpr bool is_view<Eigen::Map<A, O, Stride>> = true;
template <class A, int O, class Stride>
inline constexpr bool is_view<Eigen::Ref<A, O, Stride>> = true;

template <class Part>
inline constexpr bool is_matrix = false;
template <class T, int R, int C, int O, int MR, int MC>
inline constexpr bool is_matrix<Eigen::Matrix<T, R, C, O, MR, MC>> = true;
template <class T, int R, int C, int O, int MR, int MC>
inline constexpr bool is_matrix<Eigen::Array<T, R, C, O, MR, MC>> = true;

// Whether a part of an expression is a matrix, which expressions hold by reference, or has such a part.
template <class E>
inline constexpr bool has_matrix = false;
template <class Part>
constexpr bool is_or_has_matrix() {
  if constexpr (is_view<Part>) return false;
  else return is_matrix<Part> || has_matrix<Part>;
}
template <class... Parts>
inline constexpr bool hold_matrix = (is_or_has_matrix<std::remove_cv_t<Parts>>() || ...);

template <template <class> class E, class A>
inline constexpr bool has_matrix<E<A>> = hold_matrix<A>;
template <template <class, int> class E, class A, int I>
inline constexpr bool has_matrix<E<A, I>> = hold_matrix<A>;
template <template <class, int, int> class E, class A, int I, int J>
inline constexpr bool has_matrix<E<A, I, J>> = hold_matrix<A>;
template <template <class, int, int, bool> class E, class A, int I, int J, bool B>
inline constexpr bool has_matrix<E<A, I, J, B>> = hold_matrix<A>;
template <template <class, class> class E, class A, class B>
inline constexpr bool has_matrix<E<A, B>> = hold_matrix<A, B>;
template <template <class, class, int> class E, class A, class B, int I>
inline constexpr bool has_matrix<E<A, B, I>> = hold_matrix<A, B>;
template <template <class, class, class> class E, class A, class B, class C>
inline constexpr bool has_matrix<E<A, B, C>> = hold_matrix<A, B, C>;
template <class Op, class Plain>
inline constexpr bool has_matrix<Eigen::CwiseNullaryOp<Op, Plain>> = false;

/// Whether an Eigen expression refers to a matrix that stands elsewhere: one that was local to the functor would be
/// gone when the expression is evaluated. Maps, and constants such as Zero(), refer to none.
template <class E>
inline constexpr bool refers_to_matrix = !is_matrix<E> && is_or_has_matrix<E>();

/// What a functor of rows returned, or each part of a tuple of such: checked when the program is compiled. (For a
/// static_assert, so that its sentence comes before what compilers say of the statements behind it.)
template <class Result>
constexpr bool check_row_result() {
  if constexpr (requires { std::tuple_size<Result>::value; }) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (check_row_result<std::remove_cvref_t<std::tuple_element_t<I, Result>>>() && ...);
    }
    (std::make_index_sequence<std::tuple_size<Result>::value>{});
  } else {
    static_assert(std::derived_from<Result, Eigen::EigenBase<Result>>,
                  "a functor of rows (message_rows, mailbox, their vjp) returns an Eigen expression: a row vector, or "
                  "for the vjp of a mailbox a matrix, not a number; of one value: Eigen::Matrix<T, 1, 1>(x)");
    static_assert(!refers_to_matrix<Result>,
                  "a functor of rows (message_rows, mailbox, their vjp) returned an expression that refers to a "
                  "matrix, which may be gone when it is evaluated: end it with .eval()");
    return true;
  }
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
