#include <edgefold/models/layers/hetero_graph_conv.hpp>

#include <edgefold/core/io/npy.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/rel_graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

const hetero_graph& shop() {
  static const hetero_graph g({{"user", 4}, {"game", 3}}, {{{"user", "follows", "user"}, {0, 1, 3}, {1, 2, 0}},
                                                           {{"user", "plays", "game"}, {0, 1, 2, 3}, {0, 0, 1, 2}},
                                                           {{"game", "fits", "game"}, {2, 1, 0}, {0, 2, 1}}});
  return g;
}
graph_conv conv(std::int64_t in, std::uint64_t seed) {
  return graph_conv(in, 2, {.norm = degree_norm::right, .bias = false, .allow_zero_in_degree = true}, seed);
}

TEST_CASE("hetero_graph_conv: relations one by one, names, what is left out") {
  const hetero_graph& g = shop();
  hetero_graph_conv<graph_conv> layer{{{"follows", conv(3, 1)}, {"plays", conv(3, 2)}, {"fits", conv(5, 3)}}};
  const of_types<> x{{"user", random_normal({4, 3}, 4)}, {"game", random_normal({3, 5}, 5)}};
  const of_types<> y = layer(g, x);
  CHECK(same_bits(y.at("user").detach(), layer.mods[0].second(g["follows"], x.at("user")).detach()));
  const tensor plays = layer.mods[1].second(g["plays"], x.at("user")),
               fits = layer.mods[2].second(g["fits"], x.at("game"));
  CHECK(relative_difference(y.at("game").detach(), (plays + fits).detach()) < 1e-6);
  CHECK(named_parameters(layer)[1].first == "mods.plays.weight");
  const hetero_graph_conv<graph_conv, reduce::stack> stacked{layer.mods};
  CHECK(stacked(g, x).at("game").shape() == shape_type{3, 2, 2});

  const of_types<> users{{"user", x.at("user")}};  // the others have nothing to say
  CHECK(same_bits(layer(g, users).at("game").detach(), plays.detach()));
  CHECK(layer(g, of_types<>()).empty());
  check_slopes(layer, x.at("game"), [&](const tensor& t) {
    return layer(g, of_types<>{{"user", x.at("user")}, {"game", t}}).at("game");
  });

  layer.mods[2].second = graph_conv(5, 3);
  CHECK_THROWS_SAYING(layer(g, x), std::invalid_argument,
                      "[hetero_graph_conv] into \"game\", relation \"game -fits-> game\" gives shape (3, 3)");
  layer.mods[2].first = "costs";
  CHECK_THROWS_SAYING(layer(g, x), std::invalid_argument, "no relation \"costs\"");
}

TEST_CASE("hetero_graph_conv: an x of a vertex type that there is not is refused") {
  const hetero_graph_conv<graph_conv> layer{{{"follows", conv(3, 1)}}};
  CHECK_THROWS_SAYING(layer(shop(), of_types<>{{"user", ones({4, 3})}, {"gmae", ones({3, 5})}}), std::invalid_argument,
                      "no vertex type \"gmae\"; there is \"user\", \"game\"");
}

TEST_CASE("hetero_graph_conv: a relation's destinations are not the first of its sources") {
  const hetero_graph& g = shop();
  const hetero_graph_conv<sage_conv> layer{{{"plays", sage_conv({3, 5}, 2)}, {"fits", sage_conv(5, 2)}}};
  const tensor users = random_normal({4, 3}, 1), games = random_normal({3, 5}, 2), others = random_normal({3, 5}, 3);
  const auto y = [&](const tensor& of_users, const tensor& of_games) {
    return layer(g, of_types<>{{"user", of_users}, {"game", of_games}}).at("game");
  };
  CHECK_FALSE(same_bits(y(users, games).detach(), y(users, others).detach()));
  const sage_conv &plays = layer.mods[0].second, &fits = layer.mods[1].second;
  const tensor expected = plays.fc_neigh(update_all(g["plays"], copy_u(users), reduce::mean{})) +
                          (*plays.fc_self)(games) + fits(g["fits"], games);
  CHECK(relative_difference(y(users, games).detach(), expected.detach()) < 1e-5);
  check_slopes(layer, users, [&](const tensor& x) { return y(x, games); });
  check_slopes(layer, games, [&](const tensor& x) { return y(users, x); });

  CHECK_THROWS_SAYING(y(users, random_normal({3, 4}, 1)), std::invalid_argument,
                      "[sage_conv] x_dst has shape (3, 4), expected (3, 5)");
  const hetero_graph_conv<sage_conv> same{{{"plays", sage_conv(3, 2)}}};
  CHECK_THROWS_SAYING(
      same(g, of_types<>{{"user", users}}), std::invalid_argument,
      "[sage_conv] one x for a graph of two vertex sets, 4 sources and 3 destinations: pass {x_src, x_dst}");
  const of_types<features> any{{"user", users}, {"game", games}};
  CHECK(same_bits(layer(g, any).at("game").detach(), y(users, games).detach()));
}

// Of a graph and the sources' x.
struct summed {
  void visit(auto&) {}
  tensor operator()(const graph& g, const tensor& x) const { return update_all(g, copy_u(x), reduce::sum{}); }
};

TEST_CASE("hetero_graph_conv: a relation that does not reach a vertex says nothing there, but to a sum") {
  const hetero_graph g(
      {{"user", 2}, {"developer", 2}, {"game", 3}},
      {{{"user", "follows", "game"}, {0, 1}, {0, 0}}, {{"developer", "develops", "game"}, {0, 1}, {0, 1}}});
  const of_types<> x{{"user", tensor({2, 2}, {-1, 5, -4, 2})}, {"developer", tensor({2, 2}, {-3, 7, -2, 6})}};
  const auto with = [&](const auto& layer, const auto& cross) {
    using layer_type = std::remove_cvref_t<decltype(layer)>;
    const hetero_graph_conv<layer_type, std::remove_cvref_t<decltype(cross)>> all{
        {{"follows", layer}, {"develops", layer}}};
    return all(g, x).at("game").detach();
  };
  graph_conv plain(2, 2, {.norm = degree_norm::none, .weight = false, .bias = false, .allow_zero_in_degree = true});
  const tensor greatest({3, 2}, {-3, 7, -2, 6, 0, 0});
  CHECK(same_bits(with(plain, reduce::max{}), greatest));
  CHECK(same_bits(with(summed(), reduce::max{}), greatest));
  CHECK(same_bits(with(plain, reduce::min{}), tensor({3, 2}, {-5, 7, -2, 6, 0, 0})));
  CHECK(same_bits(with(plain, reduce::mean{}), tensor({3, 2}, {-4, 7, -2, 6, 0, 0})));
  CHECK(same_bits(with(plain, reduce::sum{}), tensor({3, 2}, {-8, 14, -2, 6, 0, 0})));

  graph_conv biased(2, 2, {.norm = degree_norm::none, .weight = false, .allow_zero_in_degree = true});
  biased.bias = tensor({2}, {1, 10});
  CHECK(same_bits(with(biased, reduce::max{}), tensor({3, 2}, {-2, 17, -1, 16, 1, 10})));
  CHECK(same_bits(with(biased, reduce::sum{}), tensor({3, 2}, {-6, 34, 0, 26, 2, 20})));
}

// An R-GCN on the relations of a knowledge base, each with its matrix, is the layer on one graph with typed edges.
TEST_CASE("hetero_graph_conv: R-GCN on AIFB as rel_graph_conv") {
  const auto file = shared_file("data/aifb/triples.npy");
  if (file.empty()) return;
  const auto triples = read_npy_integers(file);
  std::int64_t entities = 0, relations = 0;
  for (std::int64_t i = 0; i < triples.rows(); ++i) {
    entities = std::max({entities, triples.at(i, 0) + 1, triples.at(i, 2) + 1});
    relations = std::max(relations, triples.at(i, 1) + 1);
  }
  std::vector<std::int64_t> src, dst, types;
  std::vector<std::vector<std::int64_t>> ends[2];
  for (auto& of : ends) of.resize(static_cast<std::size_t>(relations));
  for (std::int64_t i = 0; i < triples.rows(); ++i) {
    src.push_back(triples.at(i, 0)), types.push_back(triples.at(i, 1)), dst.push_back(triples.at(i, 2));
    ends[0][static_cast<std::size_t>(types.back())].push_back(src.back());
    ends[1][static_cast<std::size_t>(types.back())].push_back(dst.back());
  }
  const rel_graph_conv one(16, 8, relations, {.bias = false, .self_loop = false}, 1);
  std::vector<relation_edges> all;
  hetero_graph_conv<graph_conv> each;
  tensor norm = tensor::uninitialized({triples.rows(), 1});
  for (std::int64_t r = 0; r < relations; ++r) {
    const std::string name = "r" + std::to_string(r);
    const auto& [from, to] = ends;
    all.push_back({{"entity", name, "entity"}, from[static_cast<std::size_t>(r)], to[static_cast<std::size_t>(r)]});
    each.mods.emplace_back(
        name, graph_conv(16, 8, {.norm = degree_norm::right, .bias = false, .allow_zero_in_degree = true}));
    each.mods.back().second.weight = slice(one.linear_r.W.detach(), 0, r, r + 1).reshape({16, 8});
  }
  const hetero_graph g({{"entity", entities}}, all);
  for (std::int64_t i = 0; i < triples.rows(); ++i)
    norm.mutable_data()[i] =
        1 / static_cast<float>(g.topology("r" + std::to_string(triples.at(i, 1))).in_edges().degree(triples.at(i, 2)));
  tensor x = random_normal({entities, 16}, 2);
  const tensor up = random_normal({entities, 8}, 3);
  x.set_requires_grad();
  const tensor y = one(graph::from_coo(src, dst, entities), x, types, norm);
  y.backward(up);
  const tensor dx = x.grad();
  x.zero_grad();
  const tensor z = each(g, of_types<>{{"entity", x}}).at("entity");
  z.backward(up);
  CHECK(relative_difference(z.detach(), y.detach()) < 1e-5);
  CHECK(relative_difference(x.grad(), dx) < 1e-5);
}

}  // namespace
}  // namespace edgefold
