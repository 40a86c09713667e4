// Blocks of all in-edges.
#include <edgefold/ops/sample/block.hpp>

#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>
#include <edgefold/ops/transform/drop_edges.hpp>
#include <edgefold/ops/transform/edit_graph.hpp>
#include <edgefold/ops/transform/reverse_edges.hpp>
#include <edgefold/ops/transform/subgraph.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/gradients.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using id_tensor = basic_tensor<std::int64_t>;

std::vector<std::int64_t> values(const id_tensor& t) { return {t.values().begin(), t.values().end()}; }

TEST_CASE("to_block by hand") {
  graph g({{0, 1}, {2, 1}, {1, 0}, {3, 2}, {2, 1}});
  g.ndata["h"] = tensor({4, 1}, {10, 11, 12, 13});
  g.edata["w"] = basic_tensor<double>({5, 1}, {0, 1, 2, 3, 4});
  g.ndata[original_id] = id_tensor({4}, {7, 7, 7, 7});
  const graph b = to_block(g, {2, 1});
  CHECK(b.is_bipartite());
  CHECK(values(b.dstdata[original_id]) == std::vector<std::int64_t>{2, 1});
  CHECK(values(b.srcdata[original_id]) == std::vector<std::int64_t>{2, 1, 3, 0});
  CHECK(values(b.edata[original_id]) == std::vector<std::int64_t>{3, 0, 1, 4});
  const auto [from, to] = b.find_edges({0, 1, 2, 3});
  CHECK(values(from) == std::vector<std::int64_t>{2, 3, 0, 0});
  CHECK(values(to) == std::vector<std::int64_t>{0, 1, 1, 1});
  CHECK(same_bits(tensor(b.srcdata["h"]), tensor({4, 1}, {12, 11, 13, 10})));
  CHECK(same_bits(tensor(b.dstdata["h"]), tensor({2, 1}, {12, 11})));
  CHECK(same_bits(b.edata["w"].as<double>(), basic_tensor<double>({4, 1}, {3, 0, 1, 4})));
  CHECK(to_block(g, {}).num_src() == 0);
}

TEST_CASE("what makes blocks says so, and what keeps their vertices keeps it") {
  const graph g({{0, 1}, {2, 1}, {1, 0}, {3, 2}, {2, 1}});
  const graph b = to_block(g, {2, 1});
  CHECK(b.is_block());
  for (const graph& each : full_blocks(g, {1}, 2)) CHECK(each.is_block());
  for (const graph& each : sample_blocks(g, {1, 0}, {1, 2})) CHECK(each.is_block());
  CHECK((add_edges(b, {0}, {1}).is_block() && remove_edges(b, {0}).is_block() && drop_edges(b, 0.5, 1).is_block()));
  CHECK(in_subgraph(b, {0}).is_block());
  CHECK_FALSE(reverse(b).is_block());
  CHECK((compact(b).is_bipartite() && !compact(b).is_block()));
}

TEST_CASE("property: a block has the in-edges of its destinations, and messages arrive as in the graph") {
  check_property([] {
    graph g = random_multigraph();
    g.ndata["h"] = random_normal({g.num_vertices(), 3}, 1);
    g.edata["w"] = random_normal({g.num_edges(), 1}, 2);
    std::vector<std::int64_t> dst =
        values(random_permutation(g.num_vertices(), *rc::gen::inRange<std::uint64_t>(0, 99)));
    dst.resize(static_cast<std::size_t>(*rc::gen::inRange<std::int64_t>(0, g.num_vertices() + 1)));
    const graph b = to_block(g, dst);
    const id_tensor src = b.srcdata[original_id], edges = b.edata[original_id];
    RC_ASSERT(std::equal(dst.begin(), dst.end(), src.values().begin()));
    std::vector<std::int64_t> expected, sources = dst;
    for (const std::int64_t v : dst)
      for (const edge_id e : g.in_edges(static_cast<vertex_id>(v))) {
        expected.push_back(e);
        if (std::find(sources.begin(), sources.end(), g.source(e)) == sources.end()) sources.push_back(g.source(e));
      }
    RC_ASSERT(values(edges) == expected);
    RC_ASSERT(values(src) == sources);
    for (std::int64_t e = 0; e < b.num_edges(); ++e) {
      RC_ASSERT(src.at(b.source(e)) == g.source(edges.at(e)));
      RC_ASSERT(dst[static_cast<std::size_t>(b.target(e))] == g.target(edges.at(e)));
    }
    RC_ASSERT(same_bits(update_all(b, u_mul_e("h", "w"), reduce::sum{}),
                        gather_rows(update_all(g, u_mul_e("h", "w"), reduce::sum{}), dst)));
  });
}

TEST_CASE("columns pass their gradients through a block") {
  const checked_function f = [](const inputs_of& x) {
    graph g({{0, 1}, {2, 1}, {1, 0}, {3, 2}, {2, 1}});
    g.ndata["h"] = x[0];
    g.edata["w"] = x[1];
    const graph b = to_block(g, {1, 2});
    return update_all(b,
                      message([](auto u, auto v, auto w) { return u * v * w; }, src<double>("h"), dst<double>("h"),
                              edge<double>("w")),
                      reduce::sum{});
  };
  CHECK_GRADIENTS(f, {normal(4, {3}), normal(5, {1}, 1)});
}

TEST_CASE("full_blocks: each layer's sources are the destinations of the one before") {
  const graph g({{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}});
  const std::vector<graph> blocks = full_blocks(g, {4}, 3);
  REQUIRE(blocks.size() == 3);
  CHECK(values(blocks[0].srcdata[original_id]) == std::vector<std::int64_t>{4, 3, 2, 1});
  CHECK(values(blocks[0].dstdata[original_id]) == std::vector<std::int64_t>{4, 3, 2});
  CHECK(values(blocks[2].srcdata[original_id]) == std::vector<std::int64_t>{4, 3});
  CHECK(values(blocks[2].edata[original_id]) == std::vector<std::int64_t>{3});
  CHECK(blocks[2].num_dst() == 1);
}

TEST_CASE("the seeds of a block are its own") {
  id_tensor seeds({2}, {1, 2});
  const std::vector<graph> blocks = full_blocks(graph({{0, 1}, {1, 2}}), seeds, 1);
  seeds.mutable_data()[0] = 9;
  CHECK(values(blocks[0].dstdata[original_id]) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("what makes no block is refused") {
  const graph g({{0, 1}, {1, 2}});
  CHECK_THROWS_SAYING(to_block(g, {0, 3}), std::invalid_argument, "[to_block] destination 1 is 3");
  CHECK_THROWS_SAYING(to_block(g, {2, 0, 2}), std::invalid_argument, "[to_block] vertex 2 is given twice");
  CHECK_THROWS_SAYING(to_block(graph::bipartite({0}, {0}, 1, 1), {0}), std::invalid_argument, "two vertex sets");
  CHECK_THROWS_SAYING(full_blocks(g, {0}, 0), std::invalid_argument, "[full_blocks] 0 layers, expected 1 or more");
  CHECK_THROWS_SAYING(full_blocks(g, {}, 1), std::invalid_argument, "[full_blocks] no seeds");
  CHECK_THROWS_SAYING(full_blocks(g, {-1}, 1), std::invalid_argument, "[full_blocks] seed");
  CHECK_THROWS_SAYING(full_blocks(g, {1, 1}, 2), std::invalid_argument, "[full_blocks] vertex 1 is given twice");
}

}  // namespace
}  // namespace edgefold
