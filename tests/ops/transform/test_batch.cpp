// Many small graphs as one.
#include <edgefold/ops/transform/batch.hpp>

#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/gradients.hpp>
#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

graph with_random_columns(graph g, std::uint64_t seed) {
  g.ndata["h"] = random_normal({g.num_vertices(), 3}, seed);
  g.ndata["label"] = random_integers({g.num_vertices()}, 9, seed);
  g.edata["w"] = random_normal({g.num_edges(), 1}, seed, 1);
  return g;
}

bool same_graph(const graph& a, const graph& b) {
  return a.num_vertices() == b.num_vertices() && a.num_edges() == b.num_edges() &&
         std::equal(a.topology().sources(), a.topology().sources() + a.num_edges(), b.topology().sources()) &&
         std::equal(a.topology().targets(), a.topology().targets() + a.num_edges(), b.topology().targets());
}

TEST_CASE("batch by hand") {
  const graph_batch b = batch({graph({{0, 1}}, 3), graph({}, 0), graph({{1, 0}, {0, 0}})});
  CHECK(b.size() == 3);
  CHECK(b.num_vertices == std::vector<std::int64_t>{3, 0, 2});
  CHECK(b.num_edges == std::vector<std::int64_t>{1, 0, 2});
  CHECK(b.all.num_vertices() == 5);
  CHECK(b.all.source(1) == 4);
  CHECK(b.all.target(1) == 3);
  CHECK(b.all.target(2) == 3);
  CHECK(batch({}).size() == 0);
  CHECK(unbatch(batch({})).empty());
}

TEST_CASE("property: unbatch is the reverse of batch, and messages stay in their graph") {
  check_property([] {
    std::vector<graph> graphs;
    const int n = *rc::gen::inRange(1, 6);
    for (int i = 0; i < n; ++i)
      graphs.push_back(with_random_columns(random_multigraph(), static_cast<std::uint64_t>(i)));
    graph_batch b = batch(graphs);
    b.all.update_all(u_mul_e("h", "w"), reduce::sum{}, "out");
    const auto again = unbatch(b);
    RC_ASSERT(again.size() == graphs.size());
    for (std::size_t i = 0; i < graphs.size(); ++i) {
      RC_ASSERT(same_graph(again[i], graphs[i]));
      for (const char* name : {"h", "label"})
        RC_ASSERT(std::visit(
            [&]<class T>(const basic_tensor<T>& t) {
              return same_bits(t, std::get<basic_tensor<T>>(again[i].ndata.get(name)));
            },
            graphs[i].ndata.get(name)));
      RC_ASSERT(same_bits(again[i].edata["w"].as(), graphs[i].edata["w"].as()));
      RC_ASSERT(same_bits(again[i].ndata["out"].as(), update_all(graphs[i], u_mul_e("h", "w"), reduce::sum{})));
    }
  });
}

TEST_CASE("batch, unbatch and broadcasts pass gradients on") {
  const checked_function f = [](const inputs_of& x) {
    graph a({{0, 1}, {1, 0}}, 2), c({{0, 2}}, 3);
    a.ndata["h"] = x[0];
    c.ndata["h"] = x[1];
    const graph_batch b = batch({a, c});
    const auto scaled = update_all(b.all, mul(src<double>("h"), dst(broadcast_nodes(b, x[2]))), reduce::sum{});
    graph_batch out = b;
    out.all.ndata["h"] = scaled;
    return unbatch(out)[1].ndata["h"].as<double>();
  };
  CHECK_GRADIENTS(f, {normal(2, {3}), normal(3, {3}, 1), normal(2, {1}, 2)});
}

TEST_CASE("broadcasts by hand") {
  const graph_batch b = batch({graph({{0, 1}}, 2), graph({}, 0), graph({{0, 0}, {0, 0}}, 1)});
  const tensor x({3, 2}, {1, 2, 3, 4, 5, 6});
  CHECK(same_bits(broadcast_nodes(b, x), tensor({3, 2}, {1, 2, 1, 2, 5, 6})));
  CHECK(same_bits(broadcast_edges(b, x), tensor({3, 2}, {1, 2, 5, 6, 5, 6})));
  CHECK_THROWS_SAYING(broadcast_nodes(b, tensor({2, 2})), std::invalid_argument,
                      "[broadcast_nodes] x has 2 rows, the batch has 3 graphs");
}

TEST_CASE("what does not fit together is refused") {
  graph a({{0, 1}}), b({{0, 1}});
  CHECK_THROWS_SAYING(batch({a, graph::bipartite({0}, {1}, 2, 2)}), std::invalid_argument,
                      "[batch] graph 1 is bipartite");
  a.ndata["h"] = tensor({2, 3});
  CHECK_THROWS_SAYING(batch({a, b}), std::invalid_argument, "[batch] graph 1 has other columns of ndata than graph 0");
  b.ndata["h"] = tensor({2, 4});
  CHECK_THROWS_SAYING(batch({a, b}), std::invalid_argument,
                      "column \"h\" is float of shape (2, 4) in ndata of graph 1");
  b.ndata["h"] = basic_tensor<double>({2, 3});
  CHECK_THROWS_SAYING(batch({a, b}), std::invalid_argument, "is double of shape (2, 3) in ndata of graph 1, float");
  graph_batch broken = batch({graph({{0, 1}}), graph({{0, 1}})});
  broken.num_vertices = {1, 3};
  CHECK_THROWS_SAYING(unbatch(broken), std::invalid_argument, "[unbatch] edge 0 goes from 0 to 1");
  broken.num_vertices = {1, 1};
  CHECK_THROWS_SAYING(unbatch(broken), std::invalid_argument, "[unbatch] the graphs have 2 vertices");
  broken.num_vertices = {-1, 5};
  CHECK_THROWS_SAYING(unbatch(broken), std::invalid_argument, "[unbatch] graph 0 has -1 vertices; expected at least 0");
  CHECK_THROWS_SAYING(broadcast_nodes(broken, ones({2, 1})), std::invalid_argument,
                      "[broadcast_nodes] graph 0 has -1 vertices; expected at least 0");
  broken.num_vertices = {2, 2}, broken.num_edges = {3, -1};
  CHECK_THROWS_SAYING(unbatch(broken), std::invalid_argument, "[unbatch] graph 1 has -1 edges; expected at least 0");
  CHECK_THROWS_SAYING(broadcast_edges(broken, ones({2, 1})), std::invalid_argument,
                      "[broadcast_edges] graph 1 has -1 edges; expected at least 0");
  broken.num_edges = {INT64_MAX, 2};
  CHECK_THROWS_SAYING(broadcast_edges(broken, ones({2, 1})), std::invalid_argument,
                      "[broadcast_edges] the graphs have more than 2^63 edges");
}

}  // namespace
}  // namespace edgefold
