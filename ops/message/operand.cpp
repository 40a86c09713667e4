#include <edgefold/ops/message/operand.hpp>

namespace edgefold {

std::string_view side_name(side s) {
  constexpr std::string_view names[] = {"src", "dst", "edge", "shared"};
  return names[static_cast<std::size_t>(s)];
}

}  // namespace edgefold
