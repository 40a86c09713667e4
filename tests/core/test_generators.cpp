#include <doctest/doctest.h>

#include <edgefold/core/generators.hpp>

#include <support/edge_pairs.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

using namespace edgefold;
using testing::edges_of;
using testing::pairs;

TEST_CASE("complete_block joins every source to every destination") {
  const graph g = generate::complete_block(2, 3);
  CHECK(g.is_bipartite());
  CHECK(g.num_src() == 2);
  CHECK(g.num_dst() == 3);
  CHECK(g.num_edges() == 6);
  for (std::int64_t e = 0; e < 6; ++e) {
    CHECK(g.source(e) == e / 3);
    CHECK(g.target(e) == e % 3);
  }
  CHECK_THROWS_SAYING(generate::complete_block(2, -1), std::invalid_argument, "[complete_block] out is -1");
}

TEST_CASE("complete_bipartite joins every vertex of the first set to every one of the second") {
  const graph g = generate::complete_bipartite(2, 3);
  CHECK(g.num_vertices() == 5);
  CHECK(edges_of(g) == pairs{{0, 2}, {0, 3}, {0, 4}, {1, 2}, {1, 3}, {1, 4}});
  CHECK(generate::complete_bipartite(3, 0).num_vertices() == 3);
  CHECK(generate::complete_bipartite(0, 0).num_edges() == 0);
  CHECK_THROWS_SAYING(generate::complete_bipartite(-1, 2), std::invalid_argument, "[complete_bipartite] in is -1");
}

TEST_CASE("a grid has edges both ways between neighbours") {
  const graph g = generate::grid(3, 4);
  CHECK(g.num_vertices() == 12);
  CHECK(g.num_edges() == 2 * (3 * 3 + 2 * 4));
  for (vertex_id u = 0; u < 12; ++u)
    for (vertex_id v = 0; v < 12; ++v) {
      const int apart = std::abs(u / 4 - v / 4) + std::abs(u % 4 - v % 4);
      CHECK(g.edges(u, v).size() == (apart == 1 ? 1 : 0));
    }
  CHECK(edges_of(generate::grid(1, 2)) == pairs{{0, 1}, {1, 0}});
  CHECK(generate::grid(1, 1).num_edges() == 0);
  CHECK(generate::grid(5, 0).num_vertices() == 0);
  CHECK_THROWS_SAYING(generate::grid(1 << 20, 1 << 20), std::invalid_argument, "rows x columns");
}

TEST_CASE("complete graphs of too many vertices are refused before any edge is made") {
  constexpr std::int64_t most = std::numeric_limits<vertex_id>::max();
  CHECK_THROWS_SAYING(generate::complete_bipartite(most, 1), std::invalid_argument,
                      "[complete_bipartite] in + out is 2147483648");
  CHECK_THROWS_SAYING(generate::complete_bipartite(-1, 1), std::invalid_argument, "[complete_bipartite] in is -1");
  CHECK_THROWS_SAYING(generate::complete_block(1, most + 1), std::invalid_argument, "[complete_block] out is");
  CHECK_THROWS_SAYING(generate::grid(-1, -1), std::invalid_argument, "[grid] rows is -1");
  CHECK_THROWS_SAYING(generate::star(most + 1), std::invalid_argument, "[star] num_vertices is");
  CHECK_THROWS_SAYING(generate::random_uniform(-1, 0, 1), std::invalid_argument, "[random_uniform] num_vertices is -1");
}

TEST_CASE("path and star") {
  CHECK(edges_of(generate::path(4)) == pairs{{0, 1}, {1, 2}, {2, 3}});
  CHECK(generate::path(1).num_vertices() == 1);
  CHECK(generate::path(0).num_vertices() == 0);
  CHECK(edges_of(generate::star(4)) == pairs{{1, 0}, {2, 0}, {3, 0}});
  CHECK(generate::star(0).num_vertices() == 0);
  CHECK_THROWS_SAYING(generate::path(-1), std::invalid_argument, "[path] num_vertices is -1");
}

TEST_CASE("random_uniform draws both ends uniformly and independently") {
  const graph g = generate::random_uniform(4, 160'000, 3);
  CHECK(g.num_vertices() == 4);
  CHECK(g.num_edges() == 160'000);
  for (vertex_id u = 0; u < 4; ++u)
    for (vertex_id v = 0; v < 4; ++v) {
      const auto n = static_cast<double>(g.edges(u, v).size());  // 10,000 expected, deviation 97
      CHECK(std::abs(n - 10'000) < 400);
    }
  CHECK(generate::random_uniform(0, 0, 1).num_vertices() == 0);
  CHECK_THROWS_SAYING(generate::random_uniform(0, 1, 1), std::invalid_argument, "1 edges between 0 vertices");
  CHECK_THROWS_SAYING(generate::random_uniform(2, -1, 1), std::invalid_argument, "[random_uniform] -1 edges");
}

TEST_CASE("rmat falls into the quadrants with the probabilities asked for") {
  const graph g = generate::rmat(2, 200'000, 11, 0.4, 0.3, 0.2);
  CHECK(g.num_vertices() == 4);
  const double quadrant[2][2] = {{0.4, 0.3}, {0.2, 0.1}};
  for (vertex_id u = 0; u < 4; ++u)
    for (vertex_id v = 0; v < 4; ++v) {
      const double expected = 200'000 * quadrant[u / 2][v / 2] * quadrant[u % 2][v % 2];
      CHECK(std::abs(static_cast<double>(g.edges(u, v).size()) - expected) < 4.5 * std::sqrt(expected));
    }
}

TEST_CASE("rmat's levels beyond the fourth are as random as the first") {
  const graph g = generate::rmat(6, 100'000, 5, 0.25, 0.25, 0.25);
  const tensor in = in_degrees(g), out = out_degrees(g);
  for (vertex_id v = 0; v < 64; ++v) {
    CHECK(std::abs(in.at(v) - 100'000 / 64.0F) < 4.5F * 40);
    CHECK(std::abs(out.at(v) - 100'000 / 64.0F) < 4.5F * 40);
  }
}

TEST_CASE("rmat at its limits, and what it refuses") {
  CHECK(generate::rmat(0, 3, 1).num_vertices() == 1);
  CHECK(generate::rmat(3, 0, 1).num_edges() == 0);
  CHECK(edges_of(generate::rmat(3, 2, 1, 1, 0, 0)) == pairs{{0, 0}, {0, 0}});
  CHECK(edges_of(generate::rmat(3, 1, 1, 0, 1, 0)) == pairs{{0, 7}});
  CHECK(edges_of(generate::rmat(3, 1, 1, 0, 0, 1)) == pairs{{7, 0}});
  CHECK(edges_of(generate::rmat(3, 1, 1, 0, 0, 0)) == pairs{{7, 7}});
  CHECK_THROWS_SAYING(generate::rmat(31, 1, 1), std::invalid_argument, "[rmat] scale is 31");
  CHECK_THROWS_SAYING(generate::rmat(3, -1, 1), std::invalid_argument, "num_edges is -1");
  CHECK_THROWS_SAYING(generate::rmat(3, 1, 1, 0.6, 0.6, 0.0), std::invalid_argument, "add up to at most 1");
}

TEST_CASE("random graphs depend on the seed, not on the threads") {
  const testing::thread_scope restore(1);
  const pairs uniform = edges_of(generate::random_uniform(1000, 200'000, 7));
  const pairs skewed = edges_of(generate::rmat(10, 200'000, 7));
  for (int threads : {2, 3, 8}) {
    set_num_threads(threads);
    CHECK(edges_of(generate::random_uniform(1000, 200'000, 7)) == uniform);
    CHECK(edges_of(generate::rmat(10, 200'000, 7)) == skewed);
  }
  CHECK(edges_of(generate::random_uniform(1000, 200'000, 8)) != uniform);
  CHECK(edges_of(generate::rmat(10, 200'000, 8)) != skewed);
}
