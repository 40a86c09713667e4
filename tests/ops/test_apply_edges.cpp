// apply_edges: one row an edge, by edge id.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/message.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("rows are by edge id, not by destination") {
  graph g({{2, 1}, {0, 0}, {1, 2}, {0, 1}});
  g.ndata["x"] = tensor({3, 1}, {1, 10, 100});
  const tensor expected({4, 1}, {110, 2, 110, 11});
  CHECK(same_bits(apply_edges(g, u_add_v("x", "x")), expected));
  g.apply_edges(u_add_v("x", "x"), "sum");
  CHECK(same_bits<float>(g.edata["sum"], expected));
  g.apply_edges(copy_u("x"), "sum");  // replaces
  CHECK(same_bits<float>(g.edata["sum"], tensor({4, 1}, {100, 1, 10, 1})));
}

TEST_CASE("an edge column may be replaced by what is computed from it") {
  graph g({{1, 0}, {0, 1}});
  g.edata["w"] = tensor({2, 2}, {1, 2, 3, 4});
  const tensor before = g.edata["w"];
  g.apply_edges(message([](auto w) { return w * w; }, edge("w")), "w");
  CHECK(same_bits<float>(g.edata["w"], tensor({2, 2}, {1, 4, 9, 16})));
  CHECK(same_bits(before, tensor({2, 2}, {1, 2, 3, 4})));
}

TEST_CASE("no edges, no features, no dims") {
  CHECK(apply_edges(graph({}, 3), u_add_v(ones({3, 4}), ones({3, 4}))).shape() == shape_type{0, 4});
  CHECK(apply_edges(graph(), copy_e(tensor({0, 2}))).shape() == shape_type{0, 2});
  CHECK(apply_edges(graph({{0, 0}}), copy_u(tensor({1, 0}))).shape() == shape_type{1, 0});
  CHECK(same_bits(apply_edges(graph({{0, 1}, {1, 0}}), copy_u(tensor({2}, {5, 6}))), tensor({2}, {5, 6})));
  CHECK(apply_edges(graph({}, 3), u_dot_v(ones({3, 4}), ones({3, 4}))).shape() == shape_type{0, 1});
}

TEST_CASE("a block") {
  const graph g = graph::bipartite({3, 0}, {0, 1}, 4, 2);
  CHECK(same_bits(apply_edges(g, u_sub_v(tensor({4, 1}, {1, 2, 3, 4}), tensor({2, 1}, {10, 20}))),
                  tensor({2, 1}, {-6, -19})));
}

TEST_CASE("the type of a row is what the functor makes") {
  const graph g({{0, 1}});
  const basic_tensor<bool> less =
      apply_edges(g, message([](auto a, auto b) { return a < b; }, src(tensor({2, 2}, {1, 2, 2, 1})),
                             dst(tensor({2, 2}, {0, 0, 2, 1}))));
  CHECK(same_bits(less, basic_tensor<bool>({1, 2}, {true, false})));
}

// Enough edges for several tasks, cut in the middle of a vertex's edges.
TEST_CASE("sums along long rows keep their digits") {
  for (const std::int64_t width : {511, 512, 513, 70'000, 1'000'003}) {
    CAPTURE(width);
    const tensor x = full({2, width}, 0.1F), y = apply_edges(graph({{0, 1}}), dot(src(x), dst(ones({2, width}))));
    CHECK(std::abs(static_cast<double>(y.item()) / (static_cast<double>(0.1F) * static_cast<double>(width)) - 1) <
          1e-6);
  }
}

TEST_CASE("many edges of few destinations") {
  const std::int64_t edges = 50000;
  const graph g = graph::from_coo(random_integers({edges}, 1000, 1), random_integers({edges}, 3, 2), 1000);
  const tensor x = random_normal({1000, 2}, 3), w = random_normal({edges, 2}, 4);
  const tensor out =
      apply_edges(g, message([](auto u, auto v, auto e) { return u - 2 * v + 3 * e; }, src(x), dst(x), edge(w)));
  std::int64_t wrong = 0;
  for (std::int64_t e = 0; e < edges; ++e)
    for (std::int64_t c = 0; c < 2; ++c) {
      const float u = x.data()[2 * g.topology().sources()[e] + c], v = x.data()[2 * g.topology().targets()[e] + c];
      wrong += std::abs(out.data()[2 * e + c] - (u - 2 * v + 3 * w.data()[2 * e + c])) > 1e-5f;
    }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace edgefold
