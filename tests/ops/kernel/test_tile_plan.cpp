// Shapes that meet, and the tiles that a row is cut into.
#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/kernel/tile_plan.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

shape_type common(std::vector<shape_type> shapes) { return detail::broadcast_features(shapes, "test"); }

TEST_CASE("feature shapes are aligned at the right, each dim equal or 1") {
  CHECK(common({{9, 5}}) == shape_type{5});
  CHECK(common({{9, 5}, {4, 5}}) == shape_type{5});
  CHECK(common({{9, 5}, {4, 1}}) == shape_type{5});
  CHECK(common({{9}, {4, 3, 2}}) == shape_type{3, 2});
  CHECK(common({{9, 3, 1}, {4, 1, 2}}) == shape_type{3, 2});
  CHECK(common({{9, 7}, {4, 3, 1}, {1, 2, 1, 1}}) == shape_type{2, 3, 7});
  CHECK(common({{9}, {4}}) == shape_type{});
  CHECK(common({{9, 0}, {4, 1}}) == shape_type{0});
  CHECK(common({{9, 1}, {4, 0}}) == shape_type{0});
}

TEST_CASE("shapes that do not broadcast name the operand") {
  CHECK_THROWS_SAYING(common({{9, 5}, {4, 4}}), std::invalid_argument, "[test] operand 1 has shape (4, 4)");
  CHECK_THROWS_SAYING(common({{9, 1}, {4, 3, 2}, {1, 2, 2}}), std::invalid_argument,
                      "[test] operand 2 has shape (1, 2, 2)");
  CHECK_THROWS_SAYING(common({{9, 0}, {4, 2}}), std::invalid_argument, "[test] operand 1");
}

// Each feature is written by exactly one tile: what a fold that overlaps or leaves out columns would get wrong.
TEST_CASE("property: any shapes through apply_edges, element by element") {
  check_property([] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    std::vector<naive_operand> plain;
    std::array<operand<double>, 3> o{random_operand<double>(g, dims), random_operand<double>(g, dims),
                                     random_operand<double>(g, dims)};
    for (const auto& x : o) plain.push_back(naive(x));
    const auto m = message([](auto a, auto b, auto c) { return a + 100 * b + 10000 * c; }, o[0], o[1], o[2]);
    const naive_rows expected =
        naive_messages(g, plain, [](const double* x) { return x[0] + 100 * x[1] + 10000 * x[2]; });
    RC_ASSERT(difference(apply_edges(g, m), expected) <= 1e-9);
  });
}

}  // namespace
}  // namespace edgefold
