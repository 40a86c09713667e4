// Self-loops, added and removed.
#include <edgefold/ops/transform/self_loops.hpp>

#include <support/derived.hpp>
#include <support/gradients.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("property: a loop of each vertex stands behind the edges") {
  check_property([] {
    const graph g = random_featured();
    const graph h = add_self_loops(g, 0);
    edge_pairs edges = pairs_of(g);
    row_numbers rows = first_numbers(g.num_edges());
    for (std::int64_t v = 0; v < g.num_vertices(); ++v) edges.emplace_back(v, v), rows.push_back(-1);
    RC_ASSERT(pairs_of(h) == edges);
    RC_ASSERT(rows_are(h.edata, g.edata, rows));
    RC_ASSERT(shares_columns(h.ndata, g.ndata));
    RC_ASSERT(pairs_of(remove_self_loops(h)) == pairs_of(remove_self_loops(g)));
  });
}

TEST_CASE("property: edges that are no loops stay, with their ids") {
  check_property([] {
    const graph g = random_featured();
    const graph h = remove_self_loops(g);
    edge_pairs edges;
    row_numbers rows;
    for (edge_id e = 0; e < g.num_edges(); ++e)
      if (g.source(e) != g.target(e)) edges.emplace_back(g.source(e), g.target(e)), rows.push_back(e);
    RC_ASSERT(pairs_of(h) == edges);
    RC_ASSERT(rows_and_ids_are(h.edata, g.edata, rows));
    RC_ASSERT(shares_columns(h.ndata, g.ndata));
  });
}

TEST_CASE("fills by hand") {
  graph g({{0, 1}, {2, 1}, {1, 2}, {1, 1}}, 4);
  g.edata["w"] = tensor({4, 1}, {2, 4, 5, -3});
  g.edata["k"] = basic_tensor<std::int64_t>({4}, {2, 4, 5, -3});
  const auto loops = [](const graph& h) {
    const tensor w = h.edata["w"];
    return std::vector<float>(w.values().begin() + 4, w.values().end());
  };
  using rows = std::vector<float>;
  CHECK(loops(add_self_loops(g)) == rows{1, 1, 1, 1});
  CHECK(loops(add_self_loops(g, -2)) == rows{-2, -2, -2, -2});
  CHECK(loops(add_self_loops(g, aggregate::sum)) == rows{0, 3, 5, 0});
  CHECK(loops(add_self_loops(g, aggregate::max)) == rows{0, 4, 5, 0});
  CHECK(loops(add_self_loops(g, aggregate::min)) == rows{0, -3, 5, 0});
  const auto k = add_self_loops(g, aggregate::sum).edata["k"].as<std::int64_t>();
  CHECK(same_bits(k, basic_tensor<std::int64_t>({8}, {2, 4, 5, -3, 0, 3, 5, 0})));

  CHECK_THROWS_SAYING(add_self_loops(g, 0.5), std::invalid_argument,
                      "[add_self_loops] column \"k\" is 0.5, which int64 cannot hold");
  CHECK_THROWS_SAYING(add_self_loops(g, 1e19), std::invalid_argument, "is 1e+19, which int64 cannot hold");
  CHECK_THROWS_SAYING(add_self_loops(g, NAN), std::invalid_argument, "is nan, which int64 cannot hold");
  CHECK_THROWS_SAYING(add_self_loops(g, aggregate::mean), std::invalid_argument,
                      "[add_self_loops] column \"k\" is float of shape (4) in the new rows, int64 of shape (4) in");
  g.edata.erase("k");
  CHECK(loops(add_self_loops(g, aggregate::mean)) == rows{0, 1, 5, 0});
  g.edata["b"] = basic_tensor<bool>({4}, {true, false, false, true});
  CHECK(add_self_loops(g).edata["b"].as<bool>().at(7) == true);
  CHECK_THROWS_SAYING(add_self_loops(g, 2), std::invalid_argument, "column \"b\" is 2, which bool cannot hold");
  CHECK_THROWS_SAYING(add_self_loops(g, -1), std::invalid_argument, "column \"b\" is -1, which bool cannot hold");
}

TEST_CASE("fills pass gradients on") {
  for (const aggregate how : {aggregate::sum, aggregate::mean, aggregate::max, aggregate::min}) {
    CAPTURE(static_cast<int>(how));
    const checked_function f = [how](const inputs_of& x) {
      graph g = some_graph();
      g.edata["w"] = x[0];
      return add_self_loops(g, how).edata["w"].as<double>();
    };
    CHECK_GRADIENTS(f, {normal(16, {3})});
  }
  const checked_function kept = [](const inputs_of& x) {
    graph g = some_graph();
    g.edata["w"] = x[0];
    return remove_self_loops(add_self_loops(g)).edata["w"].as<double>();
  };
  CHECK_GRADIENTS(kept, {normal(16, {3})});
}

TEST_CASE("self-loops: any number of threads, nothing, and what is refused") {
  const graph& g = many_edges();
  check_thread_counts([&] { return everything(remove_self_loops(g)); });
  graph weighted(g.topology());
  weighted.edata["w"] = g.edata["h"];
  check_thread_counts([&] { return everything(add_self_loops(weighted, aggregate::mean)); });
  CHECK(add_self_loops(graph()).num_edges() == 0);
  CHECK(remove_self_loops(graph({{1, 1}})).num_edges() == 0);
  const graph block = graph::bipartite({0}, {1}, 1, 2);
  CHECK_THROWS_SAYING(add_self_loops(block), std::invalid_argument, "[add_self_loops] the graph is bipartite");
  CHECK_THROWS_SAYING(remove_self_loops(block), std::invalid_argument, "[remove_self_loops] the graph is bipartite");
  CHECK_THROWS_SAYING(add_self_loops(g, aggregate::first), std::invalid_argument,
                      "[add_self_loops] aggregate::first is no fill");
}

}  // namespace
}  // namespace edgefold
