#include <edgefold/models/layers/rel_graph_conv.hpp>

#include <support/layer_reference.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

constexpr auto typed_call = [](const auto& layer, const graph& g, const tensor& x, const layer_reference& r) {
  return layer(g, x, r.whole("extra0"));
};

TEST_CASE("rel_graph_conv: as DGL computes it") {
  check_reference("rel_basis", rel_graph_conv(6, 5, 4, {.regularizer = relation_weights::basis, .bases = 2}),
                  typed_call);
  check_reference("rel_bdd", rel_graph_conv(6, 4, 4, {.regularizer = relation_weights::bdd, .bases = 2}), typed_call);
}

// The matrix of a relation, (in, out), element by element from what the layer keeps.
double weight_at(const rel_graph_conv& l, std::int64_t r, std::int64_t i, std::int64_t o) {
  const tensor& w = l.linear_r.W;
  const std::int64_t bases = l.options.bases, in = l.in / bases, out = l.out / bases;
  switch (l.options.regularizer) {
    case relation_weights::none:
      return w.at(r, i * l.out + o);
    case relation_weights::bdd:
      return i / in == o / out ? w.at(r, (i / in * in + i % in) * out + o % out) : 0;
    default:
      break;
  }
  double sum = 0;
  for (std::int64_t b = 0; b < bases; ++b) sum += double{l.linear_r.coeff.at(r, b)} * w.at(b, i * l.out + o);
  return sum;
}

TEST_CASE("rel_graph_conv: edge by edge, and gradients") {
  const graph g = small_graph(false);
  std::vector<std::int64_t> types;
  for (edge_id e = 0; e < g.num_edges(); ++e) types.push_back(e * 7 % 4);  // relation 4 has no edge
  const tensor norm = random_uniform({g.num_edges(), 1}, 3, 0.5F, 2.0F), x = features_of(g, 6);
  for (const auto kind : {relation_weights::none, relation_weights::basis, relation_weights::bdd}) {
    CAPTURE(static_cast<int>(kind));
    const rel_graph_conv layer(6, 4, 5, {.regularizer = kind, .bases = 2}, 9);
    tensor expected = tensor::from(x.matrix() * layer.loop_weight.matrix());
    for (edge_id e = 0; e < g.num_edges(); ++e)
      for (std::int64_t o = 0; o < 4; ++o)
        for (std::int64_t i = 0; i < 6; ++i)
          expected.mutable_data()[g.target(e) * 4 + o] +=
              static_cast<float>(weight_at(layer, types[static_cast<std::size_t>(e)], i, o)) * norm.at(e) *
              x.at(g.source(e), i);
    CHECK(relative_difference(layer(g, x, types, norm).detach(), expected) < 1e-5);
    check_slopes(layer, x, [&](const tensor& t) { return layer(g, t, types, norm); });
  }
}

TEST_CASE("rel_graph_conv: gradients of norm, and what can be left out") {
  const graph g = small_graph();
  const auto types = random_integers({16}, 3, 4);
  for (const auto kind : {relation_weights::none, relation_weights::basis}) {
    const rel_graph_conv layer(2, 2, 3, {.regularizer = kind, .bias = false, .self_loop = false});
    CHECK(parameters(layer).size() == (kind == relation_weights::basis ? 2U : 1U));
    const tensor x = features_of(g, 2);
    check_slopes(layer, ones({16, 1}), [&](const tensor& norm) { return layer(g, x, types, norm); });
    CHECK(relative_difference(layer(g, x, types).detach(), layer(g, x, types, ones({16, 1})).detach()) < 1e-6);
  }
}

TEST_CASE("rel_graph_conv: dropout while training, a graph without edges") {
  const graph g = small_graph();
  const std::vector<std::int32_t> types(16);
  rel_graph_conv layer(3, 4, 2, {.dropout = 0.5});
  const tensor x = features_of(g, 3);
  CHECK_FALSE(same_bits(layer(g, x, types).detach(), layer(g, x, types).detach()));
  set_training(layer, false);
  CHECK(same_bits(layer(g, x, types).detach(), layer(g, x, types).detach()));
  const graph none(std::vector<graph::edge_pair>{}, 6);
  const tensor y = layer(none, x, {});
  CHECK(relative_difference(y.detach(), tensor::from(x.matrix() * layer.loop_weight.matrix())) < 1e-6);
}

TEST_CASE("rel_graph_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const auto types = random_integers({g.num_edges()}, 7, 5);
  for (const auto kind : {relation_weights::none, relation_weights::basis, relation_weights::bdd}) {
    const rel_graph_conv layer(20, 12, 7, {.regularizer = kind, .bases = 4});
    check_layer_threads(layer, features_of(g, 20), [&](const tensor& x) { return layer(g, x, types); });
  }
}

TEST_CASE("rel_graph_conv: what does not fit is refused") {
  const graph g = small_graph();
  const std::vector<std::int32_t> types(16), wrong(16, 3);
  const rel_graph_conv layer(3, 4, 3);
  CHECK_THROWS_SAYING(rel_graph_conv(3, 4, 3, {.regularizer = relation_weights::bdd, .bases = 2}),
                      std::invalid_argument, "[rel_graph_conv] 2 blocks do not divide in = 3 and out = 4");
  CHECK_THROWS_SAYING(layer(g, zeros({6, 4}), types), std::invalid_argument,
                      "[rel_graph_conv] x has shape (6, 4), expected (6, 3)");
  CHECK_THROWS_SAYING(layer(g, zeros({6, 3}), wrong), std::invalid_argument, "type 0 is 3, expected an id from 0 to 2");
  CHECK_THROWS_SAYING(layer(g, zeros({6, 3}), {0, 1}), std::invalid_argument, "[rel_graph_conv] 2 types for 16 edges");
  CHECK_THROWS_SAYING(layer(g, zeros({6, 3}), types, ones({6, 1})), std::invalid_argument,
                      "[rel_graph_conv] norm has shape (6, 1), expected (16, 1)");
}

}  // namespace
}  // namespace edgefold
