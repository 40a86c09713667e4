// Layers on blocks.
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/block.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using ids = basic_tensor<std::int64_t>;

// Layers on full blocks of some seeds make the rows that they make on the whole graph.
template <class First, class Second>
void check_rows(const First& first, const Second& second) {
  const graph g = generate::rmat(9, 3000, 1);
  const tensor x = random_normal({g.num_vertices(), 6}, 2);
  const ids seeds = slice(random_permutation(g.num_vertices(), 3), 0, 0, 40);
  const tensor whole = gather_rows(second(g, first(g, x)), seeds);
  const std::vector<graph> blocks = full_blocks(g, seeds, 2);
  const tensor rows = second(blocks[1], first(blocks[0], gather_rows(x, ids(blocks[0].srcdata[original_id]))));
  CHECK(rows.shape() == whole.shape());
  CHECK(relative_difference(rows, whole) < 1e-5);
}

TEST_CASE("layers on full blocks make the rows of the whole graph") {
  for (const auto how : {sage_aggregator::mean, sage_aggregator::pool, sage_aggregator::gcn})
    check_rows(sage_conv(6, 5, how, {}, 1), sage_conv(5, 4, how, {}, 2));
  const graph_conv_options right{.norm = degree_norm::right, .allow_zero_in_degree = true};
  check_rows(graph_conv(6, 5, right, 1), graph_conv(5, 4, right, 2));
}

TEST_CASE("gradients of a mini-batch reach the rows that it gathered, and no others") {
  const graph g = generate::rmat(9, 3000, 1);
  tensor x = random_normal({g.num_vertices(), 6}, 2);
  x.set_requires_grad();
  const std::vector<graph> blocks = sample_blocks(g, {1, 2, 3}, {4, 4}, {.seed = 1});
  const ids used = blocks[0].srcdata[original_id];
  REQUIRE(used.size() < g.num_vertices());
  const sage_conv first(6, 5, sage_aggregator::mean, {}, 1), second(5, 4, sage_aggregator::mean, {}, 2);
  const tensor y = second(blocks[1], first(blocks[0], gather_rows(x, used)));
  y.backward(ones_like(y));
  std::vector<bool> reached(static_cast<std::size_t>(g.num_vertices()));
  for (const std::int64_t v : used.values()) reached[static_cast<std::size_t>(v)] = true;
  for (std::int64_t v = 0; v < g.num_vertices(); ++v) {
    double sum = 0;
    for (std::int64_t c = 0; c < 6; ++c) sum += std::abs(x.grad().at(v, c));
    CHECK((sum > 0) == reached[static_cast<std::size_t>(v)]);
  }
}

}  // namespace
}  // namespace edgefold
