#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/grad_check.hpp>
#include <edgefold/ops/drivers.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>

#include <support/thread_counts.hpp>

#include <set>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

graph small_graph() {
  graph g({{0, 1}, {0, 2}, {2, 1}, {1, 3}, {0, 1}, {3, 3}}, 6);
  g.ndata["h"] = random_normal({6, 5}, 1);
  g.edata["w"] = random_normal({6, 1}, 2);
  return g;
}

// Rows of `full` for the vertices in `touched`, `otherwise` for the rest.
tensor rows_of(const tensor& full, const std::set<int>& touched, const tensor& otherwise) {
  tensor t = otherwise.clone();
  for (int v : touched)
    std::copy_n(full.values().data() + v * full.width(), full.width(), t.mutable_data() + v * full.width());
  return t;
}

}  // namespace

TEST_CASE("a callable may capture, in every driver") {
  graph g = small_graph();
  const float k = 2;
  const auto twice = [k](const auto& a) { return a * k; };
  const tensor x = g.ndata["h"].as<float>(), expected = update_all(g, copy_u(k * x), reduce::sum{});
  CHECK(same_bits(send_and_recv(g, {0, 1, 2, 3, 4, 5}, message(twice, src(x)), reduce::sum{}), expected));
  CHECK(same_bits(pull(g, {0, 1, 2, 3, 4, 5}, message(twice, src(x)), reduce::sum{}), expected));
  CHECK(same_bits(apply_nodes(g, message(twice, node(x))), k * x));
  CHECK(filter_nodes(g, message([k](const auto& a) { return a > k; }, node(ones({6, 1})))).size() == 0);
}

TEST_CASE("pull gives the rows of update_all for the vertices asked for, in their order") {
  const graph g = small_graph();
  const tensor all = update_all(g, u_mul_e("h", "w"), reduce::sum{.empty = 7});
  const tensor some = pull(g, {3, 1, 5, 1}, u_mul_e("h", "w"), reduce::sum{.empty = 7});
  REQUIRE(some.shape() == shape_type{4, 5});
  for (int i = 0; const int v : {3, 1, 5, 1}) {
    for (int c = 0; c < 5; ++c) CHECK(some.at(i, c) == all.at(v, c));
    ++i;
  }
}

TEST_CASE("pull into a column leaves the other rows, or gives them the reducer's empty value") {
  graph g = small_graph();
  const tensor all = update_all(g, add(src("h"), dst("h")), reduce::max{});
  const tensor before = g.ndata["h"];
  g.pull({1, 3, 0}, add(src("h"), dst("h")), reduce::max{.empty = -4}, "fresh");
  tensor expected = full<float>({6, 5}, -4);
  expected = rows_of(all, {1, 3}, expected);
  CHECK(same_bits(g.ndata["fresh"].as(), expected));
  g.pull({1, 3}, add(src("h"), dst("h")), reduce::max{}, "h");
  CHECK(same_bits(g.ndata["h"].as(), rows_of(all, {1, 3}, before)));
  CHECK_FALSE(same_bits(g.ndata["h"].as(), before));
}

TEST_CASE("several reducers in a new column: each has its own empty value") {
  graph g({{0, 1}, {2, 1}});
  g.ndata["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.pull({1}, copy_u("h"), reduce::multi(reduce::prod{}, reduce::max{.empty = -4}), "y");
  CHECK(same_bits<float>(g.ndata["y"], tensor({3, 4}, {1, 1, -4, -4, 5, 12, 5, 6, 1, 1, -4, -4})));
}

TEST_CASE("push is send_and_recv along the out-edges") {
  graph g = small_graph();
  const tensor pushed = push(g, {0, 3}, u_mul_e("h", "w"), reduce::sum{});
  const tensor sent = send_and_recv(g, {5, 4, 0, 1}, u_mul_e("h", "w"), reduce::sum{});
  CHECK(same_bits(pushed, sent));
  g.ndata["old"] = ones({6, 5});
  g.push({0, 3}, u_mul_e("h", "w"), reduce::sum{}, "old");
  CHECK(same_bits(g.ndata["old"].as(), rows_of(sent, {1, 2, 3}, ones({6, 5}))));
}

TEST_CASE("send_and_recv folds over the given edges alone, in the order of their ids") {
  const graph g = small_graph();
  const tensor w = g.edata["w"], h = g.ndata["h"];
  const tensor out = send_and_recv(g, {4, 0}, u_mul_e("h", "w"), reduce::sum{.empty = 3});
  for (int c = 0; c < 5; ++c) {
    CHECK(out.at(1, c) == doctest::Approx(w.at(0) * h.at(0, c) + w.at(4) * h.at(0, c)));
    CHECK(out.at(2, c) == 3);
  }
  CHECK(same_bits(send_and_recv(g, {0, 1, 2, 3, 4, 5}, u_mul_e("h", "w"), reduce::mean{}),
                  update_all(g, u_mul_e("h", "w"), reduce::mean{})));
  CHECK(same_bits(send_and_recv(g, id_list{}, u_mul_e("h", "w"), reduce::sum{.empty = 2}), full<float>({6, 5}, 2)));
}

TEST_CASE("an edge that is listed twice counts twice, forward and back") {
  graph g({{0, 1}, {2, 1}});
  for (const id_list& ids : {id_list{0, 0}, id_list{0, 0, 0}, id_list{0, 1, 0}}) {
    tensor w = full<float>({2, 16}, 3);  // wide enough for a pack
    w.set_requires_grad();
    float first = 0, second = 0;
    for (std::int64_t i = 0; i < ids.size(); ++i) (ids[i] == 0 ? first : second) += 1;
    const tensor y = send_and_recv(g, ids, copy_e(w), reduce::sum{});
    CHECK(y.at(1, 15) == 3 * (first + second));
    y.backward(full<float>({3, 16}, 2));
    CHECK(w.grad().at(0, 15) == 2 * first);
    CHECK(w.grad().at(1, 15) == 2 * second);
    g.send_and_recv(ids, copy_e(w.detach()), reduce::sum{}, "sum");
    CHECK(g.ndata["sum"].as().at(1) == y.at(1));
  }
  tensor w = ones({2, 1});
  w.set_requires_grad();
  prop_edges(g, {basic_tensor<std::int64_t>({2}, {1, 1})}, copy_e(w), reduce::sum{}, "through");
  const tensor through = g.ndata["through"];
  CHECK(through.at(1) == 2);
  through.backward(ones({3, 1}));
  CHECK(same_bits(w.grad(), tensor({2, 1}, {0, 2})));
  CHECK(push(g, {0, 2, 0}, copy_e(w), reduce::sum{}).at(1) == 3);
  g.push({2, 2}, copy_e(w), reduce::sum{}, "pushed");
  CHECK(g.ndata["pushed"].as().at(1) == 2);
}

TEST_CASE("edges listed any number of times are those of a graph that has them so often") {
  using doubles = basic_tensor<double>;
  const graph g = generate::random_uniform(20, 60, 1);
  const auto f = [](auto u, auto w, auto v) { return tanh(u * w) + v; };
  for (const std::int64_t count : {60, 300, 40'000}) {  // as many as edges; few and many a vertex
    basic_tensor<std::int64_t> ids = random_integers({count}, 60, 2);
    std::sort(ids.mutable_data(), ids.mutable_data() + count);  // messages are folded in the order of the edges' ids
    const graph often(g.topology().subset(ids));
    const auto compare = [&](const auto& reducer) {
      const auto run = [&](auto&& fold) {
        std::vector<doubles> x{random_normal<double>({20, 3}, 3), random_normal<double>({60, 3}, 4),
                               random_normal<double>({20, 3}, 5)};
        for (doubles& t : x) t.set_requires_grad();
        const doubles y = fold(x);
        y.backward(random_normal<double>(y.shape(), 6));
        return std::vector{y.detach(), x[0].grad(), x[1].grad(), x[2].grad()};
      };
      const auto listed = run(
          [&](const auto& x) { return send_and_recv(g, ids, message(f, src(x[0]), edge(x[1]), dst(x[2])), reducer); });
      const auto expected = run([&](const auto& x) {
        return update_all(often, message(f, src(x[0]), edge(gather_rows(x[1], ids)), dst(x[2])), reducer);
      });
      CHECK(same_bits(listed[0], expected[0]));
      for (std::size_t i = 1; i < 4; ++i) CHECK(relative_difference(listed[i], expected[i]) < 1e-10);
    };
    compare(reduce::sum{});
    compare(reduce::max{});
  }
}

TEST_CASE("gradients of edges listed twice do not depend on threads") {
  const graph g = generate::random_uniform(20, 60, 1);
  const basic_tensor<std::int64_t> ids = random_integers({40'000}, 60, 2);
  check_thread_counts([&] {
    tensor w = random_normal({60, 5}, 3);
    w.set_requires_grad();
    send_and_recv(g, ids, copy_e(w), reduce::sum{}).backward(random_normal({20, 5}, 4));
    return w.grad();
  });
}

TEST_CASE("longest paths by prop_nodes in topological order") {
  graph g({{0, 1}, {1, 2}, {0, 2}, {2, 4}, {3, 4}}, 5);
  g.ndata["length"] = zeros({5, 1});
  prop_nodes_topo(g, message([](auto u) { return u + 1; }, src("length")), reduce::max{}, "length");
  CHECK(same_bits(g.ndata["length"].as(), tensor({5, 1}, {0, 1, 2, 0, 3})));
}

TEST_CASE("hop counts by prop_nodes in breadth-first order") {
  graph g = generate::grid(4, 5);
  tensor distance = full<float>({20, 1}, 1000);
  distance.mutable_data()[0] = 0;
  g.ndata["distance"] = distance;
  frontiers layers = bfs_nodes(g, {0});
  layers.erase(layers.begin());
  prop_nodes(g, layers, message([](auto u) { return u + 1; }, src("distance")), reduce::min{}, "distance");
  for (int v = 0; v < 20; ++v) CHECK(g.ndata["distance"].as().at(v) == v / 5 + v % 5);
}

TEST_CASE("a cycle has no topological order, and nothing changes") {
  graph g({{0, 1}, {1, 2}, {2, 1}});
  g.ndata["h"] = ones({3, 1});
  CHECK_THROWS_SAYING(prop_nodes_topo(g, copy_u("h"), reduce::sum{}, "h"), std::invalid_argument,
                      "[topological_nodes] the graph has a cycle: 2 of its 3 vertices");
  CHECK(same_bits(g.ndata["h"].as(), ones({3, 1})));
}

TEST_CASE("an error in a later frontier leaves the graph as it was") {
  graph g = generate::path(3);
  g.ndata["h"] = ones({3, 2});
  const frontiers order{basic_tensor<std::int64_t>({1}, {0}), basic_tensor<std::int64_t>({1}, {9})};
  CHECK_THROWS_SAYING(prop_nodes(g, order, copy_u("h"), reduce::sum{}, "h"), std::invalid_argument,
                      "[prop_nodes] vertex 0 is 9, expected an id from 0 to 2");
  CHECK(same_bits(g.ndata["h"].as(), ones({3, 2})));
}

TEST_CASE("prop_edges along a tree: each vertex from its parent, which had its own before") {
  graph tree({{0, 1}, {0, 2}, {2, 3}, {3, 4}, {2, 5}}, 7);  // 6 is out of reach
  tree.edata["w"] = tensor({5, 1}, {2, 3, 5, 7, 11});
  for (const bool by_depth : {false, true}) {
    tree.ndata["h"] = tensor({7, 1}, {1, -1, -1, -1, -1, -1, -1});
    if (by_depth) prop_edges_dfs(tree, {0}, u_mul_e("h", "w"), reduce::sum{}, "h");
    else prop_edges(tree, bfs_edges(tree, {0}), u_mul_e("h", "w"), reduce::sum{}, "h");
    CHECK(same_bits(tree.ndata["h"].as(), tensor({7, 1}, {1, 2, 3, 15, 105, 33, -1})));
  }
}

TEST_CASE("prop_edges is send_and_recv along one frontier after another") {
  const graph g = generate::random_uniform(40, 200, 1);
  const frontiers order = dfs_labeled_edges(g, {0, 7, 20}, {.reverse = true, .nontree = true}).edges;
  REQUIRE(order.size() > 100);
  const auto m = message([](auto u, auto v) { return 0.5 * u + tanh(v); }, src("h"), dst("h"));
  graph expected = g;
  expected.ndata["h"] = random_normal({40, 3}, 2);
  graph together = expected, from_sources = expected;
  for (const auto& frontier : order) expected.send_and_recv(frontier, m, reduce::mean{}, "h");
  prop_edges(together, order, m, reduce::mean{}, "h");
  prop_edges_dfs(from_sources, {0, 7, 20}, m, reduce::mean{}, "h", {.reverse = true, .nontree = true});
  CHECK(same_bits(together.ndata["h"].as(), expected.ndata["h"].as()));
  CHECK(same_bits(from_sources.ndata["h"].as(), expected.ndata["h"].as()));
}

TEST_CASE("prop_nodes and prop_edges: the same bits for any number of threads") {
  const graph g = generate::random_uniform(3000, 60000, 3);
  const tensor h = random_normal({3000, 16}, 4);
  const auto m = message([](auto u) { return tanh(u) * 0.1; }, src("h"));
  check_thread_counts([&] {
    graph work = g;
    work.ndata["h"] = h;
    prop_nodes_bfs(work, {0, 1}, m, reduce::sum{}, "h");
    prop_edges(work, bfs_edges(work, {5}), m, reduce::sum{}, "h");
    return work.ndata["h"].as();
  });
}

TEST_CASE("prop_edges: an edge of another graph is refused, and nothing changes") {
  graph g = generate::path(3);
  g.ndata["h"] = ones({3, 2});
  const frontiers order{basic_tensor<std::int64_t>({1}, {0}), basic_tensor<std::int64_t>({2}, {1, 9})};
  CHECK_THROWS_SAYING(prop_edges(g, order, message([](auto u) { return u * 2; }, src("h")), reduce::sum{}, "h"),
                      std::invalid_argument, "[prop_edges] edge 1 is 9, expected an id from 0 to 1");
  CHECK(same_bits(g.ndata["h"].as(), ones({3, 2})));
  prop_edges(g, {}, copy_u("h"), reduce::sum{}, "new");
  CHECK_FALSE(g.ndata.contains("new"));
}

TEST_CASE("gradients along a tree and a graph without cycles") {
  // A sum over a tree from its leaves: h = tanh(sum of w * h of the children, and x).
  const std::vector<std::pair<graph, id_list>> cases{
      {graph({{3, 1}, {4, 1}, {5, 2}, {1, 0}, {2, 0}, {6, 2}}), {3, 4, 5, 6}},
      {graph({{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}, {0, 3}}), {0}}};
  using doubles = std::vector<basic_tensor<double>>;
  const auto m = [](const doubles& x) {
    return message([](auto h, auto w, auto own) { return tanh(h * w) + own; }, src<double>("h"), edge(x[1]), dst(x[2]));
  };
  for (const auto& [base, sources] : cases) {
    frontiers inner = topological_nodes(base);
    inner.erase(inner.begin());  // where nothing arrives, values stay
    const frontiers edges = bfs_edges(base, sources);
    const doubles inputs{random_normal<double>({base.num_vertices(), 3}, 1),
                         random_normal<double>({base.num_edges(), 1}, 2),
                         random_normal<double>({base.num_vertices(), 3}, 3)};
    const auto by_nodes = [&, &whole = base](const doubles& x) {
      graph g = whole;
      g.ndata["h"] = x[0];
      prop_nodes(g, inner, m(x), reduce::sum{}, "h");
      return g.ndata["h"].as<double>();
    };
    const auto by_edges = [&, &whole = base](const doubles& x) {
      graph g = whole;
      g.ndata["h"] = x[0];
      prop_edges(g, edges, m(x), reduce::sum{}, "h");
      return g.ndata["h"].as<double>();
    };
    for (const checked_function& f : {checked_function(by_nodes), checked_function(by_edges)}) {
      const grad_check_result result = grad_check(f, inputs);
      CHECK_MESSAGE(result.ok, result.where);
    }
  }
}

TEST_CASE("apply_nodes computes on vertices") {
  graph g = small_graph();
  const tensor scale({1, 1}, {3});
  g.apply_nodes(message([](auto x, auto s) { return x * s + 1; }, node("h"), shared(scale)), "scaled");
  CHECK(relative_difference(g.ndata["scaled"].as(), 3 * g.ndata["h"] + 1) < 1e-6);
  CHECK_THROWS_SAYING(apply_nodes(g, copy_u("h")), std::invalid_argument, "[apply_nodes] operand 0 is src(...)");
}

TEST_CASE("filters give the ids for which a predicate holds") {
  graph g({{0, 1}, {1, 2}, {2, 0}});
  g.ndata["h"] = tensor({3, 1}, {1, 5, 3});
  CHECK(same_bits(filter_nodes(g, message([](auto x) { return x > 2; }, node("h"))),
                  basic_tensor<std::int64_t>({2}, {1, 2})));
  CHECK(same_bits(filter_edges(g, message([](auto u, auto v) { return u < v; }, src("h"), dst("h"))),
                  basic_tensor<std::int64_t>({1}, {0})));
  g.ndata["wide"] = ones({3, 2});
  CHECK_THROWS_SAYING(filter_nodes(g, message([](auto x) { return x > 2; }, node("wide"))), std::invalid_argument,
                      "[filter_nodes] the predicate has feature shape");
}

TEST_CASE("vertices and edges that are not there are refused, a column of another shape too") {
  graph g = small_graph();
  CHECK_THROWS_SAYING(pull(g, {6}, copy_u("h"), reduce::sum{}), std::invalid_argument, "[pull] vertex 0 is 6");
  CHECK_THROWS_SAYING(push(g, {-1}, copy_u("h"), reduce::sum{}), std::invalid_argument, "[push] vertex 0 is -1");
  CHECK_THROWS_SAYING(send_and_recv(g, {0, 6}, copy_u("h"), reduce::sum{}), std::invalid_argument,
                      "[send_and_recv] edge 1 is 6");
  const basic_tensor<std::int64_t> none;
  CHECK_THROWS_SAYING(prop_nodes(g, {none}, copy_u("h"), reduce::sum{}, "new"), std::invalid_argument,
                      "[prop_nodes] vertex: the ids are a tensor without storage");
  CHECK_THROWS_SAYING(prop_edges(g, {none}, copy_u("h"), reduce::sum{}, "new"), std::invalid_argument, "[prop_edges]");
  CHECK_THROWS_SAYING(pull(g, none, copy_u("h"), reduce::sum{}), std::invalid_argument, "[pull] vertex: the ids");
  CHECK_FALSE(g.ndata.contains("new"));
  g.ndata["narrow"] = ones({6, 2});
  CHECK_THROWS_SAYING(g.pull({1}, copy_u("h"), reduce::sum{}, "narrow"), std::invalid_argument,
                      "[pull] column \"narrow\" has shape (6, 2), the result needs (6, 5)");
  CHECK(same_bits(g.ndata["narrow"].as(), ones({6, 2})));
}
