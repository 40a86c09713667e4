#include <edgefold/ops/multi_update_all.hpp>
#include <edgefold/ops/transform/homogeneous.hpp>

#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

#include <support/gradients.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// Types "a" and "b" of so many vertices, relations aa, ab, bb with edges at random (ba has none).
hetero_graph random_types(std::int64_t a, std::int64_t b, std::int64_t edges, std::uint64_t seed) {
  const auto ends = [&](std::int64_t n, std::uint64_t stream) { return random_integers({edges}, n, seed, stream); };
  return hetero_graph({{"a", a}, {"b", b}}, {{{"a", "aa", "a"}, ends(a, 0), ends(a, 1)},
                                             {{"a", "ab", "b"}, ends(a, 2), ends(b, 3)},
                                             {{"b", "bb", "b"}, ends(b, 4), ends(b, 5)},
                                             {{"b", "ba", "a"}, {}, {}}});
}

TEST_CASE("multi_update_all: relations one by one, then across them") {
  hetero_graph g = random_types(30, 20, 90, 1);
  const tensor xa = random_normal({30, 5}, 2), xb = random_normal({20, 5}, 3), w = random_normal({90, 1}, 4);
  const tensor aa = update_all(g["aa"], copy_u(xa), reduce::mean{}),
               ab = update_all(g["ab"], u_mul_e(xa, w), reduce::sum{}),
               bb = update_all(g["bb"], copy_u(xb), reduce::max{});
  const auto with = [&](const auto& cross) {
    return multi_update_all(g, cross, along("aa", copy_u(xa), reduce::mean{}),
                            along("ab", u_mul_e(xa, w), reduce::sum{}), along("bb", copy_u(xb), reduce::max{}));
  };
  const auto sum = with(reduce::sum{});
  CHECK(sum.size() == 2);
  CHECK(same_bits(sum.at("a"), aa));
  CHECK(relative_difference(sum.at("b"), ab + bb) < 1e-6);
  // f(x, y) of what both bring; where one relation has no edges, `single` of what the other brings.
  const auto across = [&](const auto& f, const auto& single) {
    return elementwise([&](auto x, auto y, auto of_x,
                           auto of_y) { return where(of_x == 0, single(y), where(of_y == 0, single(x), f(x, y))); },
                       ab, bb, in_degrees(g["ab"]), in_degrees(g["bb"]));
  };
  const auto same = [](auto x) { return x; };
  CHECK(relative_difference(with(reduce::mean{}).at("b"), across([](auto x, auto y) { return (x + y) / 2; }, same)) <
        1e-6);
  CHECK(same_bits(with(reduce::max{}).at("b"), across([](auto x, auto y) { return max(x, y); }, same)));
  CHECK(same_bits(with(reduce::min{}).at("b"), across([](auto x, auto y) { return min(x, y); }, same)));
  const tensor stacked = with(reduce::stack{}).at("b");
  CHECK(stacked.shape() == shape_type{20, 2, 5});
  CHECK(same_bits(slice(stacked, 1, 1, 2).reshape({20, 5}), bb));
  CHECK(relative_difference(with(reduce::std{}).at("b"), across([](auto x, auto y) { return abs(x - y) / 2; },
                                                                [](auto x) { return 0 * x; })) < 1e-5);

  g.nodes("a")["h"] = xa;
  g["ab"].edata["w"] = w;
  g.multi_update_all("y", reduce::sum{}, along("aa", copy_u("h"), reduce::mean{}),
                     along("ab", u_mul_e("h", "w"), reduce::sum{}));
  CHECK(same_bits(tensor(g.nodes("a")["y"]), aa));
  CHECK(same_bits(tensor(g.nodes("b")["y"]), ab));

  const std::vector parts{along("aa", copy_u(xa), reduce::mean{}),
                          along(edge_type{"a", "ab", "b"}, copy_u(xa), reduce::mean{})};
  CHECK(same_bits(multi_update_all(g, reduce::sum{}, parts).at("a"), aa));
}

// Users follow the first two games, developers develop them; nobody has to do with the third. All features are negative
// in one column, so that a 0 of a relation that does not reach a game would be the greatest.
const hetero_graph& games() {
  static const hetero_graph g(
      {{"user", 2}, {"developer", 2}, {"game", 3}},
      {{{"user", "follows", "game"}, {0, 1}, {0, 0}}, {{"developer", "develops", "game"}, {0, 1}, {0, 1}}});
  return g;
}
const tensor& of_users() {
  static const tensor x({2, 2}, {-1, 5, -4, 2});
  return x;
}
const tensor& of_developers() {
  static const tensor x({2, 2}, {-3, 7, -2, 6});
  return x;
}

TEST_CASE("multi_update_all: a relation that does not reach a vertex says nothing there, unless none reaches it") {
  const auto with = [](const auto& cross, const auto& each) {
    return multi_update_all(games(), cross, along("follows", copy_u(of_users()), each),
                            along("develops", copy_u(of_developers()), each))
        .at("game");
  };
  CHECK(same_bits(with(reduce::max{}, reduce::max{}), tensor({3, 2}, {-1, 7, -2, 6, 0, 0})));
  CHECK(same_bits(with(reduce::min{}, reduce::min{}), tensor({3, 2}, {-4, 2, -2, 6, 0, 0})));
  CHECK(same_bits(with(reduce::mean{}, reduce::mean{}), tensor({3, 2}, {-2.75F, 5.25F, -2, 6, 0, 0})));
  CHECK(same_bits(with(reduce::sum{}, reduce::max{.empty = 9}), tensor({3, 2}, {-4, 12, -2, 6, 18, 18})));
  CHECK(same_bits(with(reduce::prod{}, reduce::sum{}), tensor({3, 2}, {15, 49, -2, 6, 0, 0})));
  CHECK(same_bits(with(reduce::std{}, reduce::max{}), tensor({3, 2}, {1, 1, 0, 0, 0, 0})));
  CHECK(same_bits(with(reduce::median{}, reduce::max{}), tensor({3, 2}, {-2, 6, -2, 6, 0, 0})));
  CHECK(relative_difference(with(reduce::log_sum_exp{}, reduce::max{}),
                            tensor({3, 2}, {-0.8730720F, 7.1269280F, -2, 6, 0.6931472F, 0.6931472F})) < 1e-5);
  const float inf = std::numeric_limits<float>::infinity();  // an `empty` is one only where it is no result
  CHECK(
      same_bits(with(reduce::max{.empty = 9}, reduce::max{.empty = -inf}), tensor({3, 2}, {-1, 7, -2, 6, -inf, -inf})));
  // A stack is not folded: each relation has its place.
  CHECK(same_bits(with(reduce::stack{}, reduce::max{}), tensor({3, 2, 2}, {-1, 5, -3, 7, 0, 0, -2, 6, 0, 0, 0, 0})));

  const auto said = [](const auto& cross, const auto& each, bool last) {
    const basic_tensor<bool> users({2, 1}, {true, true}), developers({2, 1}, {true, last});
    return multi_update_all(games(), cross, along("follows", copy_u(users), each),
                            along("develops", copy_u(developers), each))
        .at("game");
  };
  CHECK(same_bits(said(reduce::all{}, reduce::any{}, true), basic_tensor<bool>({3, 1}, {true, true, false})));
  CHECK(same_bits(said(reduce::any{}, reduce::all{}, false), basic_tensor<bool>({3, 1}, {true, false, true})));
  const basic_tensor<std::int64_t> users({2, 1}, {-1, -4}), developers({2, 1}, {-3, -2});
  CHECK(same_bits(multi_update_all(games(), reduce::max{}, along("follows", copy_u(users), reduce::max{}),
                                   along("develops", copy_u(developers), reduce::max{}))
                      .at("game"),
                  basic_tensor<std::int64_t>({3, 1}, {-1, -2, 0})));
}

TEST_CASE("multi_update_all: no gradient goes where a relation says nothing") {
  tensor users = of_users().clone(), developers = of_developers().clone();
  users.set_requires_grad();
  developers.set_requires_grad();
  multi_update_all(games(), reduce::max{}, along("follows", copy_u(users), reduce::max{}),
                   along("develops", copy_u(developers), reduce::max{}))
      .at("game")
      .backward(ones({3, 2}));
  CHECK(same_bits(users.grad(), tensor({2, 2}, {1, 0, 0, 0})));
  CHECK(same_bits(developers.grad(), tensor({2, 2}, {0, 1, 1, 1})));

  const auto check_cross = [](const auto& cross) {
    const checked_function f = [cross](const inputs_of& x) {
      return multi_update_all(games(), cross, along("follows", copy_u(x[0]), reduce::mean{}),
                              along("develops", copy_u(x[1]), reduce::sum{}))
          .at("game");
    };
    CHECK_GRADIENTS(f, {normal(2, {3}), normal(2, {3}, 1)});
  };
  check_cross(reduce::max{});
  check_cross(reduce::min{});
  check_cross(reduce::mean{});
  check_cross(reduce::prod{});
  check_cross(reduce::std{});
  check_cross(reduce::log_sum_exp{});
  check_cross(reduce::median{});
}

TEST_CASE("multi_update_all: a relation without edges says nothing, but where the others do neither") {
  const hetero_graph g = random_types(12, 3, 5, 1);
  const tensor xa = ones({12, 1}), xb = ones({3, 1});
  const auto y = multi_update_all(g, reduce::mean{}, along("aa", copy_u(xa), reduce::sum{}),
                                  along("ba", copy_u(xb), reduce::sum{.empty = 4}));
  for (vertex_id v = 0; v < 12; ++v) {
    const auto d = static_cast<float>(g["aa"].in_degree(v));
    CHECK(y.at("a").at(v) == (d > 0 ? d : 2));
  }
}

TEST_CASE("multi_update_all: gradients, and bits for any number of threads") {
  const hetero_graph g = random_types(5, 4, 12, 3);
  const auto f = [&](const auto& cross) {
    return checked_function([&g, cross](const inputs_of& x) {
      return multi_update_all(g, cross, along("ab", u_mul_e(x[0], x[2]), reduce::mean{}),
                              along("bb", copy_u(x[1]), reduce::sum{}))
          .at("b");
    });
  };
  CHECK_GRADIENTS(f(reduce::sum{}), {normal(5, {3}), normal(4, {3}, 1), normal(12, {1}, 2)});
  CHECK_GRADIENTS(f(reduce::max{}), {normal(5, {3}), normal(4, {3}, 1), normal(12, {1}, 2)});
  CHECK_GRADIENTS(f(reduce::stack{}), {normal(5, {3}), normal(4, {3}, 1), normal(12, {1}, 2)});
  const hetero_graph large = random_types(3000, 2000, 60'000, 4);
  const tensor xa = random_normal({3000, 33}, 5), xb = random_normal({2000, 33}, 6);
  check_thread_counts([&] {
    return multi_update_all(large, reduce::mean{}, along("ab", copy_u(xa), reduce::sum{}),
                            along("bb", copy_u(xb), reduce::sum{}))
        .at("b");
  });
  const hetero_graph sparse = random_types(100, 50'000, 30'000, 5);
  const tensor of_a = random_normal({100, 3}, 7), of_b = random_normal({50'000, 3}, 8);
  check_thread_counts([&] {
    return multi_update_all(sparse, reduce::max{}, along("ab", copy_u(of_a), reduce::sum{}),
                            along("bb", copy_u(of_b), reduce::sum{}))
        .at("b");
  });
}

TEST_CASE("multi_update_all: what does not fit is refused") {
  const hetero_graph g = random_types(4, 3, 5, 1);
  const auto xa = ones({4, 2}), xb = ones({3, 3});
  CHECK_THROWS_SAYING(
      multi_update_all(g, reduce::sum{}, along("ab", copy_u(xa), reduce::sum{}),
                       along("bb", copy_u(xb), reduce::sum{})),
      std::invalid_argument,
      "[multi_update_all] into \"b\", relation \"b -bb-> b\" gives shape (3, 3), those before it (3, 2)");
  CHECK_THROWS_SAYING(multi_update_all(g, reduce::sum{}, along("aa", copy_u(xa), reduce::sum{}),
                                       along("aa", copy_u(xa), reduce::sum{})),
                      std::invalid_argument, "[multi_update_all] relation \"a -aa-> a\" is named twice");
  CHECK_THROWS_SAYING(multi_update_all(g, reduce::sum{}, along("ac", copy_u(xa), reduce::sum{})), std::invalid_argument,
                      "no relation \"ac\"");
  CHECK_THROWS_SAYING(multi_update_all(g, reduce::sum{}, along("ab", copy_u(xb), reduce::sum{})), std::invalid_argument,
                      "[update_all]");
}

TEST_CASE("edge_softmax over relations: as over one graph with the edges of all") {
  const hetero_graph g = random_types(30, 20, 90, 7);
  const tensor aa = random_normal({90, 2}, 1), ab = random_normal({90, 2}, 2), bb = random_normal({90, 2}, 3);
  const homogeneous_graph h = to_homogeneous(g);
  for (const norm_by norm : {norm_by::dst, norm_by::src}) {
    const auto y = edge_softmax(g, {{"ab", ab}, {"aa", aa}, {"bb", bb}}, norm);
    const tensor all = edge_softmax(h.g, concat({aa, ab, bb}, 0), norm);
    CHECK(relative_difference(y[1], slice(all, 0, 0, 90)) < 1e-6);
    CHECK(relative_difference(y[0], slice(all, 0, 90, 180)) < 1e-6);
    CHECK(relative_difference(y[2], slice(all, 0, 180, 270)) < 1e-6);
  }
  const hetero_graph small = random_types(4, 3, 6, 8);
  const checked_function f = [&](const inputs_of& x) {
    return concat(edge_softmax(small, std::vector<relation_scores<double>>{{"ab", x[0]}, {"bb", x[1]}}), 0);
  };
  CHECK_GRADIENTS(f, {normal(6, {2}), normal(6, {2}, 1)});
  CHECK_THROWS_SAYING(edge_softmax(g, {{"ab", ab}, {"ab", ab}}), std::invalid_argument,
                      "[edge_softmax] relation \"a -ab-> b\" is named twice");
  CHECK_THROWS_SAYING(edge_softmax(g, {{"ab", tensor({9, 2})}}), std::invalid_argument,
                      "have 9 rows, expected 90 edges");
  CHECK_THROWS_SAYING(edge_softmax(g, {{"ab", ab}, {"bb", tensor({90, 3})}}), std::invalid_argument,
                      "have shape (90, 3), those that they meet (90, 2)");
}

TEST_CASE("to_homogeneous and back: types, columns, gradients") {
  hetero_graph g = random_types(6, 4, 9, 9);
  tensor xa = random_normal({6, 3}, 1), xb = random_normal({4, 3}, 2);
  xa.set_requires_grad();
  g.nodes("a")["h"] = xa;
  g.nodes("b")["h"] = xb;
  for (const edge_type& t : g.edge_types()) g[t].edata["w"] = random_normal({g.num_edges(t), 1}, 3);
  const homogeneous_graph h = to_homogeneous(g, {"h"}, {"w"});
  CHECK(h.g.num_vertices() == 10);
  CHECK(h.g.num_edges() == 27);
  CHECK(h.vertex_begin == std::vector<std::int64_t>{0, 6, 10});
  CHECK(h.edge_begin == std::vector<std::int64_t>{0, 9, 18, 27, 27});
  CHECK(h.edge_types.at(17) == 1);
  CHECK(h.vertex_types.at(5) == 0);
  for (edge_id e = 0; e < 9; ++e) {
    CHECK(h.g.source(9 + e) == g["ab"].source(e));
    CHECK(h.g.target(9 + e) == g["ab"].target(e) + 6);
  }
  const tensor joined = h.g.ndata["h"];
  CHECK(same_bits(joined.detach(), concat({xa.detach(), xb}, 0)));
  joined.backward(ones({10, 3}));
  CHECK(same_bits(xa.grad(), ones({6, 3})));

  // In another order of vertices and edges, and back.
  const auto vertex_order = random_permutation(10, 1), edge_order = random_permutation(27, 2);
  std::vector<std::int64_t> place(10), src, dst, vertex_types, edge_types;
  for (std::int64_t i = 0; i < 10; ++i) place[static_cast<std::size_t>(vertex_order.at(i))] = i;
  for (const std::int64_t e : edge_order.values()) {
    src.push_back(place[static_cast<std::size_t>(h.g.source(e))]);
    dst.push_back(place[static_cast<std::size_t>(h.g.target(e))]);
    edge_types.push_back(h.edge_types.at(e));
  }
  for (const std::int64_t v : vertex_order.values()) vertex_types.push_back(h.vertex_types.at(v));
  graph mixed = graph::from_coo(src, dst, 10);
  mixed.ndata["h"] = gather_rows(joined.detach(), vertex_order);
  mixed.edata["w"] = gather_rows(tensor(h.g.edata["w"]), edge_order);
  const hetero_graph back = to_heterogeneous(mixed, vertex_types, edge_types, g.vertex_types(), g.edge_types());
  for (const auto& relation : {"aa", "ab", "bb", "ba"}) {  // the same sums
    const auto sums = [&](const hetero_graph& of) {
      return sum_all(update_all(of[relation], u_mul_e("h", "w"), reduce::sum{})).detach();
    };
    CHECK(back.num_edges(relation) == g.num_edges(relation));
    CHECK(relative_difference(sums(back), sums(g)) < 1e-5);
  }
  const hetero_graph same = to_heterogeneous(h.g, h.vertex_types, h.edge_types, g.vertex_types(), g.edge_types());
  CHECK(same_bits(tensor(same.nodes("b")["h"]).detach(), xb));
  CHECK(std::equal(g.topology("bb").targets(), g.topology("bb").targets() + 9, same.topology("bb").targets()));

  g.nodes("b")["h"] = tensor({4, 2});
  CHECK_THROWS_SAYING(to_homogeneous(g, {"h"}), std::invalid_argument,
                      "[to_homogeneous] column \"h\" is float of shape (4, 2) in \"b\"");
  CHECK_THROWS_SAYING(to_homogeneous(g, {"z"}), std::invalid_argument, "no column \"z\"");
  CHECK_THROWS_SAYING(to_homogeneous(hetero_graph(), {"h"}), std::invalid_argument, "nothing to take column");
  CHECK(to_homogeneous(hetero_graph()).g.num_vertices() == 0);
  vertex_types.pop_back();
  CHECK_THROWS_SAYING(to_heterogeneous(mixed, vertex_types, edge_types, g.vertex_types(), g.edge_types()),
                      std::invalid_argument, "[to_heterogeneous] 9 types for 10 vertices");
  CHECK_THROWS_SAYING(to_heterogeneous(graph({{0, 1}}), {0, 1}, {0}, {"a", "b"}, {{"b", "r", "a"}}),
                      std::invalid_argument,
                      "[to_heterogeneous] edge 0 of relation \"b -r-> a\" comes from vertex 0, a \"a\"");
  CHECK_THROWS_SAYING(to_heterogeneous(graph({{0, 1}}), {0, 2}, {0}, {"a", "b"}, {{"b", "r", "a"}}),
                      std::invalid_argument, "2");
}

}  // namespace
}  // namespace edgefold
