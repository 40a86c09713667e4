/// Named messages written to the edges, and folded by named reducers: floats, compiled once, in the library.
#pragma once
#include <edgefold/ops/gradient/record.hpp>
#include <edgefold/version.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class F, std::size_t N>
using named_message = elementwise_message<F, float, N>;
using dot_message = sum_last_message<functor::mul, float, 2>;

#define EDGEFOLD_WRITTEN(linkage, ...)                                                                          \
  linkage template basic_tensor<float> recorded_messages<__VA_ARGS__>(const __VA_ARGS__&, const grouped_edges&, \
                                                                      std::string_view);
#define EDGEFOLD_FOLDED(linkage, reducer, ...)                                                                 \
  linkage template basic_tensor<float> recorded_fold<__VA_ARGS__, reducer>(const __VA_ARGS__&, const reducer&, \
                                                                           const grouped_edges&, std::string_view);
#define EDGEFOLD_NAMED_PAIRS(linkage, ...)                           \
  EDGEFOLD_WRITTEN(linkage, named_message<__VA_ARGS__>)              \
  EDGEFOLD_FOLDED(linkage, reduce::sum, named_message<__VA_ARGS__>)  \
  EDGEFOLD_FOLDED(linkage, reduce::mean, named_message<__VA_ARGS__>) \
  EDGEFOLD_FOLDED(linkage, reduce::max, named_message<__VA_ARGS__>)  \
  EDGEFOLD_FOLDED(linkage, reduce::min, named_message<__VA_ARGS__>)

#if EDGEFOLD_ISA_LEVEL == EDGEFOLD_LIBRARY_ISA_LEVEL  // else there are none in the library
EDGEFOLD_NAMED_PAIRS(extern, functor::copy, 1)
EDGEFOLD_NAMED_PAIRS(extern, functor::add, 2)
EDGEFOLD_NAMED_PAIRS(extern, functor::sub, 2)
EDGEFOLD_NAMED_PAIRS(extern, functor::mul, 2)
EDGEFOLD_NAMED_PAIRS(extern, functor::div, 2)
EDGEFOLD_WRITTEN(extern, dot_message)
#endif

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
