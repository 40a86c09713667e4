// What the kernels of gradients leave to be added up.
#include <edgefold/ops/gradient/operand_gradients.hpp>

#include <doctest/doctest.h>

namespace edgefold {
namespace {

TEST_CASE("chunks of hubs are added up, neighbours first") {
  const std::vector<detail::hub_chunk> chunks = {{1, 0, 4, true}, {1, 4, 8, false}, {3, 8, 12, true}};
  std::vector<double> parts = {1, 2, 10, 20, 5, 6};
  std::vector<double> to(8, -1);
  detail::add_chunks(chunks, parts.data(), 2, to.data());
  CHECK(to == std::vector<double>{-1, -1, 11, 22, -1, -1, 5, 6});

  std::vector<detail::hub_chunk> many;
  std::vector<double> numbers;
  for (int n = 1; n <= 5; ++n)
    for (int i = 0; i < n; ++i) {
      many.push_back({n - 1, 0, 1, i == 0});
      numbers.push_back(i == 2 ? 0x1p-53 : i == 3 ? 0x1p-53 : 1);  // lost where added one by one
    }
  to.assign(5, -1);
  detail::add_chunks(many, numbers.data(), 1, to.data());
  CHECK(to == std::vector<double>{1, 2, 2, 2 + 0x1p-52, 3 + 0x1p-52});
}

}  // namespace
}  // namespace edgefold
