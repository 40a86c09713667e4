// Rows times the matrix of their group.
#include <edgefold/ops/dense/segment_mm.hpp>

#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <support/gradients.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

tensor row_by_row(const tensor& a, const tensor& b, const std::vector<std::int64_t>& ids) {
  std::vector<tensor> rows{tensor({0, b.shape()[2]})};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const tensor one = slice(b, 0, ids[i], ids[i] + 1).reshape({b.shape()[1], b.shape()[2]});
    rows.push_back(matmul(slice(a, 0, row, row + 1), one));
  }
  return concat(rows, 0);
}

TEST_CASE("property: rows times the matrix of their group, one by one") {
  check_property([] {
    const std::int64_t k = *rc::gen::inRange(1, 20), m = *rc::gen::inRange(1, 20);
    const auto lengths =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 7)));
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < lengths.size(); ++i)
      ids.insert(ids.end(), static_cast<std::size_t>(lengths[i]), static_cast<std::int64_t>(i));
    const tensor a = random_normal({std::ssize(ids), k}, 1), b = random_normal({std::ssize(lengths), k, m}, 2);
    RC_ASSERT(relative_difference(segment_mm(a, b, lengths), row_by_row(a, b, ids)) < 1e-5);
    const auto mixed = *rc::gen::container<std::vector<std::int64_t>>(
        ids.size(), rc::gen::inRange<std::int64_t>(0, std::ssize(lengths)));
    RC_ASSERT(relative_difference(gather_mm(a, b, mixed), row_by_row(a, b, mixed)) < 1e-5);
  });
}

TEST_CASE("gradients of segment_mm and gather_mm") {
  const checked_function f = [](const inputs_of& x) { return segment_mm(x[0], x[1], {2, 0, 3}); };
  CHECK_GRADIENTS(f, {normal(5, {4}), normal(3, {4, 3}, 1)});
  const checked_function g = [](const inputs_of& x) { return gather_mm(x[0], x[1], {2, 0, 2, 1, 0}); };
  CHECK_GRADIENTS(g, {normal(5, {4}), normal(3, {4, 3}, 1)});
}

TEST_CASE("segment_mm: the same bits for any number of threads") {
  const tensor a = random_normal({5000, 24}, 1), b = random_normal({3, 24, 17}, 2);
  check_thread_counts([&] { return segment_mm(a, b, {4000, 0, 1000}); });
}

TEST_CASE("segment_mm and gather_mm refuse what does not fit") {
  const tensor a({3, 4}), b({2, 4, 5});
  CHECK_THROWS_SAYING(segment_mm(a, b, {1, 1}), std::invalid_argument,
                      "[segment_mm] a has 3 rows, the segments have 2");
  const std::vector<std::int64_t> huge{std::numeric_limits<std::int64_t>::max(), 4};
  CHECK_THROWS_SAYING(segment_mm(a, b, huge), std::invalid_argument, "a has 3 rows, the segments have more");
  CHECK_THROWS_SAYING(segment_mm(a, b, {3}), std::invalid_argument, "there are 1 segments");
  CHECK_THROWS_SAYING(segment_mm(a, b, {3, -1}), std::invalid_argument, "a length is negative");
  CHECK_THROWS_SAYING(segment_mm(tensor({3, 3}), b, {1, 2}), std::invalid_argument, "a has shape (3, 3)");
  CHECK_THROWS_SAYING(gather_mm(a, b, {0, 1}), std::invalid_argument, "[gather_mm]");
  CHECK_THROWS_SAYING(gather_mm(a, b, {0, 1, 2}), std::invalid_argument, "[gather_mm] id 2 is 2");
}

}  // namespace
}  // namespace edgefold
