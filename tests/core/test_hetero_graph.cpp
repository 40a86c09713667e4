#include <edgefold/core/hetero_graph.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

hetero_graph shop() {
  return hetero_graph({{"user", 3}, {"game", 2}}, {{{"user", "follows", "user"}, {0, 1}, {1, 2}},
                                                   {{"user", "plays", "game"}, {0, 1, 2}, {0, 0, 1}},
                                                   {{"user", "likes", "game"}, {2}, {0}},
                                                   {{"game", "likes", "user"}, {}, {}}});
}

TEST_CASE("hetero_graph: types, counts and topology") {
  const hetero_graph g = shop();
  CHECK(g.vertex_types() == std::vector<std::string>{"user", "game"});
  CHECK(g.edge_types().size() == 4);
  CHECK(to_string(g.full_name("plays")) == "user -plays-> game");
  CHECK(g.num_vertices("user") == 3);
  CHECK(g.num_vertices("game") == 2);
  CHECK(g.num_edges("plays") == 3);
  CHECK(g.num_edges(edge_type{"game", "likes", "user"}) == 0);
  CHECK(g.number_of(edge_type{"user", "likes", "game"}) == 2);
  CHECK(g["follows"].num_vertices() == 3);
  CHECK(!g["follows"].is_bipartite());
  CHECK(g["plays"].is_bipartite());
  CHECK(g["plays"].num_src() == 3);
  CHECK(g["plays"].num_dst() == 2);
  CHECK(g.topology("plays").targets()[1] == 0);
  CHECK(hetero_graph().vertex_types().empty());
}

TEST_CASE("hetero_graph: relations and types share columns, copies do not") {
  hetero_graph g = shop();
  const tensor h({3, 2}, {1, 2, 3, 4, 5, 6});
  g.nodes("user")["h"] = h;
  CHECK(same_bits(tensor(g["plays"].srcdata["h"]), h));
  CHECK(same_bits(tensor(g["follows"].ndata["h"]), h));
  CHECK(same_bits(tensor(g["follows"].dstdata["h"]), h));
  g["plays"].dstdata["x"] = ones({2, 1});
  CHECK(g.nodes("game").contains("x"));
  g["plays"].edata["w"] = ones({3, 1});
  CHECK(g["plays"].edata.contains("w"));
  CHECK(!g["follows"].edata.contains("w"));
  graph kept = g["plays"];
  kept.edata["v"] = ones({3, 1});
  CHECK(g["plays"].edata.contains("v"));

  hetero_graph copy = g;
  copy.nodes("user")["new"] = h;
  copy["plays"].edata["new"] = ones({3, 1});
  CHECK(!g.nodes("user").contains("new"));
  CHECK(!g["plays"].edata.contains("new"));
  CHECK(copy["follows"].ndata.contains("new"));  // the copy's relations share the copy's columns
  const hetero_graph& constant = g;
  graph apart = constant["plays"];
  apart.edata["of its own"] = ones({3, 1});
  CHECK(!g["plays"].edata.contains("of its own"));
  copy = shop();
  CHECK(!copy.nodes("user").contains("h"));
}

TEST_CASE("hetero_graph: its ids are its own, those moved in taken over") {
  basic_tensor<std::int32_t> u({2}, {0, 1}), v({2}, {1, 0}), own({2}, {1, 0});
  const std::int32_t* const p = own.data();
  std::vector<relation_edges> relations;
  relations.push_back({{"a", "r", "a"}, u, std::move(own)});
  relations.push_back({{"a", "s", "a"}, basic_tensor<std::int32_t>::wrap(u.mutable_data(), {2}, nullptr), v});
  const hetero_graph g({{"a", 2}}, std::move(relations));
  u.mutable_data()[0] = v.mutable_data()[0] = 1'000'000;
  CHECK(g.topology("r").targets() == p);
  CHECK(g.topology("r").sources()[0] == 0);
  CHECK(g.topology("s").sources()[0] == 0);
  CHECK(g["s"].in_edges(1) == std::vector<edge_id>{0});
}

TEST_CASE("hetero_graph: what does not fit is refused") {
  using list = std::vector<relation_edges>;
  const std::vector<vertex_count> types{{"a", 2}, {"b", 3}};
  CHECK_THROWS_SAYING(hetero_graph({{"a", 1}, {"a", 2}}, {}), std::invalid_argument,
                      "[hetero_graph] vertex type \"a\" is named twice");
  CHECK_THROWS_SAYING(hetero_graph({{"a", -1}}, {}), std::invalid_argument, "\"a\" has -1 vertices");
  CHECK_THROWS_SAYING(hetero_graph({{"a", std::int64_t{1} << 31}}, {}), std::invalid_argument,
                      "\"a\" has 2147483648 vertices, expected from 0 to 2147483647");
  CHECK_THROWS_SAYING(hetero_graph::from_topologies({{"a", std::int64_t{1} << 40}}, {}), std::invalid_argument,
                      "\"a\" has 1099511627776 vertices");
  CHECK_THROWS_SAYING(hetero_graph(types, list{{{"a", "r", "c"}, {0}, {0}}}), std::invalid_argument,
                      "[hetero_graph] no vertex type \"c\"; there is \"a\", \"b\"");
  CHECK_THROWS_SAYING(hetero_graph(types, list{{{"a", "r", "b"}, {0}, {0}}, {{"a", "r", "b"}, {1}, {0}}}),
                      std::invalid_argument, "relation \"a -r-> b\" is named twice");
  CHECK_THROWS_SAYING(hetero_graph(types, list{{{"a", "r", "b"}, {2}, {0}}}), std::invalid_argument, "2");
  CHECK_THROWS_SAYING(hetero_graph(types, list{{{"a", "r", "b"}, {0, 1}, {0}}}), std::invalid_argument, "1");
  hetero_graph g = shop();
  CHECK_THROWS_SAYING(g["buys"], std::invalid_argument,
                      "[hetero_graph] no relation \"buys\"; there is \"user -follows-> user\", \"user -plays-> game\"");
  CHECK_THROWS_SAYING(
      g["likes"], std::invalid_argument,
      "several relations are called \"likes\"; there is \"user -likes-> game\", \"game -likes-> user\"");
  CHECK_THROWS_SAYING((g[edge_type{"user", "likes", "user"}]), std::invalid_argument, "no relation");
  CHECK_THROWS_SAYING(g.nodes("film"), std::invalid_argument, "no vertex type \"film\"");
  CHECK_THROWS_SAYING(g.nodes("user")["h"] = ones({2, 1}), std::invalid_argument,
                      "[nodes(\"user\")] column \"h\" has 2 rows, the graph has 3 vertices");
  CHECK_THROWS_SAYING(g["plays"].edata["w"] = ones({2, 1}), std::invalid_argument,
                      "[edata of \"user -plays-> game\"] column \"w\" has 2 rows");
  CHECK_THROWS_SAYING(hetero_graph()["x"], std::invalid_argument, "no relation \"x\"; there are none");
}

}  // namespace
}  // namespace edgefold
