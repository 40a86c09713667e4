// Rows for whole graphs.
#include <edgefold/ops/transform/readout.hpp>

#include <support/gradients.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

graph_batch three_graphs() {
  return batch({graph({{0, 1}, {1, 0}}, 2), graph({}, 0), graph({{0, 1}, {2, 2}, {1, 0}}, 3)});
}

TEST_CASE("readouts by hand") {
  const graph_batch b = three_graphs();
  const tensor x({5, 1}, {1, 2, 10, 20, 60}), w({5, 1}, {2, 0.5f, 1, 0, 0.25f});
  CHECK(same_bits(readout_nodes(b, x, reduce::sum{}), tensor({3, 1}, {3, 0, 90})));
  CHECK(same_bits(readout_nodes(b, x, reduce::mean{}), tensor({3, 1}, {1.5f, 0, 30})));
  CHECK(same_bits(readout_edges(b, x, reduce::max{}), tensor({3, 1}, {2, 0, 60})));
  CHECK(same_bits(readout_nodes(b, mul(edge(w), edge(x)), reduce::sum{}), tensor({3, 1}, {3, 0, 25})));
  CHECK(softmax_nodes(b, zeros({5, 2})).at(4, 1) == doctest::Approx(1 / 3.));
  CHECK(softmax_edges(b, zeros({5, 2})).at(0, 0) == doctest::Approx(0.5));
  const tensor scores({5, 1}, {0, std::log(3.f), 7, 7, 7});
  const tensor attended = attention_readout(b, scores, x);
  CHECK(attended.at(0) == doctest::Approx(1.75));
  CHECK(attended.at(1) == 0);
  CHECK(attended.at(2) == doctest::Approx(30));
  graph_batch named = b;
  named.all.ndata["h"] = x;
  CHECK(same_bits(readout_nodes(named, named.all.ndata["h"], reduce::sum{}), tensor({3, 1}, {3, 0, 90})));
}

TEST_CASE("gradients of readouts") {
  const checked_function f = [](const inputs_of& x) { return attention_readout(three_graphs(), x[0], x[1]); };
  CHECK_GRADIENTS(f, {normal(5, {1}), normal(5, {6}, 1)});
}

TEST_CASE("readouts refuse rows that are not those of the batch") {
  CHECK_THROWS_SAYING(readout_nodes(three_graphs(), tensor({4, 1}), reduce::sum{}), std::invalid_argument,
                      "[segment_reduce] x has 4 rows, the segments have 5");
  CHECK_THROWS_SAYING(readout_nodes(three_graphs(), copy(src(tensor({5, 1}))), reduce::sum{}), std::invalid_argument,
                      "[segment_reduce]");
}

}  // namespace
}  // namespace edgefold
