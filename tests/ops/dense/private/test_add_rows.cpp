// Rows added up where ids say: as a naive loop does, in the same bits for any number of threads, and long sums of
// floats better.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/private/add_rows.hpp>

#include <support/thread_counts.hpp>

#include <cmath>
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
        for (std::size_t i = 0; i < sums.size(); ++i)
          if (!(std::abs(sums[i] - expected[i]) <= 1e-11)) FAIL_CHECK(i, ": ", sums[i], ", expected ", expected[i]);
        return basic_tensor<double>({targets, width}, std::span<const double>(sums));
      });
    }
}

TEST_CASE("long sums of floats keep their digits, however many rows there are beside") {
  constexpr std::int64_t count = 1'000'000;
  const std::vector<float> from(count, 0.1F);
  const std::vector<vertex_id> ids(count, 1);
  for (const std::int64_t rows : {2, 2'000'000}) {
    std::vector<float> sums(static_cast<std::size_t>(rows));
    detail::add_rows(from.data(), ids.data(), count, 1, sums.data(), rows);
    CHECK(sums[0] == 0);
    CHECK(std::abs(static_cast<double>(sums[1]) / (static_cast<double>(0.1F) * count) - 1) < 1e-6);
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
