#include <edgefold/models/layers/lstm_reduce.hpp>

#include <models/layers/gates.hpp>
#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// One destination after the other, one edge after the other, in double.
tensor naive_lstm(const graph& g, const tensor& z, const tensor& w) {
  const std::int64_t hidden = w.width();
  tensor out({g.num_dst(), hidden});
  for (vertex_id v = 0; v < g.num_dst(); ++v) {
    std::vector<double> h(static_cast<std::size_t>(hidden)), c(h), next(h);
    for (const edge_id e : g.in_edges(v)) {
      for (std::int64_t j = 0; j < hidden; ++j) {
        double a[4];
        for (std::int64_t k = 0; k < 4; ++k) {
          a[k] = z.at(g.source(e), k * hidden + j);
          for (std::int64_t i = 0; i < hidden; ++i) a[k] += w.at(k * hidden + j, i) * h[static_cast<std::size_t>(i)];
        }
        double& cell = c[static_cast<std::size_t>(j)];
        cell = sigmoid_of(a[1]) * cell + sigmoid_of(a[0]) * std::tanh(a[2]);
        next[static_cast<std::size_t>(j)] = sigmoid_of(a[3]) * std::tanh(cell);
      }
      h = next;
    }
    for (std::int64_t j = 0; j < hidden; ++j)
      out.mutable_data()[v * hidden + j] = static_cast<float>(h[static_cast<std::size_t>(j)]);
  }
  return out;
}

struct weights {
  tensor w;
  void visit(auto& v) { v("w", w); }
};

TEST_CASE("lstm_reduce: edge by edge") {
  for (const std::int64_t hidden : {1, 5, 16, 19}) {
    CAPTURE(hidden);
    const tensor w = random_normal({4 * hidden, hidden}, 1);
    const graph small = small_graph(false), star = generate::star(40), many = generate::rmat(8, 3000, 2);
    for (const graph* g : {&small, &star, &many}) {
      const tensor z = random_normal({g->num_src(), 4 * hidden}, 2);
      CHECK(relative_difference(lstm_reduce(*g, z, w), naive_lstm(*g, z, w)) < 1e-4);
    }
  }
}

TEST_CASE("lstm_reduce: gradients") {
  const graph small = small_graph(false), many = generate::rmat(7, 400, 2);
  for (const graph* g : {&small, &many})
    for (const std::int64_t hidden : {3, 16}) {
      weights m{tensor::from(random_normal({4 * hidden, hidden}, 1).array() * 0.3F)};
      require_grad(m);
      check_slopes(m, random_normal({g->num_src(), 4 * hidden}, 2),
                   [&](const tensor& z) { return lstm_reduce(*g, z, m.w); });
    }
}

TEST_CASE("lstm_reduce: equal bits for any number of threads") {
  const graph g = large_graph();
  const lstm_reducer layer(10, 12, 1);
  check_layer_threads(layer, features_of(g, 10), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("lstm_reduce: no edges, and what does not fit") {
  const graph none(std::vector<graph::edge_pair>{}, 3);
  CHECK(same_bits(lstm_reduce(none, ones({3, 8}), ones({8, 2})), zeros({3, 2})));
  CHECK_THROWS_SAYING(lstm_reduce(none, zeros({3, 0}), zeros({0, 0})), std::invalid_argument,
                      "[lstm_reduce] weight_hh has shape (0, 0)");
  CHECK_THROWS_SAYING(lstm_reduce(none, ones({3, 8}), ones({7, 2})), std::invalid_argument,
                      "[lstm_reduce] weight_hh has shape (7, 2), expected (4 hidden, hidden)");
  CHECK_THROWS_SAYING(lstm_reduce(none, ones({3, 7}), ones({8, 2})), std::invalid_argument,
                      "[lstm_reduce] x has shape (3, 7), expected (3, 8)");
}

}  // namespace
}  // namespace edgefold
