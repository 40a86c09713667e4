#include <edgefold/ops/named_pairs.hpp>

#include <edgefold/ops/reduce.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

static_assert(EDGEFOLD_ISA_LEVEL == EDGEFOLD_LIBRARY_ISA_LEVEL,
              "give the compiler's flags for the instruction set as CMAKE_CXX_FLAGS: CMakeLists.txt did not see them");
EDGEFOLD_NAMED_PAIRS(, functor::copy, 1)
EDGEFOLD_NAMED_PAIRS(, functor::add, 2)
EDGEFOLD_NAMED_PAIRS(, functor::sub, 2)
EDGEFOLD_NAMED_PAIRS(, functor::mul, 2)
EDGEFOLD_NAMED_PAIRS(, functor::div, 2)
EDGEFOLD_WRITTEN(, dot_message)

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
