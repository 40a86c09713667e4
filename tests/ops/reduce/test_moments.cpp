// var and std: of the population, and sound where the mean is far from 0.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/oracle.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

graph all_to_first(std::int64_t edges) {
  const basic_tensor<std::int32_t> zeros({edges});
  return graph::from_coo(zeros, zeros, 2);
}

TEST_CASE("var and std are of the population") {
  const tensor x({4, 2}, {1, -1, 2, -1, 3, -1, 6, -1});
  const graph g = all_to_first(4);
  CHECK(same_bits(update_all(g, copy_e(x), reduce::var{}), tensor({2, 2}, {3.5f, 0, 0, 0})));
  CHECK(update_all(g, copy_e(x), reduce::std{}).at(0) == doctest::Approx(1.8708287));
  CHECK(update_all(g, copy_e(x), reduce::std{.empty = 4}).at(1, 1) == 4);
}

TEST_CASE("var and std of one message, and of equal ones, are 0") {
  for (std::int64_t n : {1, 2, 3, 31, 32, 33, 1000, 20000}) {
    CAPTURE(n);
    const tensor x = full<float>({n, 1}, 0.1f);
    CHECK(update_all(all_to_first(n), copy_e(x), reduce::var{}).at(0) <= 1e-12f);
  }
  CHECK(update_all(all_to_first(1), copy_e(full<float>({1, 1}, 1e4f)), reduce::std{}).at(0) == 0);
}

// Spread 1e-2 about 1e4: there floats are 1e-3 apart, and squares of them would have no digit of the variance.
TEST_CASE("std with mean 1e4 and spread 1e-2") {
  for (std::int64_t n : {5, 32, 100, 5000, 30000}) {  // part of a block, one, some, a node's many, a hub's chunks
    CAPTURE(n);
    tensor x = random_normal({n, 3}, 11);
    x.mutable_array() = 1e4f + 1e-2f * x.array();
    const graph g = all_to_first(n);
    const naive_rows rows = as_doubles(x);
    const tensor s = update_all(g, copy_e(x), reduce::std{}), v = update_all(g, copy_e(x), reduce::var{});
    for (std::int64_t c = 0; c < 3; ++c) {
      std::vector<double> column;
      for (std::int64_t i = 0; i < n; ++i) column.push_back(rows.values[static_cast<std::size_t>(3 * i + c)]);
      CHECK(s.at(0, c) / oracle::std(column) == doctest::Approx(1).epsilon(5e-4));
      CHECK(v.at(0, c) / oracle::var(column) == doctest::Approx(1).epsilon(1e-3));
    }
  }
}

TEST_CASE("NaN and infinity in var") {
  CHECK(std::isnan(update_all(all_to_first(3), copy_e(tensor({3, 1}, {1, inf, 2})), reduce::var{}).at(0)));
  CHECK(std::isnan(update_all(all_to_first(2), copy_e(tensor({2, 1}, {NAN, 2})), reduce::std{}).at(0)));
}

}  // namespace
}  // namespace edgefold
