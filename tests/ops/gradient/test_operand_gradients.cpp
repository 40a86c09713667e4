// What the kernels of gradients leave to be added up.
#include <edgefold/ops/gradient/operand_gradients.hpp>

#include <doctest/doctest.h>

namespace edgefold {
namespace {

TEST_CASE("chunks of hubs are added in order, the first sets") {
  const std::vector<detail::hub_chunk> chunks = {{1, 0, 4, true}, {1, 4, 8, false}, {3, 8, 12, true}};
  const std::vector<double> parts = {1, 2, 10, 20, 5, 6};
  std::vector<double> to(8, -1);
  detail::add_chunks(chunks, parts.data(), 2, to.data());
  CHECK(to == std::vector<double>{-1, -1, 11, 22, -1, -1, 5, 6});
}

}  // namespace
}  // namespace edgefold
