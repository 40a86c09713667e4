// Graphs without parallel edges.
#include <edgefold/ops/transform/to_simple.hpp>

#include <support/derived.hpp>
#include <support/gradients.hpp>
#include <support/thread_counts.hpp>

#include <map>

namespace edgefold {
namespace {

using namespace edgefold::testing;

using groups_of_edges = std::map<std::pair<std::int64_t, std::int64_t>, row_numbers>;

groups_of_edges naive_groups(const graph& g) {
  groups_of_edges groups;
  for (edge_id e = 0; e < g.num_edges(); ++e) groups[{g.source(e), g.target(e)}].push_back(e);
  return groups;
}

double naive(aggregate how, const tensor& x, const row_numbers& edges, std::int64_t column) {
  std::vector<double> values;
  for (const edge_id e : edges) values.push_back(x.at(e, column));
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  switch (how) {
    case aggregate::sum:
      return sum;
    case aggregate::mean:
      return sum / static_cast<double>(values.size());
    case aggregate::max:
      return std::ranges::max(values);
    case aggregate::min:
      return std::ranges::min(values);
    case aggregate::first:
      break;
  }
  return values[0];
}

const std::vector<aggregate> all_ways{aggregate::sum, aggregate::mean, aggregate::max, aggregate::min,
                                      aggregate::first};

TEST_CASE("property: one edge a pair, in order, with counts and features") {
  check_property([] {
    const graph g = random_featured(*rc::gen::arbitrary<bool>());
    const aggregate how = *rc::gen::elementOf(all_ways);
    const simple_graph s = to_simple(g, how, map_edges::yes);
    const groups_of_edges groups = naive_groups(g);
    RC_ASSERT(s.g.num_edges() == std::ssize(groups) && s.counts.rows() == s.g.num_edges());
    RC_ASSERT(s.edge_of.rows() == g.num_edges());
    RC_ASSERT(shares_columns(s.g.srcdata, g.srcdata) && shares_columns(s.g.dstdata, g.dstdata));
    const auto first = s.g.edata[original_id].as<std::int64_t>();
    const tensor before = g.edata["h"], after = s.g.edata["h"];
    edge_id i = 0;
    for (const auto& [ends, edges] : groups) {
      RC_ASSERT(s.g.source(i) == ends.first && s.g.target(i) == ends.second);
      RC_ASSERT(s.counts.at(i) == std::ssize(edges));
      RC_ASSERT(first.at(i) == edges[0]);
      for (const edge_id e : edges) RC_ASSERT(s.edge_of.at(e) == i);
      for (std::int64_t j = 0; j < before.width(); ++j)
        RC_ASSERT(std::abs(after.at(i, j) - naive(how, before, edges, j)) < 1e-5);
      ++i;
    }
    const simple_graph again = to_simple(s.g, how);
    RC_ASSERT(pairs_of(again.g) == pairs_of(s.g) && !again.edge_of.defined());
  });
}

TEST_CASE("scalar types of aggregates are those of the reducers") {
  graph g({{0, 1}, {1, 0}, {0, 1}});
  g.edata["k"] = basic_tensor<std::int32_t>({3}, {1, 7, 4});
  g.edata["b"] = basic_tensor<bool>({3}, {false, true, true});
  CHECK(same_bits(to_simple(g).g.edata["k"].as<std::int32_t>(), basic_tensor<std::int32_t>({2}, {5, 7})));
  CHECK(same_bits(to_simple(g).g.edata["b"].as<std::int64_t>(), basic_tensor<std::int64_t>({2}, {1, 1})));
  const graph mean = to_simple(g, aggregate::mean).g, most = to_simple(g, aggregate::max).g;
  CHECK(same_bits(mean.edata["k"].as(), tensor({2}, {2.5F, 7})));
  CHECK(same_bits(mean.edata["b"].as(), tensor({2}, {0.5F, 1})));
  CHECK(same_bits(most.edata["b"].as<bool>(), basic_tensor<bool>({2}, {true, true})));
  CHECK(same_bits(to_simple(g, aggregate::first).g.edata["b"].as<bool>(), basic_tensor<bool>({2}, {false, true})));
}

TEST_CASE("property: to_bidirected has both directions of each pair once") {
  check_property([] {
    const graph g = random_featured();
    const graph h = to_bidirected(g);
    std::set<std::pair<std::int64_t, std::int64_t>> both;
    for (const auto& [u, v] : pairs_of(g)) both.insert({{u, v}, {v, u}});
    RC_ASSERT(pairs_of(h) == edge_pairs(both.begin(), both.end()));
    RC_ASSERT(shares_columns(h.ndata, g.ndata));
    RC_ASSERT(h.edata.names().empty());
  });
}

TEST_CASE("aggregated features pass gradients on") {
  for (const aggregate how : all_ways) {
    CAPTURE(static_cast<int>(how));
    const checked_function f = [how](const inputs_of& x) {
      graph g = some_graph();
      g.edata["w"] = x[0];
      return to_simple(g, how).g.edata["w"].as<double>();
    };
    CHECK_GRADIENTS(f, {normal(16, {2, 2})});
  }
}

TEST_CASE("simple graphs: any number of threads, nothing, and what is refused") {
  const graph& g = many_edges();
  for (const aggregate how : all_ways) check_thread_counts([&] { return everything(to_simple(g, how).g); });
  check_thread_counts([&] { return to_simple(graph(g.topology()), aggregate::sum, map_edges::yes).edge_of; });
  check_thread_counts([&] { return everything(to_bidirected(g)); });
  CHECK(to_simple(graph()).g.num_edges() == 0);
  CHECK(to_simple(with_columns(graph({}, 4)), aggregate::mean).g.num_vertices() == 4);
  CHECK(to_bidirected(graph({}, 4)).num_vertices() == 4);
  CHECK_THROWS_SAYING(to_bidirected(graph::bipartite({0}, {1}, 1, 2)), std::invalid_argument,
                      "[to_bidirected] the graph is bipartite");
}

}  // namespace
}  // namespace edgefold
