// Rows added up where ids say: equal to a naive loop, and the same bits for any number of threads.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/private/add_rows.hpp>

#include <support/thread_counts.hpp>

#include <vector>

namespace edgefold {
namespace {

TEST_CASE("rows are added to the rows named, in order") {
  constexpr std::int64_t count = 60000;
  for (const std::int64_t targets : {1, 2, 3, 700, 70000})
    for (const std::int64_t width : {1, 5, 100}) {
      CAPTURE(targets);
      CAPTURE(width);
      const auto from = random_normal<double>({count, width}, 3);
      std::vector<vertex_id> to(count);
      for (std::int64_t i = 0; i < count; ++i)
        to[static_cast<std::size_t>(i)] = static_cast<vertex_id>(i * i % targets);
      std::vector<double> expected(static_cast<std::size_t>(targets * width), 1);
      for (std::int64_t i = 0; i < count; ++i)
        for (std::int64_t c = 0; c < width; ++c)
          expected[static_cast<std::size_t>(to[static_cast<std::size_t>(i)] * width + c)] += from.at(i, c);
      testing::check_thread_counts([&] {
        std::vector<double> sums(expected.size(), 1);
        detail::add_rows(from.values().data(), to.data(), count, width, sums.data(), targets);
        CHECK(sums == expected);  // one order of adding: bit for bit
        return basic_tensor<double>({targets, width}, std::span<const double>(sums));
      });
    }
}

TEST_CASE("no rows, rows of no values, integers that overflow") {
  std::vector<double> none;
  detail::add_rows<double>(nullptr, nullptr, 0, 3, none.data(), 0);
  const std::vector<vertex_id> ids(5, 0);
  detail::add_rows<double>(none.data(), ids.data(), 5, 0, none.data(), 1);
  const std::vector<std::int32_t> most(2, 2147483647);
  std::int32_t sum = 1;
  detail::add_rows<std::int32_t>(most.data(), ids.data(), 2, 1, &sum, 1);
  CHECK(sum == -1);  // they wrap
}

}  // namespace
}  // namespace edgefold
