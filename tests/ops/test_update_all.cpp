// update_all: tensors in, tensor out; columns in, column out.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/oracle.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("the example of the design") {
  graph g({{0, 1}, {0, 2}, {2, 1}});
  const tensor h({3, 2}, {1, 2, 3, 4, 5, 6}), w({3, 1}, {10, 20, 30});
  g.ndata["h"] = h;
  g.edata["w"] = w;
  const tensor expected({3, 2}, {0, 0, 160, 200, 20, 40});
  g.update_all(u_mul_e("h", "w"), reduce::sum{}, "out");
  CHECK(same_bits<float>(g.ndata["out"], expected));
  CHECK(same_bits(update_all(g, u_mul_e(h, w), reduce::sum{}), expected));
}

TEST_CASE("the result replaces a column only after it is complete") {
  graph g({{0, 1}, {1, 2}, {2, 0}});
  g.ndata["x"] = tensor({3, 1}, {1, 2, 3});
  const tensor before = g.ndata["x"];
  g.update_all(copy_u("x"), reduce::sum{}, "x");
  CHECK(same_bits<float>(g.ndata["x"], tensor({3, 1}, {3, 1, 2})));
  CHECK(same_bits(before, tensor({3, 1}, {1, 2, 3})));  // the old tensor is not written to
  g.update_all(copy_u("x"), reduce::any{}, "x");        // and the type of a column may change
  CHECK(same_bits<bool>(g.ndata["x"], full<bool>({3, 1}, true)));
}

TEST_CASE("parallel edges and self-loops count each") {
  const graph g({{0, 0}, {0, 0}, {1, 0}, {0, 1}, {0, 1}});
  CHECK(same_bits(update_all(g, copy_u(tensor({2, 1}, {1, 10})), reduce::sum{}), tensor({2, 1}, {12, 2})));
}

TEST_CASE("operands of the destination are those of the receiving vertex, of the edge those of its id") {
  const graph g({{0, 2}, {1, 0}, {0, 2}, {2, 1}});  // in no order
  const tensor e({4, 1}, {1, 2, 3, 4}), v({3, 1}, {100, 200, 300});
  CHECK(same_bits(update_all(g, v_add_e(v, e), reduce::max{}), tensor({3, 1}, {102, 204, 303})));
  CHECK(same_bits(update_all(g, v_add_e(v, e), reduce::min{}), tensor({3, 1}, {102, 204, 301})));
}

TEST_CASE("order of reduction: by edge id, whatever the ends") {
  const auto last = reduce::fold<1>(
      {0}, [](auto, auto m) { return std::array{m}; }, [](auto s, auto) { return s[0]; });
  const graph g({{2, 1}, {0, 1}, {1, 0}, {1, 1}, {0, 0}});
  CHECK(same_bits(update_all(g, copy_e(tensor({5, 1}, {1, 2, 3, 4, 5})), last), tensor({3, 1}, {5, 4, 0})));
}

TEST_CASE("graphs whose edges are in compressed order already, either way") {
  const auto check = [](const graph& g) {
    const auto x = random_normal<double>({g.num_src(), 3}, 1), w = random_normal<double>({g.num_edges(), 3}, 2);
    const naive_rows m = naive_messages(g, {naive(src(x)), naive(edge(w)), naive(dst(x))},
                                        [](const double* v) { return v[0] * v[1] + v[2]; });
    const auto message_of = message([](auto a, auto b, auto c) { return a * b + c; }, src(x), edge(w), dst(x));
    CHECK(difference(update_all(g, message_of, reduce::sum{}), naive_reduce(g, m, 0, oracle::sum)) <= 1e-12);
    CHECK(difference(apply_edges(g, message_of), m) <= 1e-12);
  };
  check(graph::from_csc({0, 2, 2, 5}, {1, 2, 0, 0, 2}));
  check(graph::from_csr({0, 2, 2, 5}, {1, 2, 0, 0, 2}));
  check(generate::grid(5, 7));
  check(generate::star(50));
  check(generate::path(20));
}

TEST_CASE("a result has features of the broadcast shape, in full") {
  const graph g({{0, 1}, {1, 1}});
  CHECK(update_all(g, u_mul_e(ones({2, 3, 8}), ones({2, 3, 1})), reduce::sum{}).shape() == shape_type{2, 3, 8});
  CHECK(update_all(g, u_mul_e(ones({2, 8}), ones({2, 3, 1})), reduce::mean{}).shape() == shape_type{2, 3, 8});
  CHECK(update_all(g, u_mul_e(ones({2}), ones({2})), reduce::sum{}).shape() == shape_type{2});
}

TEST_CASE("wrapped buffers need no alignment") {
  std::vector<float> buffer(2 * 37 + 1, 1.5f);
  const tensor x = tensor::wrap(buffer.data() + 1, {2, 37}, nullptr);
  const tensor out = update_all(graph({{0, 1}, {0, 1}}, 2), copy_u(x), reduce::sum{});
  CHECK((out.array().row(0) == 0).all());
  CHECK((out.array().row(1) == 3).all());
}

}  // namespace
}  // namespace edgefold
