// Boost.Graph's algorithms and message passing on one graph: Zachary's karate club (1977), members 0 to 33.
#include <edgefold/core/boost_graph.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <boost/graph/betweenness_centrality.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/page_rank.hpp>

#include <cstdio>

#include <common/program.hpp>

using namespace edgefold;

namespace {

// Friendships: each pair once.
const std::vector<graph::edge_pair> friends = {
    {0, 1},   {0, 2},   {0, 3},   {0, 4},   {0, 5},   {0, 6},   {0, 7},   {0, 8},   {0, 10},  {0, 11},
    {0, 12},  {0, 13},  {0, 17},  {0, 19},  {0, 21},  {0, 31},  {1, 2},   {1, 3},   {1, 7},   {1, 13},
    {1, 17},  {1, 19},  {1, 21},  {1, 30},  {2, 3},   {2, 7},   {2, 8},   {2, 9},   {2, 13},  {2, 27},
    {2, 28},  {2, 32},  {3, 7},   {3, 12},  {3, 13},  {4, 6},   {4, 10},  {5, 6},   {5, 10},  {5, 16},
    {6, 16},  {8, 30},  {8, 32},  {8, 33},  {9, 33},  {13, 33}, {14, 32}, {14, 33}, {15, 32}, {15, 33},
    {18, 32}, {18, 33}, {19, 33}, {20, 32}, {20, 33}, {22, 32}, {22, 33}, {23, 25}, {23, 27}, {23, 29},
    {23, 32}, {23, 33}, {24, 25}, {24, 27}, {24, 31}, {25, 31}, {26, 29}, {26, 33}, {27, 33}, {28, 31},
    {28, 33}, {29, 32}, {29, 33}, {30, 32}, {30, 33}, {31, 32}, {31, 33}, {32, 33}};

// Both directions, because messages follow the edges.
graph karate_club() {
  auto edges = friends;
  for (auto [u, v] : friends) edges.emplace_back(v, u);
  return graph(edges);
}

void show() {
  graph g = karate_club();
  g.edata["length"] = ones({g.num_edges(), 1});

  // What an algorithm writes through a map is a column; what it reads through one may be a column as well.
  boost::graph::page_rank(g, node_map<float>(g, "rank"), boost::graph::n_iterations(100), 0.85F);
  boost::dijkstra_shortest_paths(
      g, 0, boost::weight_map(edge_map<float>(g, "length")).distance_map(node_map<float>(g, "steps")));
  boost::brandes_betweenness_centrality(g, node_map<float>(g, "between"));
  const int clubs = boost::connected_components(undirected_view(g), node_map<std::int32_t>(g, "component"));

  // A member's friends: their ranks shared out among their own friends, and how far the farthest is from member 0.
  g.ndata["degree"] = out_degrees(g);
  g.update_all(div(src("rank"), src("degree")), reduce::sum{}, "arriving");
  g.update_all(copy_u("steps"), reduce::max{}, "farthest");

  std::printf("%lld members, %lld friendships, components: %d\n", static_cast<long long>(g.num_vertices()),
              static_cast<long long>(g.num_edges() / 2), clubs);
  std::printf("member  friends   rank  0.15 + 0.85 arriving  between  steps from 0  farthest friend\n");
  auto number = [&](const char* column, vertex_id v) { return double{node_map<float>(std::as_const(g), column)[v]}; };
  for (vertex_id v : {0, 1, 2, 11, 16, 31, 32, 33})
    std::printf("%6d  %7.0f  %5.3f  %20.3f  %7.1f  %12.0f  %15.0f\n", v, number("degree", v), number("rank", v),
                0.15 + 0.85 * number("arriving", v), number("between", v) / 2,  // each path is found in both directions
                number("steps", v), number("farthest", v));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs algorithms of Boost.Graph and message passing on one graph", "boost_algorithms");
  return examples::run_program(app, argc, argv, show);
}
