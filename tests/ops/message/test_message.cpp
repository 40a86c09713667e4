// What a message may be made of: operands, functors, names.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

graph triangle() {
  graph g({{0, 1}, {0, 2}, {2, 1}});
  g.ndata["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.edata["w"] = tensor({3, 1}, {10, 20, 30});
  return g;
}

TEST_CASE("operands of tensors, columns and names are the same") {
  graph g = triangle();
  const tensor h = g.ndata["h"], w = g.edata["w"];
  const auto f = [](auto u, auto e) { return u * e + e; };
  const tensor by_hand({3, 2}, {20, 30, 40, 60, 180, 210});
  CHECK(same_bits(apply_edges(g, message(f, src(h), edge(w))), by_hand));
  CHECK(same_bits(apply_edges(g, message(f, src("h"), edge("w"))), by_hand));
  CHECK(same_bits(apply_edges(g, message(f, src(g.ndata["h"]), edge(w))), by_hand));
  CHECK(same_bits(apply_edges(g, message(f, src<float>("h"), edge(g.edata["w"]))), by_hand));
}

TEST_CASE("a name means float, other types are named") {
  graph g = triangle();
  g.ndata["count"] = basic_tensor<std::int64_t>({3, 1}, {1, 2, 3});
  const basic_tensor<std::int64_t> sums = apply_edges(g, add(src<std::int64_t>("count"), dst<std::int64_t>("count")));
  CHECK(same_bits(sums, basic_tensor<std::int64_t>({3, 1}, {3, 4, 5})));
}

TEST_CASE("shared: one row for all edges") {
  const graph g = triangle();
  const tensor scale({1, 2}, {-1, 100});
  CHECK(same_bits(apply_edges(g, mul(src("h"), shared(scale))), tensor({3, 2}, {-1, 200, -1, 200, -5, 600})));
  CHECK(same_bits(apply_edges(g, copy(shared(scale))), tensor({3, 2}, {-1, 100, -1, 100, -1, 100})));
  CHECK(same_bits(update_all(g, copy(shared(scale)), reduce::sum{}), tensor({3, 2}, {0, 0, -2, 200, -1, 100})));
}

TEST_CASE("a message holds its tensors: it may outlive the handles it was made of") {
  const graph g = triangle();
  const auto m = [] {
    const tensor gone({3, 1}, {7, 8, 9});
    return copy_u(gone);
  }();
  CHECK(same_bits(apply_edges(g, m), tensor({3, 1}, {7, 7, 9})));
}

TEST_CASE("a functor may hold state and be called again and again") {
  const graph g = triangle();
  for (float k : {1.f, 2.f}) CHECK(apply_edges(g, message([k](auto u) { return u * k; }, src("h"))).at(2, 1) == 6 * k);
}

TEST_CASE("a functor may assign to its arguments and take them by name") {
  const graph g = triangle();
  const auto f = [](auto u, const auto& v) {
    auto s = u;
    s = s + v;
    s += v;
    return s;
  };
  CHECK(same_bits(apply_edges(g, message(f, src("h"), dst("h"))), tensor({3, 2}, {7, 10, 11, 14, 11, 14})));
  const auto same_type = []<class T>(T u, T v) { return max(u, v); };
  CHECK(same_bits(apply_edges(g, message(same_type, src("h"), dst("h"))), tensor({3, 2}, {3, 4, 5, 6, 5, 6})));
}

TEST_CASE("scalar: a functor that branches sees one number at a time") {
  const graph g = triangle();
  const auto f = scalar([](float u, float v) {
    if (u < v) return u;
    return static_cast<float>(std::lround(v * 0.3f));
  });
  CHECK(same_bits(apply_edges(g, message(f, src("h"), dst("h"))), tensor({3, 2}, {1, 2, 1, 2, 1, 1})));
  const auto parity = scalar([](float u) { return static_cast<std::int32_t>(u) % 2 == 0; });
  const basic_tensor<bool> even = apply_edges(g, message(parity, src("h")));
  CHECK(same_bits(even, basic_tensor<bool>({3, 2}, {false, true, false, true, false, true})));
}

TEST_CASE("sum_last: shapes") {
  const graph g({{0, 1}});
  const auto shape = [&](const shape_type& s) { return apply_edges(g, sum_last(copy_u(ones(s)))).shape(); };
  CHECK(shape({2, 5}) == shape_type{1, 1});
  CHECK(shape({2, 3, 5}) == shape_type{1, 3, 1});
  CHECK(shape({2, 3, 4, 5}) == shape_type{1, 3, 4, 1});
  CHECK(shape({2, 3, 0}) == shape_type{1, 3, 1});
  CHECK(apply_edges(g, sum_last(copy_u(ones({2, 3, 0})))).at(0, 2) == 0);
  CHECK(apply_edges(g, sum_last(copy_u(ones({2, 3, 37})))).at(0, 1) == 37);
}

TEST_CASE("sum_last: lanes behind the end of a row do not count") {
  const graph g({{0, 0}});
  for (std::int64_t width : {1, 2, 5, 8, 15, 16, 17, 31, 33, 64, 67}) {
    CAPTURE(width);
    // f(0) is 1, infinity, NaN: what a padded lane would add.
    const tensor x = ones({1, width});
    CHECK(apply_edges(g, sum_last(message([](auto a) { return exp(a - 1); }, src(x)))).item() ==
          static_cast<float>(width));
    CHECK(apply_edges(g, sum_last(message([](auto a) { return 1 / a; }, src(x)))).item() == static_cast<float>(width));
    CHECK(apply_edges(g, sum_last(message([](auto a) { return a / a; }, src(x)))).item() == static_cast<float>(width));
    CHECK(apply_edges(g, sum_last(message([](auto a) { return log(a) + 1; }, src(x)))).item() ==
          static_cast<float>(width));
  }
}

TEST_CASE("message_rows: rows are flattened, not broadcast") {
  const graph g({{0, 1}, {1, 0}});
  const tensor x({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), w({2, 1}, {10, 100});
  const auto m = message_rows(
      2, [](const auto& row, const auto& e) { return Eigen::RowVector2f(row(0) + row(3), row.sum() * e(0)); }, src(x),
      edge(w));
  CHECK(same_bits(apply_edges(g, m), tensor({2, 2}, {5, 100, 13, 2600})));
  CHECK(same_bits(update_all(g, m, reduce::max{}), tensor({2, 2}, {13, 2600, 5, 100})));
}

TEST_CASE("message_rows: rows of bools") {
  using bools = basic_tensor<bool>;
  const graph g({{0, 1}, {2, 1}, {1, 0}});
  const bools x({3, 2}, {true, false, false, false, true, true});
  const auto m = message_rows(
      3, [](const auto& a, const auto& b) { return Eigen::Matrix<bool, 1, 3>(a(0) && !b(0), a(1), b(0) || b(1)); },
      src(x), dst(x));
  CHECK(same_bits(apply_edges(g, m), bools({3, 3}, {true, false, false, true, true, false, false, false, true})));
  CHECK(same_bits(update_all(g, m, reduce::any{}),
                  bools({3, 3}, {false, false, true, true, true, false, false, false, false})));
  CHECK(same_bits(update_all(g, m, reduce::all{}),
                  bools({3, 3}, {false, false, true, true, false, false, true, true, true})));
  CHECK(same_bits(update_all(g, m, reduce::sum{}), basic_tensor<std::int64_t>({3, 3}, {0, 0, 1, 2, 1, 0, 0, 0, 0})));
  CHECK(same_bits(update_all(g, m, reduce::median{}), tensor({3, 3}, {0, 0, 1, 1, 0.5, 0, 0, 0, 0})));
}

}  // namespace
}  // namespace edgefold
