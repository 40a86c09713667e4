// Sums over rows: equal to a naive loop, and the same bits for any number of threads.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/gradient/row_sums.hpp>

#include <support/thread_counts.hpp>

#include <vector>

namespace edgefold {
namespace {

using testing::relative_difference;

basic_tensor<double> naive_sum(const basic_tensor<double>& t) {
  std::vector<long double> sums(static_cast<std::size_t>(t.width()), 0);
  for (std::int64_t r = 0; r < t.rows(); ++r)
    for (std::int64_t c = 0; c < t.width(); ++c) sums[static_cast<std::size_t>(c)] += t.at(r, c);
  shape_type shape = t.shape();
  shape[0] = 1;
  return basic_tensor<double>(shape, std::vector<double>(sums.begin(), sums.end()));
}

TEST_CASE("the sum of all rows, of few and of many, narrow and wide, none") {
  for (const std::int64_t rows : {0, 1, 2, 511, 512, 513, 5000, 300000})
    for (const shape_type& dims : {shape_type{1}, shape_type{3, 2}, shape_type{40}}) {
      CAPTURE(rows);
      shape_type shape{rows};
      shape.insert(shape.end(), dims.begin(), dims.end());
      if (num_elements(shape) > 4'000'000) continue;
      const auto x = random_normal<double>(shape, 7);
      CHECK(relative_difference(detail::sum_rows(x), naive_sum(x)) < 1e-12);
    }
}

TEST_CASE("the sum of rows has the same bits for any number of threads") {
  const tensor x = random_normal<float>({100000, 3}, 11);
  testing::check_thread_counts([&] { return detail::sum_rows(x); });
}

TEST_CASE("many equal rows lose nothing") {
  const tensor x = full<float>({1 << 20, 1}, 0.1F);
  CHECK(detail::sum_rows(x).item() == doctest::Approx(0.1 * (1 << 20)).epsilon(1e-5));
}

TEST_CASE("rows are added to the rows named, in order") {
  constexpr std::int64_t count = 60000, width = 5, targets = 700;
  const auto from = random_normal<double>({count, width}, 3);
  std::vector<vertex_id> to(count);
  for (std::int64_t i = 0; i < count; ++i) to[static_cast<std::size_t>(i)] = static_cast<vertex_id>(i * i % targets);
  std::vector<double> expected(targets * width, 1);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t c = 0; c < width; ++c)
      expected[static_cast<std::size_t>(to[static_cast<std::size_t>(i)] * width + c)] += from.at(i, c);
  testing::check_thread_counts([&] {
    std::vector<double> sums(targets * width, 1);
    detail::add_rows(from.values().data(), to.data(), count, width, sums.data(), targets);
    CHECK(sums == expected);  // one order of adding: bit for bit
    return basic_tensor<double>({targets, width}, std::span<const double>(sums));
  });
}

TEST_CASE("chunks of hubs are added in order, the first sets") {
  const std::vector<detail::hub_chunk> chunks = {{1, 0, 4, true}, {1, 4, 8, false}, {3, 8, 12, true}};
  const std::vector<double> parts = {1, 2, 10, 20, 5, 6};
  std::vector<double> to(8, -1);
  detail::add_chunks(chunks, parts.data(), 2, to.data());
  CHECK(to == std::vector<double>{-1, -1, 11, 22, -1, -1, 5, 6});
}

}  // namespace
}  // namespace edgefold
