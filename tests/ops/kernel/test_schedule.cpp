#include <doctest/doctest.h>

#include <edgefold/ops/kernel/schedule.hpp>

#include <support/property.hpp>

using namespace edgefold;
using namespace edgefold::detail;

namespace {

// What schedule.hpp says of hubs, group by group.
std::vector<hub_chunk> chunks_of_all(const edge_groups& g) {
  std::vector<hub_chunk> chunks;
  for (std::int64_t v = 0; v < g.num_groups; ++v)
    if (g.degree(v) > hub_degree)
      for (std::int64_t k = g.offsets[v]; k < g.offsets[v + 1]; k += chunk_edges)
        chunks.push_back({v, k, std::min(k + chunk_edges, g.offsets[v + 1]), k == g.offsets[v]});
  return chunks;
}

bool same(const std::vector<hub_chunk>& a, const std::vector<hub_chunk>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const hub_chunk& x, const hub_chunk& y) {
    return x.group == y.group && x.begin == y.begin && x.end == y.end && x.first == y.first;
  });
}

}  // namespace

TEST_CASE("hubs are found wherever they stand") {
  testing::check_property([] {
    const auto near = [](std::int64_t degree) { return rc::gen::inRange<std::int64_t>(degree - 1, degree + 3); };
    const auto degree = rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 5), near(hub_degree), near(chunk_edges),
                                       near(2 * hub_degree), rc::gen::just(5 * hub_degree + 7));
    const edge_groups all = segments(*rc::gen::container<std::vector<std::int64_t>>(degree));
    const auto end = *rc::gen::inRange<std::int64_t>(0, all.num_groups + 1);
    const auto begin = *rc::gen::inRange<std::int64_t>(0, end + 1);
    for (const edge_groups& g : {all, all.range(begin, end)}) {
      RC_ASSERT(same(make_schedule(g, 1, 1, true).chunks, chunks_of_all(g)));
      RC_ASSERT(make_schedule(g, 1, 1, false).chunks.empty());
    }
  });
}

TEST_CASE("stretches are all groups, each once, of few edges") {
  const edge_groups g = segments(std::vector<std::int64_t>{0, 3, 9, 0, 0, 40, 1, 1, 2, 0});
  for (const std::int64_t edges : {1, 5, 100}) {
    std::int64_t next = 1;
    for_stretches(g, 1, 9, edges, [&](const stretch& s) {
      CHECK(s.first == next);
      CHECK(s.last > s.first);
      CHECK(s.offsets == g.offsets + s.first);
      CHECK((s.last == s.first + 1 || g.offsets[s.last - 1] - g.offsets[s.first] < edges));
      next = s.last;
    });
    CHECK(next == 9);
  }
}
