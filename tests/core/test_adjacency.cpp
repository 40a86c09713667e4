#include <doctest/doctest.h>

#include <edgefold/core/adjacency.hpp>
#include <edgefold/core/random.hpp>

#include <support/property.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

#include <atomic>
#include <thread>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

struct edge_lists {
  std::int64_t num_src = 0, num_dst = 0;
  std::vector<std::int64_t> sources, targets;
  adjacency built() const { return adjacency::from_coo(sources, targets, num_src, num_dst); }
};

edge_lists random_lists() {
  edge_lists g;
  g.num_src = *rc::gen::inRange<std::int64_t>(1, 9);
  g.num_dst = *rc::gen::inRange<std::int64_t>(1, 9);
  const auto n = *rc::gen::inRange<std::size_t>(0, 30);
  g.sources = *rc::gen::container<std::vector<std::int64_t>>(n, rc::gen::inRange<std::int64_t>(0, g.num_src));
  g.targets = *rc::gen::container<std::vector<std::int64_t>>(n, rc::gen::inRange<std::int64_t>(0, g.num_dst));
  return g;
}

// Group r of `g`, as (edge id, other end) in the order stored.
using group = std::vector<std::pair<edge_id, vertex_id>>;
std::vector<group> groups_of(const edge_groups& g) {
  std::vector<group> all(static_cast<std::size_t>(g.num_groups));
  for (std::int64_t r = 0; r < g.num_groups; ++r)
    for (std::int64_t k = g.offsets[r]; k < g.offsets[r + 1]; ++k)
      all[static_cast<std::size_t>(r)].emplace_back(g.id_at(k), g.neighbors[k]);
  return all;
}

std::vector<group> naive_groups(const std::vector<std::int64_t>& keys, const std::vector<std::int64_t>& others,
                                std::int64_t num_groups) {
  std::vector<group> all(static_cast<std::size_t>(num_groups));
  for (std::size_t e = 0; e < keys.size(); ++e)
    all[static_cast<std::size_t>(keys[e])].emplace_back(static_cast<edge_id>(e), static_cast<vertex_id>(others[e]));
  return all;
}

bool agrees(const adjacency& a, const edge_lists& g) {
  bool same = a.num_src() == g.num_src && a.num_dst() == g.num_dst && a.num_edges() == std::ssize(g.sources);
  for (std::size_t e = 0; same && e < g.sources.size(); ++e)
    same = a.sources()[e] == g.sources[e] && a.targets()[e] == g.targets[e];
  return same && a.in_edges().num_edges == a.num_edges() && a.out_edges().num_edges == a.num_edges() &&
         groups_of(a.in_edges()) == naive_groups(g.targets, g.sources, g.num_dst) &&
         groups_of(a.out_edges()) == naive_groups(g.sources, g.targets, g.num_src);
}

// The arrays of one grouping as a caller would hand them over.
struct arrays {
  std::vector<std::int64_t> offsets{0}, neighbors, ids;
  explicit arrays(const std::vector<group>& groups) {
    for (const group& g : groups) {
      for (const auto& [id, other] : g) neighbors.push_back(other), ids.push_back(id);
      offsets.push_back(std::ssize(neighbors));
    }
  }
};

std::vector<std::int32_t> narrow(const std::vector<std::int64_t>& ids) { return {ids.begin(), ids.end()}; }

edge_lists big_lists() {
  edge_lists g{1000, 700, {}, {}};
  const std::int64_t n = 300'000;
  const auto u = random_integers({n}, g.num_src, 1), v = random_integers({n}, g.num_dst, 2);
  g.sources.assign(u.values().begin(), u.values().end());
  g.targets.assign(v.values().begin(), v.values().end());
  return g;
}

}  // namespace

TEST_CASE("a worked multigraph with a self-loop and an isolated vertex") {
  const adjacency a = adjacency::from_coo({0, 2, 2, 0, 1}, {1, 1, 2, 1, 0}, 4, 4);
  CHECK(groups_of(a.in_edges()) == std::vector<group>{{{4, 1}}, {{0, 0}, {1, 2}, {3, 0}}, {{2, 2}}, {}});
  CHECK(groups_of(a.out_edges()) == std::vector<group>{{{0, 1}, {3, 1}}, {{4, 0}}, {{1, 1}, {2, 2}}, {}});
  CHECK(a.in_edges().degree(1) == 3);
  CHECK(a.in_edges().degree(3) == 0);
}

TEST_CASE("no vertices and no edges are legal") {
  const adjacency none;
  CHECK(none.num_src() == 0);
  CHECK(none.num_dst() == 0);
  CHECK(none.num_edges() == 0);
  CHECK(none.in_edges().offsets[0] == 0);
  CHECK(none.reversed().out_edges().num_groups == 0);
  const adjacency lonely = adjacency::from_coo({}, {}, 3, 0);
  CHECK(groups_of(lonely.out_edges()) == std::vector<group>(3));
  CHECK(lonely.in_edges().num_groups == 0);
}

TEST_CASE("both groupings agree with a naive loop, by every way of building") {
  check_property([] {
    const edge_lists g = random_lists();
    RC_ASSERT(agrees(g.built(), g));
    const arrays in(naive_groups(g.targets, g.sources, g.num_dst));
    const arrays out(naive_groups(g.sources, g.targets, g.num_src));
    RC_ASSERT(agrees(adjacency::from_csc(in.offsets, in.neighbors, g.num_src, in.ids), g));
    RC_ASSERT(agrees(adjacency::from_csc(in.offsets, narrow(in.neighbors), g.num_src, narrow(in.ids)), g));
    RC_ASSERT(agrees(adjacency::from_csr(out.offsets, out.neighbors, g.num_dst, out.ids), g));
    RC_ASSERT(agrees(adjacency::from_csr(narrow(out.offsets), narrow(out.neighbors), g.num_dst, narrow(out.ids)), g));
  });
}

TEST_CASE("without edge ids, the id is the position") {
  check_property([] {
    const edge_lists g = random_lists();
    const arrays in(naive_groups(g.targets, g.sources, g.num_dst));
    edge_lists sorted{g.num_src, g.num_dst, in.neighbors, {}};
    for (std::int64_t v = 0; v < g.num_dst; ++v)
      for (auto k = in.offsets[static_cast<std::size_t>(v)]; k < in.offsets[static_cast<std::size_t>(v) + 1]; ++k)
        sorted.targets.push_back(v);
    RC_ASSERT(agrees(adjacency::from_csc(in.offsets, in.neighbors, g.num_src), sorted));
    std::swap(sorted.sources, sorted.targets);
    std::swap(sorted.num_src, sorted.num_dst);
    RC_ASSERT(agrees(adjacency::from_csr(in.offsets, in.neighbors, g.num_src), sorted));
  });
}

TEST_CASE("reversed turns every edge around, whichever groupings were built before") {
  check_property([] {
    const edge_lists g = random_lists();
    const edge_lists turned{g.num_dst, g.num_src, g.targets, g.sources};
    const adjacency a = g.built();
    RC_ASSERT(agrees(a.reversed(), turned));
    if (*rc::gen::arbitrary<bool>()) a.in_edges();
    if (*rc::gen::arbitrary<bool>()) a.out_edges();
    RC_ASSERT(agrees(a.reversed(), turned));
    const arrays in(naive_groups(g.targets, g.sources, g.num_dst));
    const adjacency by_target = adjacency::from_csc(in.offsets, in.neighbors, g.num_src, in.ids);
    RC_ASSERT(agrees(by_target.reversed(), turned));
    RC_ASSERT(agrees(by_target.reversed().reversed(), g));
  });
}

TEST_CASE("a subset renumbers the chosen edges in the order asked for, repeats included") {
  check_property([] {
    const edge_lists g = random_lists();
    RC_PRE(!g.sources.empty());
    const auto chosen =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, std::ssize(g.sources)));
    edge_lists expected{g.num_src, g.num_dst, {}, {}};
    for (std::int64_t e : chosen) {
      expected.sources.push_back(g.sources[static_cast<std::size_t>(e)]);
      expected.targets.push_back(g.targets[static_cast<std::size_t>(e)]);
    }
    RC_ASSERT(agrees(g.built().subset(chosen), expected));
    RC_ASSERT(agrees(g.built().subset(narrow(chosen)), expected));
  });
}

TEST_CASE("a large graph is grouped alike by 1, 2, 3 and 8 threads") {
  const edge_lists g = big_lists();
  for (int threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    const thread_scope scope(threads);
    CHECK(agrees(g.built(), g));
    CHECK(agrees(g.built().reversed(), {g.num_dst, g.num_src, g.targets, g.sources}));
  }
}

TEST_CASE("ids are left out and the array that was moved in is used where the edges are grouped already") {
  basic_tensor<std::int32_t> sources({4}, {3, 1, 0, 2}), targets({4}, {0, 0, 1, 3});
  const std::int32_t *const u = sources.data(), *const v = targets.data();
  const adjacency a = adjacency::from_coo(std::move(sources), std::move(targets), 4, 4);
  CHECK(a.in_edges().edge_ids == nullptr);
  CHECK(a.in_edges().wide_edge_ids == nullptr);
  CHECK(a.in_edges().neighbors == u);
  CHECK(a.targets() == v);
  CHECK(a.out_edges().edge_ids != nullptr);
  basic_tensor<std::int32_t> grouped({4}, {3, 1, 0, 2});
  const std::int32_t* const neighbors = grouped.data();
  const adjacency csc = adjacency::from_csc(basic_tensor<std::int64_t>({3}, {0, 1, 4}), std::move(grouped), 4);
  CHECK(csc.in_edges().neighbors == neighbors);
}

TEST_CASE("a graph does not change with the arrays that it was made of") {
  using narrow_ids = basic_tensor<std::int32_t>;
  using wide_ids = basic_tensor<std::int64_t>;
  narrow_ids u({4}, {3, 1, 0, 2}), v({4}, {0, 0, 1, 3}), ids({4}, {2, 3, 0, 1});
  wide_ids offsets({3}, {0, 2, 4}), wide({4}, {2, 3, 0, 1});
  std::vector<std::int32_t> of_caller{3, 1, 0, 2};
  const auto wrapped = [&] { return narrow_ids::wrap(of_caller.data(), {4}, nullptr); };
  const auto owned = std::make_shared<std::vector<std::int32_t>>(of_caller);
  const auto make = [&] {
    return std::vector{adjacency::from_coo(u, v, 4, 4),
                       adjacency::from_coo(wrapped(), narrow_ids({4}, {0, 0, 1, 3}), 4, 4),
                       adjacency::from_coo(narrow_ids::wrap(owned->data(), {4}, owned), v.reshape({4, 1}), 4, 4),
                       adjacency::from_csc(offsets, u, 4),
                       adjacency::from_csc(offsets, wrapped(), 4, ids),
                       adjacency::from_csr(offsets, u, 4, wide),
                       adjacency::from_csr(offsets, wrapped(), 4)};
  };
  const std::vector<adjacency> before = make(), after = make();
  for (const adjacency& a : before) a.in_edges(), a.out_edges(), a.sources();
  for (std::int32_t i = 0; i < 4; ++i) {
    const auto at = static_cast<std::size_t>(i);
    u.mutable_data()[i] = v.mutable_data()[i] = of_caller[at] = (*owned)[at] = 1'000'000'000;
    ids.mutable_data()[i] = 7, wide.mutable_data()[i] = 1 << 20;
  }
  offsets.mutable_data()[1] = 1 << 20;
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(std::equal(after[i].sources(), after[i].sources() + 4, before[i].sources()));
    CHECK(std::equal(after[i].targets(), after[i].targets() + 4, before[i].targets()));
    CHECK(groups_of(after[i].in_edges()) == groups_of(before[i].in_edges()));
    CHECK(groups_of(after[i].out_edges()) == groups_of(before[i].out_edges()));
  }
}

TEST_CASE("a list of ids that is given twice, or kept, is not taken over") {
  basic_tensor<std::int32_t> t({2}, {1, 0});
  const std::int32_t* const p = t.data();
  const id_list both(std::move(t));
  const adjacency a = adjacency::from_coo(both, both, 2, 2);
  CHECK(a.sources() != p);
  CHECK(a.targets() != p);
}

TEST_CASE("edge ids of 64 bits serve as they are") {
  basic_tensor<std::int64_t> wide({4}, {2, 0, 1, 3});
  const std::int64_t* const ids = wide.data();
  const adjacency a = adjacency::from_csc({0, 1, 4}, {1, 0, 1, 0}, 2, std::move(wide));
  CHECK(a.in_edges().wide_edge_ids == ids);
  CHECK(a.in_edges().edge_ids == nullptr);
  CHECK(groups_of(a.in_edges()) == std::vector<group>{{{2, 1}}, {{0, 0}, {1, 1}, {3, 0}}});
  CHECK(groups_of(a.out_edges()) == std::vector<group>{{{0, 1}, {3, 1}}, {{1, 1}, {2, 0}}});
  CHECK(groups_of(a.subset({2, 3}).in_edges()) == std::vector<group>{{{0, 1}}, {{1, 0}}});
}

TEST_CASE("groupings may be asked for by many threads at once") {
  const edge_lists g = big_lists();
  const auto in = naive_groups(g.targets, g.sources, g.num_dst);
  const auto out = naive_groups(g.sources, g.targets, g.num_src);
  const arrays csc(in);
  for (const adjacency& a : {g.built(), adjacency::from_csc(csc.offsets, csc.neighbors, g.num_src, csc.ids)}) {
    std::atomic<int> arrived{0}, wrong{0};
    std::vector<const edge_groups*> seen(8);
    auto ask = [&](std::size_t t) {
      ++arrived;
      while (arrived < 8) std::this_thread::yield();
      if (t % 4 == 3) wrong += a.sources()[5] != g.sources[5];
      seen[t] = t % 2 ? &a.in_edges() : &a.out_edges();
      wrong += groups_of(*seen[t]) != (t % 2 ? in : out);
    };
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 8; ++t) threads.emplace_back(ask, t);
    threads.clear();
    CHECK(wrong == 0);
    for (std::size_t t = 0; t < 8; ++t) CHECK(seen[t] == (t % 2 ? &a.in_edges() : &a.out_edges()));
  }
}

TEST_CASE("bad lists of edges are refused") {
  using ids = std::vector<std::int64_t>;
  auto coo = [](const ids& u, const ids& v, std::int64_t n, std::int64_t m) { return adjacency::from_coo(u, v, n, m); };
  CHECK_THROWS_SAYING(coo({0, 1}, {0}, 2, 2), std::invalid_argument, "[from_coo] sources has 2 ids, targets has 1");
  CHECK_THROWS_SAYING(coo({0, 2}, {0, 1}, 2, 2), std::invalid_argument,
                      "[from_coo] source of edge 1 is 2, expected an id from 0 to 1");
  CHECK_THROWS_SAYING(coo({0, 1}, {0, -1}, 2, 2), std::invalid_argument,
                      "[from_coo] target of edge 1 is -1, expected an id from 0 to 1");
  CHECK_THROWS_SAYING(coo({}, {}, std::int64_t{1} << 31, 1), std::invalid_argument,
                      "from 0 to 2147483647 vertices, got 2147483648");
  CHECK_THROWS_SAYING(coo({}, {}, 1, -1), std::invalid_argument, "got -1");
  CHECK_THROWS_SAYING(coo({std::int64_t{1} << 32}, {0}, 2, 2), std::invalid_argument, "source of edge 0 is 4294967296");
  CHECK_THROWS_SAYING(coo({0}, {0}, 1, 1).subset({0, 1}), std::invalid_argument,
                      "[subset] edge id at position 1 is 1, expected an id from 0 to 0");
}

TEST_CASE("lists of ids without storage are refused") {
  const basic_tensor<std::int64_t> none;
  const basic_tensor<std::int32_t> narrow;
  CHECK_THROWS_SAYING(adjacency::from_coo(none, none, 2, 2), std::invalid_argument,
                      "[from_coo] source of edge: the ids are a tensor without storage");
  CHECK_THROWS_SAYING(adjacency::from_coo({}, narrow, 2, 2), std::invalid_argument,
                      "[from_coo] target of edge: the ids are a tensor without storage");
  CHECK_THROWS_SAYING(adjacency::from_csc({0, 0}, none, 1), std::invalid_argument,
                      "[from_csc] source at position: the ids are a tensor without storage");
}

TEST_CASE("the first bad id of a long list is the one named") {
  const thread_scope three(3);
  std::vector<std::int32_t> u(1'000'000, 1), v(1'000'000, 0);
  u[999'999] = 7;
  u[700'001] = -3;
  CHECK_THROWS_SAYING(adjacency::from_coo(u, v, 2, 2), std::invalid_argument, "source of edge 700001 is -3");
}

TEST_CASE("bad compressed arrays are refused") {
  using ids = std::vector<std::int64_t>;
  auto csc = [](const ids& o, const ids& s, std::int64_t n) { return adjacency::from_csc(o, s, n); };
  auto csr = [](const ids& o, const ids& t, std::int64_t n, const ids& e) { return adjacency::from_csr(o, t, n, e); };
  CHECK_THROWS_SAYING(csc({}, {}, 1), std::invalid_argument, "[from_csc] offsets is empty");
  CHECK_THROWS_SAYING(csc({0, 1}, {0, 0}, 1), std::invalid_argument, "offsets run from 0 to 1, expected from 0 to 2");
  CHECK_THROWS_SAYING(csc({1, 2}, {0, 0}, 1), std::invalid_argument, "offsets run from 1 to 2, expected from 0 to 2");
  CHECK_THROWS_SAYING(csc({0, 2, 1, 2}, {0, 0}, 1), std::invalid_argument, "offsets[2] is 1, less than offsets[1], 2");
  CHECK_THROWS_SAYING(csc({0, 2}, {0, 1}, 1), std::invalid_argument, "source at position 1 is 1");
  CHECK_THROWS_SAYING(csr({0, 2}, {0, 1}, 1, {0, 1}), std::invalid_argument, "[from_csr] target at position 1 is 1");
  CHECK_THROWS_SAYING(csr({0, 2}, {0, 0}, 1, {0}), std::invalid_argument, "edge_ids has 1 ids for 2 edges");
  CHECK_THROWS_SAYING(csr({0, 2}, {0, 0}, 1, {0, 2}), std::invalid_argument, "edge id at position 1 is 2");
  CHECK_THROWS_SAYING(csr({0, 1, 2}, {0, 0}, 1, {1, 1}), std::invalid_argument, "edge id 1 is given twice");
  CHECK_THROWS_SAYING(csr({0, 2}, {0, 0}, 1, {1, 0}), std::invalid_argument, "edge ids of vertex 0 do not ascend");
}

TEST_CASE("segments are groups without neighbours") {
  const edge_groups g = segments({2, 0, 3});
  CHECK(g.num_groups == 3);
  CHECK(g.num_edges == 5);
  CHECK(g.neighbors == nullptr);
  CHECK(g.degree(0) == 2);
  CHECK(g.degree(1) == 0);
  CHECK(g.offsets[2] == 2);
  CHECK(g.id_at(4) == 4);
  CHECK(segments({}).num_edges == 0);
  CHECK_THROWS_SAYING(segments({1, -1}), std::invalid_argument, "[segments] length 1 is -1");
  const std::vector<std::int64_t> huge(3, std::int64_t{1} << 62);
  CHECK_THROWS_SAYING(segments(huge), std::invalid_argument, "more than 2^63");
}
