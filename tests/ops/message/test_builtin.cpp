// DGL's names: which side each letter means, which operation each word.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// One edge from 0 to 1: u is 6, v is 3, e is 2, whatever the operation.
const graph& one_edge() {
  static const graph g = [] {
    graph made({{0, 1}});
    made.ndata["x"] = tensor({2, 1}, {6, 3});
    made.edata["x"] = tensor({1, 1}, {2});
    return made;
  }();
  return g;
}

template <class M>
float value(const M& m) {
  return apply_edges(one_edge(), m).item();
}

TEST_CASE("copies") {
  CHECK(value(copy_u("x")) == 6);
  CHECK(value(copy_v("x")) == 3);
  CHECK(value(copy_e("x")) == 2);
  CHECK(value(copy(dst("x"))) == 3);
}

#define CHECK_SIDES(operation, symbol)                         \
  CHECK(value(u_##operation##_v("x", "x")) == 6.f symbol 3.f); \
  CHECK(value(u_##operation##_e("x", "x")) == 6.f symbol 2.f); \
  CHECK(value(v_##operation##_u("x", "x")) == 3.f symbol 6.f); \
  CHECK(value(v_##operation##_e("x", "x")) == 3.f symbol 2.f); \
  CHECK(value(e_##operation##_u("x", "x")) == 2.f symbol 6.f); \
  CHECK(value(e_##operation##_v("x", "x")) == 2.f symbol 3.f)

TEST_CASE("all thirty binary messages") {
  CHECK_SIDES(add, +);
  CHECK_SIDES(sub, -);
  CHECK_SIDES(mul, *);
  CHECK_SIDES(div, /);
  CHECK_SIDES(dot, *);
}

TEST_CASE("any two operands, the same side twice") {
  CHECK(value(add(edge("x"), edge("x"))) == 4);
  CHECK(value(sub(src("x"), src("x"))) == 0);
  CHECK(value(mul(shared(tensor({1, 1}, {5})), dst("x"))) == 15);
  CHECK(value(div(dst("x"), src("x"))) == 0.5f);
}

TEST_CASE("dot: over the last dim") {
  const graph g({{0, 1}, {1, 1}});
  const tensor x({2, 2, 3}, {1, 2, 3, 4, 5, 6, 0, 1, 0, 2, 0, 2});
  CHECK(same_bits(apply_edges(g, u_dot_v(x, x)), tensor({2, 2, 1}, {2, 20, 1, 8})));
  CHECK(same_bits(update_all(g, u_dot_v(x, x), reduce::sum{}), tensor({2, 2, 1}, {0, 0, 3, 28})));
  const tensor heads({2, 1, 3}, {1, 1, 1, 2, 0, 0});  // broadcasts over the other dims
  CHECK(same_bits(apply_edges(g, u_dot_e(x, heads)), tensor({2, 2, 1}, {6, 15, 0, 4})));
}

TEST_CASE("a built-in message has no code path of its own: the same bits as its functor") {
  const tensor x({2, 3}, {1.1f, 2.2f, 3.3f, 4.4f, 5.5f, 6.6f}), y({2, 3}, {0.3f, 0.7f, 0.9f, 0.1f, 0.2f, 0.3f});
  const graph g({{0, 1}, {1, 0}, {1, 1}});
  CHECK(same_bits(update_all(g, u_div_v(x, y), reduce::sum{}),
                  update_all(g, message([](auto a, auto b) { return a / b; }, src(x), dst(y)), reduce::sum{})));
  CHECK(same_bits(apply_edges(g, u_dot_v(x, y)),
                  apply_edges(g, sum_last(message([](auto a, auto b) { return a * b; }, src(x), dst(y))))));
}

}  // namespace
}  // namespace edgefold
