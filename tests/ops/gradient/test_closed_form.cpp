#include <doctest/doctest.h>

#include <edgefold/ops/gradient/closed_form.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

TEST_CASE("edge ids that a float's bits cannot tell apart are refused, however they are stored") {
  const auto refused = [](const edge_groups& g) {
    CHECK_THROWS_SAYING(impl::id_column<float>().of(g), std::invalid_argument, "limited to 2,139,095,039 edges");
  };
  const std::int64_t many[] = {0, 0x7f800000}, one[] = {0, 1};
  const std::int32_t narrow = 7;
  edge_groups g{1, many[1], many, nullptr, &narrow, nullptr, nullptr};
  refused(g);
  const std::int64_t wide = (std::int64_t{1} << 32) + 7;  // of a part of a large graph
  const edge_groups part{1, 1, one, nullptr, nullptr, &wide, nullptr};
  refused(part);
  CHECK_NOTHROW(impl::id_column<double>().of(part));
  g.offsets = one;
  CHECK(impl::id_column<float>().of(g).base == reinterpret_cast<const float*>(&narrow));
}

}  // namespace
}  // namespace edgefold
