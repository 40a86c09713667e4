/// How a layer reduces the messages of a vertex, where that is a choice.
#pragma once
#include <cstdint>

namespace edgefold {

/// Of no messages each is 0.
enum class neighbor_reducer : std::uint8_t { sum, mean, max };

}  // namespace edgefold
