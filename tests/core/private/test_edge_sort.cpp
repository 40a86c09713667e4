#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/core/random.hpp>

#include <support/property.hpp>
#include <support/thread_counts.hpp>

#include <algorithm>
#include <numeric>

using namespace edgefold;
using namespace edgefold::testing;
using detail::sort_limits;

namespace {

using ids32 = basic_tensor<std::int32_t>;

// Limits low enough for a few edges to go every way.
sort_limits random_limits() {
  sort_limits limits;
  limits.at_once = *rc::gen::inRange<std::int64_t>(0, 100);
  limits.groups_at_once = *rc::gen::inRange<std::int64_t>(0, 10);
  limits.edges_a_bucket = *rc::gen::inRange<std::int64_t>(1, 100);
  limits.edges_a_run = *rc::gen::inRange<std::int64_t>(1, 100);
  limits.narrow_ids = *rc::gen::elementOf(std::vector<std::int64_t>{0, 200, 1000});
  return limits;
}

// Compares with the standard library's stable sort.
bool sorts(const ids32& keys, const ids32& others, std::int64_t num_groups, const sort_limits& limits) {
  const std::int64_t n = keys.size();
  const edge_groups g = detail::group_edges(keys, others, num_groups, limits).view(num_groups);
  const std::int32_t* const key = keys.data();
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [=](auto a, auto b) {
    return key[a] < key[b];  // NOLINT(clang-analyzer-core.NullDereference)
  });
  const bool sorted = std::is_sorted(key, key + n);
  bool same = g.num_edges == n && (g.edge_ids != nullptr) == (!sorted && n <= limits.narrow_ids) &&
              (g.wide_edge_ids != nullptr) == (!sorted && n > limits.narrow_ids);
  for (std::int64_t k = 0; same && k < n; ++k) {
    const std::int64_t id = order[static_cast<std::size_t>(k)];
    same = g.id_at(k) == id && g.neighbors[k] == others.data()[id];
  }
  for (std::int64_t r = 0, k = 0; same && r <= num_groups; ++r) {
    while (k < n && key[order[static_cast<std::size_t>(k)]] < r) ++k;
    same = g.offsets[r] == k;
  }
  return same;
}

// Random keys, every `hub`-th of them the same.
ids32 skewed_keys(std::int64_t n, std::int64_t num_groups, std::int64_t hub, std::uint64_t seed) {
  ids32 keys = cast<std::int32_t>(random_integers({n}, num_groups, seed));
  for (std::int64_t i = 0; i < n; i += hub) keys.mutable_data()[i] = static_cast<std::int32_t>(num_groups / 3);
  return keys;
}

}  // namespace

TEST_CASE("edges are grouped as by a stable sort, whatever the limits and the threads") {
  check_property([] {
    const thread_scope threads(*rc::gen::elementOf(std::vector<int>{1, 2, 3, 8}));
    const auto n = *rc::gen::inRange<std::int64_t>(0, 600);
    const auto num_groups =
        *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 40), rc::gen::inRange<std::int64_t>(1, 5000));
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    ids32 keys = skewed_keys(n, num_groups, *rc::gen::elementOf(std::vector<std::int64_t>{1, 2, 1000}), seed);
    if (*rc::gen::inRange(0, 5) == 0) std::sort(keys.mutable_data(), keys.mutable_data() + n);
    RC_ASSERT(sorts(keys, cast<std::int32_t>(random_integers({n}, 1000, seed + 1)), num_groups, random_limits()));
  });
}

TEST_CASE("many edges are grouped alike by 1, 2, 3 and 8 threads") {
  constexpr std::int64_t n = 700'001;
  const ids32 others = cast<std::int32_t>(random_integers({n}, 100'000, 1));
  for (const std::int64_t num_groups : {2, 300, 100'000, 3'000'000})
    for (const std::int64_t hub : {2, 1000})
      for (const std::int64_t narrow : {n - 1, n})
        for (const int threads : {1, 2, 3, 8}) {
          CAPTURE(num_groups);
          CAPTURE(hub);
          CAPTURE(narrow);
          CAPTURE(threads);
          const thread_scope scope(threads);
          sort_limits limits;
          limits.narrow_ids = narrow;
          CHECK(sorts(skewed_keys(n, num_groups, hub, 2), others, num_groups, limits));
        }
}

TEST_CASE("the greatest vertex id has its group") {
  sort_limits limits;
  limits.at_once = limits.groups_at_once = 0;
  limits.edges_a_bucket = 1;
  for (const std::int64_t num_groups : {2, 16, 17, 2048, 2049, 1 << 20}) {
    const auto last = static_cast<std::int32_t>(num_groups - 1);
    CHECK(sorts(ids32({5}, {last, 0, last, 1, 0}), ids32({5}, {4, 3, 2, 1, 0}), num_groups, limits));
  }
}
