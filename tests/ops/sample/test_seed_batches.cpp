// Mini-batches of ids.
#include <edgefold/ops/sample/seed_batches.hpp>

#include <doctest/doctest.h>

#include <support/property.hpp>
#include <support/tensors.hpp>

#include <algorithm>
#include <set>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using ids_of = std::vector<std::int64_t>;

ids_of joined(const std::vector<basic_tensor<std::int64_t>>& batches) {
  ids_of all;
  for (const auto& b : batches) all.insert(all.end(), b.values().begin(), b.values().end());
  return all;
}

TEST_CASE("property: batches are the ids, each once, all batches but the last of the size") {
  check_property([] {
    const auto ids = *rc::gen::nonEmpty(rc::gen::container<ids_of>(rc::gen::inRange<std::int64_t>(0, 50)));
    const auto size = *rc::gen::inRange<std::int64_t>(1, 12);
    const seed_batch_options o{.seed = *rc::gen::arbitrary<std::uint64_t>(), .epoch = *rc::gen::inRange(0, 9)};
    const auto batches = seed_batches(ids, size, o);
    for (std::size_t b = 0; b + 1 < batches.size(); ++b) RC_ASSERT(batches[b].shape() == shape_type{size});
    RC_ASSERT(!batches.empty() && batches.back().rows() >= 1 && batches.back().rows() <= size);
    ids_of all = joined(batches);
    RC_ASSERT(all == joined(seed_batches(ids, 100, o)));  // the order does not depend on the size
    ids_of sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    std::sort(all.begin(), all.end());
    RC_ASSERT(all == sorted);
  });
}

TEST_CASE("seed and epoch give the order, which is as random as it should be") {
  ids_of ids(40);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(100 + i);
  const auto order = [&](std::uint64_t seed, std::int64_t epoch) {
    return joined(seed_batches(ids, 7, {.seed = seed, .epoch = epoch}));
  };
  CHECK(order(1, 2) == order(1, 2));
  std::set<ids_of> orders;
  std::vector<int> first(ids.size());
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (std::int64_t epoch = 0; epoch < 80; ++epoch) {
      const ids_of o = order(seed, epoch);
      orders.insert(o);
      ++first[static_cast<std::size_t>(o[0] - 100)];
    }
  CHECK(orders.size() == 4000);
  for (const int n : first) CHECK(std::abs(n - 100) < 50);  // five standard deviations
}

TEST_CASE("options, and 32-bit ids") {
  const std::vector<std::int32_t> ids{5, 3, 9, 3, 0};
  CHECK(joined(seed_batches(ids, 2, {.shuffle = false})) == ids_of{5, 3, 9, 3, 0});
  const auto whole = seed_batches(ids, 2, {.drop_last = true});
  CHECK(whole.size() == 2);
  CHECK(whole[1].rows() == 2);
  CHECK(seed_batches(ids, 5, {.drop_last = true}).size() == 1);
  CHECK(seed_batches(ids, std::numeric_limits<std::int64_t>::max()).size() == 1);
}

TEST_CASE("batches have seeds of their own") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::int64_t epoch = 0; epoch < 10; ++epoch)
      for (std::int64_t batch = 0; batch < 10; ++batch) seeds.insert(batch_seed(seed, epoch, batch));
  CHECK(seeds.size() == 1000);
}

TEST_CASE("what makes no batches") {
  const id_list ids{1, 2, 3};
  CHECK_THROWS_SAYING(seed_batches(id_list(), 2), std::invalid_argument, "[seed_batches] there are no ids");
  CHECK_THROWS_SAYING(seed_batches(ids, 0), std::invalid_argument, "at least 1 id, got 0");
  CHECK_THROWS_SAYING(seed_batches(ids, 2, {.epoch = -1}), std::invalid_argument, "at least 0, got -1");
  CHECK_THROWS_SAYING(seed_batches(ids, 4, {.drop_last = true}), std::invalid_argument,
                      "dropping the last batch leaves none: 3 ids, batches of 4");
}

}  // namespace
}  // namespace edgefold
