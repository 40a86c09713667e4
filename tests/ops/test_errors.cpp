// Bad use: what each error says, and that nothing has changed after it.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/segment.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using bad = std::invalid_argument;

// Three vertices, two edges; "out" and "h" are there before.
graph some_graph() {
  graph g({{0, 1}, {2, 1}}, 3);
  g.ndata["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  g.ndata["wide"] = ones({3, 5});
  g.ndata["out"] = full<float>({3, 1}, 7);
  g.edata["w"] = ones({2, 1});
  g.edata["precise"] = ones<double>({2, 1});
  return g;
}

template <class M>
void check_refused(const M& m, const std::string& text) {
  graph g = some_graph();
  const tensor before = tensor(g.ndata["out"]).clone();
  const auto nodes = g.ndata.names(), edges = g.edata.names();
  CHECK_THROWS_SAYING(g.update_all(m, reduce::sum{}, "out"), bad, text);
  CHECK_THROWS_SAYING(g.update_all(m, reduce::median{}, "new"), bad, text);
  CHECK(same_bits<float>(g.ndata["out"], before));
  CHECK(g.ndata.names() == nodes);
  const std::string on_edges = text.starts_with("[update_all]") ? "[apply_edges]" + text.substr(12) : text;
  CHECK_THROWS_SAYING(g.apply_edges(m, "w"), bad, on_edges);
  CHECK_THROWS_SAYING(g.apply_edges(m, "new"), bad, on_edges);
  CHECK(same_bits<float>(g.edata["w"], ones({2, 1})));
  CHECK(g.edata.names() == edges);
}

TEST_CASE("wrong rows") {
  check_refused(copy_u(ones({2, 4})), "[update_all] src(operand 0) has 2 rows, the graph has 3 sources");
  check_refused(u_add_v("h", ones({4, 2})), "[update_all] dst(operand 1) has 4 rows, the graph has 3 destinations");
  check_refused(copy_e(ones({3, 2})), "[update_all] edge(operand 0) has 3 rows, the graph has 2 edges");
  check_refused(mul(src("h"), shared(ones({2, 2}))),
                "[update_all] shared(operand 1) has 2 rows, the graph has 1 row for all edges");
  check_refused(sum_last(copy_u(ones({2, 4}))), "[update_all] src(operand 0) has 2 rows");
  check_refused(message_rows(
                    1, [](const auto& x) { return x; }, src(ones({9, 1}))),
                "[update_all] src(operand 0) has 9 rows");
}

TEST_CASE("absent columns") {
  check_refused(copy_u("g"), "[ndata] no column \"g\"; there is \"h\", \"out\", \"wide\"");
  check_refused(u_mul_e("h", "h"), "[edata] no column \"h\"; there is \"precise\", \"w\"");
  check_refused(u_dot_v("h", ""), "[update_all]");
}

TEST_CASE("columns of another scalar type") {
  check_refused(copy_e("precise"), "[update_all] edge(\"precise\") is double, expected float");
  check_refused(mul(edge<double>("precise"), src<double>("h")), "[update_all] src(\"h\") is float, expected double");
  check_refused(copy(src<std::int32_t>("h")), "[update_all] src(\"h\") is float, expected int32");
}

TEST_CASE("shapes that do not broadcast") {
  check_refused(u_add_v("h", "wide"), "[update_all] operand 1 has shape (3, 5), which does not broadcast");
  check_refused(u_mul_e(ones({3, 2, 4}), ones({2, 3, 1})),
                "[update_all] operand 1 has shape (2, 3, 1), which does not broadcast");
  check_refused(sum_last(u_add_v("h", "wide")), "[update_all] operand 1 has shape (3, 5), which does not broadcast");
  check_refused(message([](auto a, auto b, auto c) { return a + b + c; }, edge("w"), src("h"), shared(ones({1, 3}))),
                "[update_all] operand 2 has shape (1, 3), which does not broadcast");
}

TEST_CASE("dot of unlike widths") {
  check_refused(u_dot_v("h", "wide"), "[update_all]");
  check_refused(u_dot_e("h", "w"), "[update_all] dot of operands of shapes (3, 2) and (2, 1), whose last dims differ");
  check_refused(u_dot_v(ones({3}), ones({3})), "[update_all] dot of operands of shapes (3) and (3)");
}

TEST_CASE("undefined tensors") {
  check_refused(copy_u(tensor()), "[update_all] src(operand 0) is a tensor without storage");
  check_refused(u_add_v("h", tensor()), "[update_all] dst(operand 1) is a tensor without storage");
  CHECK_THROWS_SAYING(edge_softmax(some_graph(), tensor()), bad, "[edge_softmax]");
  CHECK_THROWS_SAYING(segment_reduce({1, 2}, tensor(), reduce::sum{}), bad, "[segment_reduce]");
  CHECK_THROWS_SAYING(segment_softmax({1, 2}, tensor()), bad, "[segment_softmax]");
  CHECK_THROWS_SAYING(segment_reduce(id_list(), tensor(), reduce::sum{}), bad, "[segment_reduce]");
  CHECK_THROWS_SAYING(tensor() + tensor(), bad, "[elementwise] an operand is a tensor without storage");
  CHECK_THROWS_SAYING(exp(tensor()), bad, "[elementwise]");
  CHECK_THROWS_SAYING(sum_last(tensor()), bad, "[sum_last]");
}

TEST_CASE("quantile out of range") {
  for (double q : {-0.1, 1.5, static_cast<double>(NAN)}) {
    graph g = some_graph();
    CHECK_THROWS_SAYING(g.update_all(copy_u("h"), reduce::quantile{.q = q}, "out"), bad, "[quantile] q is ");
    CHECK(same_bits<float>(g.ndata["out"], full<float>({3, 1}, 7)));
    const graph no_edges({}, 2);
    CHECK_THROWS_SAYING(update_all(no_edges, copy_u(ones({2, 1})), reduce::quantile{.q = q}), bad, "[quantile] q is ");
  }
}

TEST_CASE("message_rows of another width than it says") {
  const auto two = [](const auto&) { return Eigen::RowVector2f(1, 2); };
  check_refused(message_rows(3, two, src("h")), "[message_rows] the functor returned 2 values, expected 3");
  check_refused(message_rows(0, two, src("h")), "[message_rows] the functor returned 2 values, expected 0");
  CHECK_THROWS_SAYING(message_rows(-1, two, src("h")), bad, "[message_rows] width is -1");
  CHECK_THROWS_SAYING(reduce::mailbox(-2, two), bad, "[mailbox] width is -2");
}

TEST_CASE("segments that do not add up") {
  const tensor x = ones({4, 2});
  CHECK_THROWS_SAYING(segment_reduce({1, 2}, x, reduce::sum{}), bad,
                      "[segment_reduce] x has 4 rows, the segments have 3");
  CHECK_THROWS_SAYING(segment_reduce({5}, x, reduce::median{}), bad,
                      "[segment_reduce] x has 4 rows, the segments have 5");
  CHECK_THROWS_SAYING(segment_softmax({1, 2}, x), bad,
                      "[segment_softmax] scores has 4 rows, expected 3 rows in the segments");
  CHECK_THROWS_SAYING(segment_reduce({5, -1}, x, reduce::sum{}), bad, "-1");
  CHECK_THROWS_SAYING(segment_softmax({5, -1}, x), bad, "-1");
}

TEST_CASE("edge_softmax of wrong rows") {
  const graph g = some_graph();
  CHECK_THROWS_SAYING(edge_softmax(g, ones({3, 1})), bad, "[edge_softmax] scores has 3 rows, expected 2 edges");
  CHECK_THROWS_SAYING(edge_softmax(g, ones({2, 1}), {1}), bad,
                      "[edge_softmax] scores has 2 rows, expected 1 edges of the subset");
  CHECK_THROWS_SAYING(edge_softmax(g, ones({1, 1}), {2}), bad, "2");
  CHECK_THROWS_SAYING(edge_softmax(g, ones({1, 1}), {-1}, norm_by::src), bad, "-1");
}

TEST_CASE("elementwise of unlike rows and shapes") {
  CHECK_THROWS_SAYING(ones({2, 3}) + ones({4, 3}), bad, "[elementwise] operands have unlike numbers of rows: 2, 4");
  CHECK_THROWS_SAYING(ones({2, 3}) * ones({2, 4}), bad,
                      "[elementwise] operand 1 has shape (2, 4), which does not broadcast");
  CHECK_THROWS_SAYING(sum_last(ones({3})), bad, "[sum_last] shape (3) has no feature dim to sum over");
}

}  // namespace
}  // namespace edgefold
