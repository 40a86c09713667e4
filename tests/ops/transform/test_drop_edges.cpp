// Random removal of edges.
#include <edgefold/ops/transform/drop_edges.hpp>

#include <edgefold/ops/message.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/gradients.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

#include <numeric>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using id_tensor = basic_tensor<std::int64_t>;

TEST_CASE("property: drop_edges takes edges away and changes nothing else") {
  check_property([] {
    graph g = random_multigraph();
    g.ndata["h"] = random_normal({g.num_vertices(), 3}, 1);
    g.edata["w"] = random_normal({g.num_edges(), 2}, 2);
    g.edata["label"] = random_integers({g.num_edges()}, 9, 3);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const graph h = drop_edges(g, 0.5, seed);
    RC_ASSERT(h.num_vertices() == g.num_vertices());
    RC_ASSERT(h.ndata["h"].as().shares_storage_with(g.ndata["h"].as()));
    const id_tensor kept = h.edata[original_id];
    RC_ASSERT(kept.shape() == shape_type{h.num_edges()});
    for (edge_id e = 0; e < h.num_edges(); ++e) {
      const edge_id old = kept.at(e);
      RC_ASSERT(old > (e == 0 ? -1 : kept.at(e - 1)));
      RC_ASSERT(h.source(e) == g.source(old));
      RC_ASSERT(h.target(e) == g.target(old));
      for (int column : {0, 1}) RC_ASSERT(h.edata["w"].as().at(e, column) == g.edata["w"].as().at(old, column));
      RC_ASSERT(h.edata["label"].as<std::int64_t>().at(e) == g.edata["label"].as<std::int64_t>().at(old));
    }
    RC_ASSERT(drop_edges(g, 0, seed).num_edges() == g.num_edges());
  });
}

TEST_CASE("drop_edges keeps its share, by the edge id, the seed and the stream alone") {
  const graph g = generate::random_uniform(1000, 100'000, 1);
  const id_tensor kept = drop_edges(g, 0.3, 7).edata[original_id];
  CHECK(std::abs(kept.size() - 70'000) < 700);  // 4.8 standard deviations
  const std::int64_t half = 50'000;
  basic_tensor<std::int64_t> first_half({half});
  std::iota(first_half.mutable_data(), first_half.mutable_data() + half, std::int64_t{0});
  const id_tensor of_half = drop_edges(graph(g.topology().subset(first_half)), 0.3, 7).edata[original_id];
  CHECK(std::equal(of_half.values().begin(), of_half.values().end(), kept.values().begin()));
  CHECK(of_half.size() == std::count_if(kept.values().begin(), kept.values().end(), [](auto e) { return e < half; }));
  const id_tensor fewer = drop_edges(g, 0.6, 7).edata[original_id];  // the same draws
  CHECK(std::includes(kept.values().begin(), kept.values().end(), fewer.values().begin(), fewer.values().end()));
  CHECK_FALSE(same_bits(id_tensor(drop_edges(g, 0.3, 8).edata[original_id]), kept));
  CHECK_FALSE(same_bits(id_tensor(drop_edges(g, 0.3, 7, 1).edata[original_id]), kept));
  check_thread_counts([&] { return id_tensor(drop_edges(g, 0.3, 7).edata[original_id]); });
}

TEST_CASE("drop_edges of two vertex sets") {
  graph g = graph::bipartite({0, 1, 1, 0}, {2, 2, 0, 1}, 2, 3);
  g.srcdata["x"] = random_normal({2, 1}, 1);
  g.dstdata["y"] = random_normal({3, 1}, 2);
  const graph h = drop_edges(g, 0.5, 3);
  CHECK(h.is_bipartite());
  CHECK(h.num_dst() == 3);
  CHECK(same_bits(h.srcdata["x"].as(), g.srcdata["x"].as()));
  CHECK(same_bits(h.dstdata["y"].as(), g.dstdata["y"].as()));
}

TEST_CASE("columns of edges pass gradients through drop_edges") {
  const checked_function f = [](const inputs_of& x) {
    graph g = some_graph();
    g.edata["w"] = x[0];
    g.ndata["h"] = x[1];
    return update_all(drop_edges(g, 0.4, 5), mul(src<double>("h"), edge<double>("w")), reduce::sum{});
  };
  CHECK_GRADIENTS(f, {normal(some_graph().num_edges(), {1}), normal(some_graph().num_vertices(), {2}, 1)});
}

TEST_CASE("drop_edges with p = 1 leaves no edge, and all vertices") {
  const graph& g = some_graph();
  const graph none = drop_edges(g, 1, 1);
  CHECK(none.num_edges() == 0);
  CHECK(none.num_vertices() == g.num_vertices());
  CHECK(drop_edges(g, 0, 1).num_edges() == g.num_edges());
}

TEST_CASE("drop_edges refuses what is no probability") {
  for (const double p : {1.1, -0.1, static_cast<double>(NAN)})
    CHECK_THROWS_SAYING(drop_edges(some_graph(), p, 1), std::invalid_argument, "[drop_edges] p is ");
  CHECK(drop_edges(graph(), 0.5, 1).num_edges() == 0);
}

}  // namespace
}  // namespace edgefold
