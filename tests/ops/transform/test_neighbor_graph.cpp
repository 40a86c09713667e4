// Graphs of points, against all distances.
#include <edgefold/ops/transform/neighbor_graph.hpp>

#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/dense/reduction.hpp>

#include <edgefold/ops/transform/batch.hpp>

#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr std::int64_t all_of_them = std::numeric_limits<std::int64_t>::max();

struct joined {
  vertex_id from, to;
  double squared;
  bool operator==(const joined&) const = default;
};

// Each pair of points of one graph, sorted; the squares are exact or as good as that.
std::vector<joined> naive(const tensor& x, const neighbor_options& options, std::int64_t most, double r) {
  std::vector<joined> all;
  std::int64_t begin = 0;
  for (const std::int64_t count : options.num_vertices.empty() ? std::vector{x.rows()} : options.num_vertices) {
    for (std::int64_t v = begin; v < begin + count; ++v) {
      std::vector<std::pair<double, std::int64_t>> found;
      for (std::int64_t u = begin; u < begin + count; ++u) {
        double squared = 0;
        for (std::int64_t d = 0; d < x.width(); ++d) {
          const double difference = x.at(v, d) - x.at(u, d);
          squared += difference * difference;
        }
        if (squared <= r * r && (u != v || options.self_loops)) found.emplace_back(squared, u);
      }
      std::sort(found.begin(), found.end());
      for (std::int64_t i = 0; i < std::min(most, std::ssize(found)); ++i) {
        const auto [squared, u] = found[static_cast<std::size_t>(i)];
        all.push_back({static_cast<vertex_id>(u), static_cast<vertex_id>(v), squared});
      }
    }
    begin += count;
  }
  return all;
}

bool is(const graph& g, const std::vector<joined>& expected) {
  if (g.num_edges() != std::ssize(expected)) return false;
  const tensor distance = g.edata["distance"];
  if (distance.shape() != shape_type{g.num_edges(), 1}) return false;
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    const joined& j = expected[static_cast<std::size_t>(e)];
    if (joined{g.source(e), g.target(e), j.squared} != j) return false;
    if (distance.at(e) != static_cast<float>(std::sqrt(j.squared))) return false;
  }
  return true;
}

// Points of few different coordinates, so that many are equally far and some in one place; or of any.
tensor random_points(std::int64_t n, std::int64_t dims, bool grid) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  return grid ? cast<float>(random_integers({n, dims}, 3, seed)) : random_normal({n, dims}, seed);
}

TEST_CASE("knn_graph and radius_graph by hand") {
  const tensor line({5, 1}, {0, 1, 3, -1, 1});
  CHECK(is(
      knn_graph(line, 2),
      {{1, 0, 1}, {3, 0, 1}, {4, 1, 0}, {0, 1, 1}, {1, 2, 4}, {4, 2, 4}, {0, 3, 1}, {1, 3, 4}, {1, 4, 0}, {0, 4, 1}}));
  CHECK(is(knn_graph(line, 1, {.self_loops = true}), {{0, 0, 0}, {1, 1, 0}, {2, 2, 0}, {3, 3, 0}, {1, 4, 0}}));
  CHECK(is(radius_graph(line, 1),
           {{1, 0, 1}, {3, 0, 1}, {4, 0, 1}, {4, 1, 0}, {0, 1, 1}, {0, 3, 1}, {1, 4, 0}, {0, 4, 1}}));
  CHECK(
      is(radius_graph(line, 1, {}, 2), {{1, 0, 1}, {3, 0, 1}, {4, 1, 0}, {0, 1, 1}, {0, 3, 1}, {1, 4, 0}, {0, 4, 1}}));
  CHECK(radius_graph(line, 0.5).num_vertices() == 5);
  CHECK(knn_graph(tensor({0, 3}), 2).num_vertices() == 0);
  CHECK(radius_graph(tensor({1, 3}), 2).num_edges() == 0);
}

TEST_CASE("radius_graph rounds r to float, as the points are") {
  for (const double r : {0.1, 0.7, 1e-3, 3.3, 1e-30, 1e30}) {
    const auto x = static_cast<float>(r);
    CHECK(radius_graph(tensor({2, 1}, {0, x}), r).num_edges() == 2);
    CHECK(radius_graph(tensor({2, 1}, {0, std::nextafter(x, INFINITY)}), r).num_edges() == 0);
  }
  CHECK(radius_graph(tensor({2, 1}, {0, 1e30F}), 1e300).num_edges() == 2);
  CHECK(radius_graph(tensor({2, 1}, {3, 3}), 1e-300).num_edges() == 2);
}

TEST_CASE("property: the nearest points are those of all distances, the least ids of equal ones") {
  check_property([] {
    const auto dims = *rc::gen::inRange<std::int64_t>(1, 6);
    const auto k = *rc::gen::inRange<std::int64_t>(1, 12);
    neighbor_options options{.self_loops = *rc::gen::arbitrary<bool>()};
    std::int64_t n = 0;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      const auto more = *rc::gen::inRange<std::int64_t>(0, 40);
      options.num_vertices.push_back(more == 0 ? 0 : k + more);
      n += options.num_vertices.back();
    }
    if (options.num_vertices.empty()) n = k + *rc::gen::inRange<std::int64_t>(1, 90);
    const tensor x = random_points(n, dims, *rc::gen::arbitrary<bool>());
    RC_ASSERT(is(knn_graph(x, k, options), naive(x, options, k, INFINITY)));
    const auto r = static_cast<double>(*rc::gen::elementOf(std::vector<float>{0.5F, 1, std::sqrt(2.0F), 2, 100}));
    RC_ASSERT(is(radius_graph(x, r, options), naive(x, options, all_of_them, r)));
    RC_ASSERT(is(radius_graph(x, r, options, k), naive(x, options, k, r)));
  });
}

TEST_CASE("many points: apart, on a grid, in one place, in many dims, from tiny to huge") {
  tensor spread = random_normal({1500, 3}, 4);
  for (std::int64_t i = 0; i < spread.size(); ++i)
    spread.mutable_data()[i] *= std::pow(10.F, static_cast<float>(i % 61 - 30));
  const tensor cases[] = {random_uniform({3000, 3}, 1), cast<float>(random_integers({3000, 2}, 20, 2)),
                          full<float>({700, 3}, 0.1F), random_normal({1000, 40}, 3), spread};
  for (const tensor& x : cases) {
    CAPTURE(x.shape());
    CHECK(is(knn_graph(x, 9), naive(x, {}, 9, INFINITY)));
    CHECK(is(radius_graph(x, 0.15), naive(x, {}, all_of_them, 0.15)));
  }
}

TEST_CASE("neighbours stay within the graphs of a batch") {
  const graph_batch b = batch({graph({}, 40), graph({}, 0), graph({}, 60)});
  const tensor x = random_normal({100, 2}, 5);
  const neighbor_options options{.num_vertices = b.num_vertices};
  const graph g = knn_graph(x, 4, options);
  for (edge_id e = 0; e < g.num_edges(); ++e) CHECK((g.source(e) < 40) == (g.target(e) < 40));
  CHECK(is(g, naive(x, options, 4, INFINITY)));
}

TEST_CASE("graphs of points do not depend on the number of threads") {
  const tensor x = cast<float>(random_integers({5000, 3}, 12, 6));
  const std::vector<std::int64_t> counts{1000, 2500, 1500};
  const auto sources_of = [](const graph& g) {
    return basic_tensor<vertex_id>({g.num_edges()},
                                   std::span(g.topology().sources(), static_cast<std::size_t>(g.num_edges())));
  };
  check_thread_counts([&] { return knn_graph(x, 6, {.num_vertices = counts}).edata["distance"].as(); });
  check_thread_counts([&] { return sources_of(knn_graph(x, 6, {.num_vertices = counts})); });
  check_thread_counts([&] { return sources_of(radius_graph(x, 1, {.num_vertices = counts})); });
}

TEST_CASE("points and counts that make no graph are refused") {
  const tensor x = random_normal({6, 2}, 7);
  CHECK_THROWS_SAYING(knn_graph(x, 0), std::invalid_argument, "[knn_graph] k is 0, expected at least 1");
  CHECK_THROWS_SAYING(knn_graph(x, std::numeric_limits<std::int64_t>::max()), std::invalid_argument,
                      "[knn_graph] k is");
  CHECK_THROWS_SAYING(knn_graph(x, 6), std::invalid_argument, "[knn_graph] graph 0 has 6 points, expected at least 7");
  CHECK(knn_graph(x, 6, {.self_loops = true}).num_edges() == 36);
  CHECK_THROWS_SAYING(knn_graph(x, 7, {.self_loops = true}), std::invalid_argument, "expected at least 7");
  CHECK_THROWS_SAYING(knn_graph(x, 3, {.num_vertices = {4, 2}}), std::invalid_argument,
                      "[knn_graph] graph 1 has 2 points, expected at least 4");
  CHECK_THROWS_SAYING(knn_graph(x, 1, {.num_vertices = {4}}), std::invalid_argument,
                      "[knn_graph] the graphs have 4 vertices, there are 6 points");
  for (const std::int64_t bad : {std::int64_t{3}, std::int64_t{-1}, all_of_them})
    CHECK_THROWS_SAYING(radius_graph(x, 1, {.num_vertices = {4, bad}}), std::invalid_argument,
                        "[radius_graph] graph 1 has " + std::to_string(bad) + " of 2 points that are left");
  for (const double bad : {0.0, -1.0, static_cast<double>(NAN)})
    CHECK_THROWS_SAYING(radius_graph(x, bad), std::invalid_argument, "[radius_graph] r is ");
  CHECK_THROWS_SAYING(radius_graph(x, 1, {}, 0), std::invalid_argument, "[radius_graph] max_neighbors is 0");
  for (const tensor& bad : {tensor(), tensor({6}), tensor({6, 0}), tensor({6, 2, 1})})
    CHECK_THROWS_SAYING(knn_graph(bad, 1), std::invalid_argument, "[knn_graph] the points have shape ");
  for (const float bad : {NAN, INFINITY, -INFINITY, 2e38F})
    CHECK_THROWS_SAYING(knn_graph(tensor({2, 2}, {0, 1, 2, bad}), 1), std::invalid_argument,
                        "[knn_graph] point 1 has the coordinate ");
}

TEST_CASE("distances between points in one place have a gradient, and those from a point to itself") {
  tensor points({4, 3}, {1, 2, 3, 1, 2, 3, 1, 2, 5, 4, 2, 3});
  points.set_requires_grad();
  const graph g = radius_graph(points.detach(), 10, {.self_loops = true});
  const tensor apart =
      norm_last(apply_edges(g, message([](auto u, auto v) { return u - v; }, src(points), dst(points))));
  CHECK(relative_difference(apart.detach(), g.edata["distance"].as()) < 1e-6);
  apart.backward(ones(apart.shape()));
  CHECK(g.num_edges() == 16);
  const tensor d = points.grad();
  for (const float v : d.values()) CHECK(std::isfinite(v));
  CHECK(d.data()[0] == doctest::Approx(-2));  // twice, along each edge to and from (4, 2, 3)
  CHECK(d.data()[2] == doctest::Approx(-2));
}

}  // namespace
}  // namespace edgefold
