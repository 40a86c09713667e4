/// From how much work on a task of its own pays. Private to the compiled library.
#pragma once
#include <cstdint>

namespace edgefold::detail {

/// Elements worth a task.
inline constexpr std::int64_t least_work = 1 << 15;

}  // namespace edgefold::detail
