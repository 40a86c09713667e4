// Edges turned around.
#include <edgefold/ops/transform/reverse_edges.hpp>

#include <support/derived.hpp>
#include <support/gradients.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("property: reverse turns every edge around and shares all else") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    if (*rc::gen::arbitrary<bool>()) g.topology().in_edges();
    if (*rc::gen::arbitrary<bool>()) g.topology().out_edges();
    const graph h = reverse(g);
    edge_pairs turned = pairs_of(g);
    for (auto& [u, v] : turned) std::swap(u, v);
    RC_ASSERT(pairs_of(h) == turned);
    RC_ASSERT(h.is_bipartite() == g.is_bipartite());
    RC_ASSERT(shares_columns(h.srcdata, g.dstdata) && shares_columns(h.dstdata, g.srcdata));
    RC_ASSERT(shares_columns(h.edata, g.edata));
    RC_ASSERT(same_bits(everything(reverse(h)), everything(g)));
  });
}

TEST_CASE("reverse copies no topology") {
  const graph g({{0, 1}, {2, 1}});
  CHECK(reverse(g).topology().sources() == g.topology().targets());
  const edge_groups& in = g.topology().in_edges();
  CHECK(reverse(g).topology().out_edges().neighbors == in.neighbors);
  graph h = reverse(g);
  h.edata["w"] = tensor({2, 1});
  CHECK(!g.edata.contains("w"));
}

TEST_CASE("property: reverse edges stand behind the edges") {
  check_property([] {
    const graph g = random_featured();
    const bool loops = *rc::gen::arbitrary<bool>(), copy = *rc::gen::arbitrary<bool>();
    const graph h = add_reverse_edges(g, {.copy_features = copy, .self_loops = loops});
    edge_pairs edges = pairs_of(g);
    row_numbers rows = first_numbers(g.num_edges());
    for (edge_id e = 0; e < g.num_edges(); ++e) {
      const auto [u, v] = edges[static_cast<std::size_t>(e)];
      if (u == v && !loops) continue;
      edges.emplace_back(v, u);
      rows.push_back(copy ? e : -1);
    }
    RC_ASSERT(pairs_of(h) == edges);
    RC_ASSERT(h.num_vertices() == g.num_vertices());
    RC_ASSERT(rows_are(h.edata, g.edata, rows));
    RC_ASSERT(shares_columns(h.ndata, g.ndata));
  });
}

TEST_CASE("features of reverse edges pass gradients on") {
  for (const bool copy : {true, false}) {
    const checked_function f = [copy](const inputs_of& x) {
      graph g = some_graph();
      g.edata["w"] = x[0];
      return add_reverse_edges(g, {.copy_features = copy}).edata["w"].as<double>();
    };
    CHECK_GRADIENTS(f, {normal(16, {2})});
  }
}

TEST_CASE("reversals: any number of threads, nothing, and what is refused") {
  check_thread_counts([] { return everything(add_reverse_edges(many_edges())); });
  CHECK(add_reverse_edges(graph()).num_edges() == 0);
  CHECK(reverse(graph({}, 3)).num_vertices() == 3);
  CHECK_THROWS_SAYING(add_reverse_edges(graph::bipartite({0}, {1}, 1, 2)), std::invalid_argument,
                      "[add_reverse_edges] the graph is bipartite, expected one vertex set");
}

}  // namespace
}  // namespace edgefold
