// Graphs with more or fewer vertices and edges.
#include <edgefold/ops/transform/edit_graph.hpp>

#include <support/derived.hpp>
#include <support/gradients.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// `ids` without those of the list.
row_numbers without(row_numbers ids, const row_numbers& list) {
  std::erase_if(ids, [&](std::int64_t i) { return std::ranges::find(list, i) != list.end(); });
  return ids;
}

graph without_ids(graph g) {
  for (frame* f : {&g.srcdata, &g.dstdata, &g.edata})
    if (f->contains(original_id)) f->erase(original_id);
  return g;
}

TEST_CASE("property: new vertices stand behind the others, and removing them gives the graph again") {
  check_property([] {
    const graph g = random_featured();
    const std::int64_t count = *rc::gen::inRange(0, 4);
    const tensor h = random_normal({count, 3}, 5);
    const graph more = add_nodes(g, count, {{"h", h}});
    row_numbers rows = first_numbers(g.num_vertices()), added;
    for (std::int64_t i = 0; i < count; ++i) rows.push_back(-1), added.push_back(g.num_vertices() + i);
    RC_ASSERT(pairs_of(more) == pairs_of(g) && shares_columns(more.edata, g.edata));
    RC_ASSERT(rows_are(add_nodes(g, count).ndata, g.ndata, rows));
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t j = 0; j < 3; ++j) RC_ASSERT(more.ndata["h"].as().at(g.num_vertices() + i, j) == h.at(i, j));
    RC_ASSERT(same_bits(everything(without_ids(remove_nodes(more, added))), everything(g)));
  });
}

TEST_CASE("property: new edges stand behind the others, and removing them gives the graph again") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    const auto count = *rc::gen::inRange<std::int64_t>(0, 5);
    const auto u = random_integers({count}, g.num_src(), 1), v = random_integers({count}, g.num_dst(), 2);
    const auto labels = random_integers({count}, 5, 3);
    const graph more = add_edges(g, u, v, {{"label", labels}});
    edge_pairs edges = pairs_of(g);
    row_numbers rows = first_numbers(g.num_edges()), added;
    for (std::int64_t i = 0; i < count; ++i) {
      edges.emplace_back(u.at(i), v.at(i));
      rows.push_back(-1);
      added.push_back(g.num_edges() + i);
      RC_ASSERT(more.edata["label"].as<std::int64_t>().at(added.back()) == labels.at(i));
    }
    RC_ASSERT(pairs_of(more) == edges && more.is_bipartite() == g.is_bipartite());
    RC_ASSERT(shares_columns(more.srcdata, g.srcdata) && shares_columns(more.dstdata, g.dstdata));
    RC_ASSERT(rows_are(add_edges(g, u, v).edata, g.edata, rows));
    RC_ASSERT(same_bits(everything(without_ids(remove_edges(more, added))), everything(g)));
  });
}

TEST_CASE("property: removed edges are gone, the others keep their order") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    const row_numbers gone = random_choice(g.num_edges()), kept = without(first_numbers(g.num_edges()), gone);
    const graph h = remove_edges(g, gone);
    edge_pairs edges;
    for (const edge_id e : kept) edges.emplace_back(g.source(e), g.target(e));
    RC_ASSERT(pairs_of(h) == edges && h.num_src() == g.num_src() && h.num_dst() == g.num_dst());
    RC_ASSERT(rows_and_ids_are(h.edata, g.edata, kept));
    RC_ASSERT(shares_columns(h.srcdata, g.srcdata) && shares_columns(h.dstdata, g.dstdata));
  });
}

TEST_CASE("property: removed vertices are gone with their edges") {
  check_property([] {
    const graph g = random_featured();
    const row_numbers gone = random_choice(g.num_vertices()), kept = without(first_numbers(g.num_vertices()), gone);
    const graph h = remove_nodes(g, gone);
    edge_pairs edges;
    row_numbers ids;
    for (edge_id e = 0; e < g.num_edges(); ++e) {
      const auto u = std::ranges::find(kept, g.source(e)), v = std::ranges::find(kept, g.target(e));
      if (u == kept.end() || v == kept.end()) continue;
      edges.emplace_back(u - kept.begin(), v - kept.begin());
      ids.push_back(e);
    }
    RC_ASSERT(pairs_of(h) == edges);
    RC_ASSERT(rows_and_ids_are(h.ndata, g.ndata, kept) && rows_and_ids_are(h.edata, g.edata, ids));
  });
}

TEST_CASE("features of edited graphs pass gradients on") {
  const checked_function vertices = [](const inputs_of& x) {
    graph g = some_graph();
    g.ndata["h"] = x[0];
    return remove_nodes(add_nodes(g, 3, {{"h", x[1]}}), {2, 8}).ndata["h"].as<double>();
  };
  CHECK_GRADIENTS(vertices, {normal(7, {2}), normal(3, {2}, 1)});
  const checked_function edges = [](const inputs_of& x) {
    graph g = some_graph();
    g.edata["w"] = x[0];
    return remove_edges(add_edges(g, {1, 2}, {3, 3}, {{"w", x[1]}}), {0, 17, 5}).edata["w"].as<double>();
  };
  CHECK_GRADIENTS(edges, {normal(16, {2}), normal(2, {2}, 1)});
}

TEST_CASE("edits are the same for any number of threads") {
  const graph& g = many_edges();
  const row_numbers vertices = every_third(g.num_vertices()), edges = every_third(g.num_edges());
  check_thread_counts([&] { return everything(remove_nodes(g, vertices)); });
  check_thread_counts([&] { return everything(remove_edges(g, edges)); });
  check_thread_counts([&] { return everything(add_edges(g, vertices, vertices)); });
}

TEST_CASE("edits with nothing, and what is refused") {
  graph g({{0, 1}, {1, 2}});
  g.ndata["h"] = tensor({3, 2});
  g.edata["w"] = tensor({2, 1});
  CHECK(remove_nodes(g, {0, 1, 2}).num_vertices() == 0);
  CHECK(remove_edges(g, {}).num_edges() == 2);
  CHECK(add_edges(g, {}, {}).num_edges() == 2);
  CHECK(add_nodes(graph(), 2).num_vertices() == 2);

  CHECK_THROWS_SAYING(add_nodes(g, -1), std::invalid_argument,
                      "[add_nodes] count is -1, expected from 0 to 2147483644");
  CHECK_THROWS_SAYING(add_nodes(g, std::int64_t{1} << 40), std::invalid_argument, "[add_nodes] count is");
  CHECK_THROWS_SAYING(add_nodes(g, 1, {{"x", tensor({1, 2})}}), std::invalid_argument,
                      "[add_nodes] features for column \"x\", which the graph does not have");
  CHECK_THROWS_SAYING(add_nodes(g, 1, {{"h", tensor({2, 2})}}), std::invalid_argument, "column \"h\" has 2 rows");
  CHECK_THROWS_SAYING(add_nodes(g, 1, {{"h", tensor({1, 3})}}), std::invalid_argument,
                      "[add_nodes] column \"h\" is float of shape (1, 3) in the new rows");
  CHECK_THROWS_SAYING(add_edges(g, {0}, {3}), std::invalid_argument, "[add_edges] target of new edge 0 is 3");
  CHECK_THROWS_SAYING(add_edges(g, {-1}, {0}), std::invalid_argument, "[add_edges] source of new edge 0 is -1");
  CHECK_THROWS_SAYING(add_edges(g, {0, 1}, {0}), std::invalid_argument, "[add_edges] 2 sources for 1 targets");
  CHECK_THROWS_SAYING(add_edges(g, {0}, {0}, {{"w", basic_tensor<double>({1, 1})}}), std::invalid_argument,
                      "[add_edges] column \"w\" is double of shape (1, 1) in the new rows, float");
  CHECK_THROWS_SAYING(remove_nodes(g, {3}), std::invalid_argument, "[remove_nodes] vertex at position 0 is 3");
  CHECK_THROWS_SAYING(remove_edges(g, {0, 2}), std::invalid_argument, "[remove_edges] edge at position 1 is 2");
  CHECK_THROWS_SAYING(remove_nodes(g, {1, 2, 1}), std::invalid_argument, "[remove_nodes] vertex 1 is given twice");
  CHECK_THROWS_SAYING(remove_edges(g, {0, 0}), std::invalid_argument, "[remove_edges] edge 0 is given twice");
  const graph block = graph::bipartite({0}, {1}, 1, 2);
  CHECK_THROWS_SAYING(add_nodes(block, 1), std::invalid_argument, "[add_nodes] the graph is bipartite");
  CHECK_THROWS_SAYING(remove_nodes(block, {0}), std::invalid_argument, "[remove_nodes] the graph is bipartite");
}

}  // namespace
}  // namespace edgefold
