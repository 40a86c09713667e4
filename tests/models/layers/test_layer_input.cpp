// Layers between two vertex sets: {x_src, x_dst} on a relation, one x on a block, and what is refused.
#include <edgefold/models/layers/layer_input.hpp>

#include <edgefold/models/layers/agnn_conv.hpp>
#include <edgefold/models/layers/appnp.hpp>
#include <edgefold/models/layers/cheb_conv.hpp>
#include <edgefold/models/layers/edge_conv.hpp>
#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/gated_graph_conv.hpp>
#include <edgefold/models/layers/gatv2_conv.hpp>
#include <edgefold/models/layers/gin_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/nn_conv.hpp>
#include <edgefold/models/layers/pna_conv.hpp>
#include <edgefold/models/layers/rel_graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/layers/sg_conv.hpp>
#include <edgefold/models/layers/tag_conv.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/layer_reference.hpp>

#include <algorithm>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// Six sources and four destinations, all of which are reached.
constexpr std::int64_t num_src = 6, num_dst = 4, width = 4;
const std::vector<std::int32_t> sources{0, 1, 2, 3, 4, 5, 5, 0, 2}, targets{0, 0, 1, 2, 3, 3, 1, 2, 2};
const graph& relation() {
  static const graph g = graph::bipartite(sources, targets, num_src, num_dst);
  return g;
}
const graph& block() {
  static const graph g = graph::block(sources, targets, num_src, num_dst);
  return g;
}
// The same edges in one vertex set: the sources, then the destinations.
const graph& joined() {
  static const graph g = [] {
    std::vector<std::int32_t> behind = targets;
    for (std::int32_t& v : behind) v += num_src;
    return graph::from_coo(sources, behind, num_src + num_dst);
  }();
  return g;
}
const id_list& edge_types() {
  static const id_list types{0, 1, 1, 0, 0, 1, 0, 1, 1};
  return types;
}

// f(layer, call) for each layer that reads a destination's own features; call(g, x) runs it, of `width` features.
template <class F>
void each_layer(const F& f) {
  const auto plain = [&](const char* name, const auto& layer) {
    CAPTURE(name);
    f(layer, [&layer](const graph& g, const layer_input<tensor>& x) { return layer(g, x); });
  };
  for (const auto how : {sage_aggregator::mean, sage_aggregator::pool, sage_aggregator::gcn, sage_aggregator::lstm})
    for (const std::int64_t out : {3, 5}) plain("sage_conv", sage_conv(width, out, how));
  for (const bool residual : {false, true})
    plain("gat_conv", gat_conv(width, 3, 2, {.residual = residual, .allow_zero_in_degree = true}));
  plain("gat_conv", gat_conv(width, 2, 2, {.residual = true, .allow_zero_in_degree = true}));  // without res_fc
  for (const bool shared : {false, true})
    plain("gatv2_conv",
          gatv2_conv(width, 3, 2, {.residual = true, .share_weights = shared, .allow_zero_in_degree = true}, 4));
  plain("gin_conv", gin_conv<>(linear(width, 3, 1)));
  plain("agnn_conv", agnn_conv({.allow_zero_in_degree = true}));
  plain("edge_conv", edge_conv(width, 3, {.allow_zero_in_degree = true}, 6));  // no maximum near another
  const tensor edge_features = random_normal({std::ssize(sources), 2}, 7);
  for (const std::int64_t out : {3, 4}) {
    const nn_conv<> layer(width, out, linear(2, width * out, 3), {.residual = true});
    CAPTURE("nn_conv");
    f(layer, [&](const graph& g, const layer_input<tensor>& x) { return layer(g, x, edge_features); });
  }
  {
    const rel_graph_conv layer(width, 3, 2);
    CAPTURE("rel_graph_conv");
    f(layer, [&](const graph& g, const layer_input<tensor>& x) { return layer(g, x, edge_types()); });
  }
}

const tensor& x_src() {
  static const tensor x = random_normal({num_src, width}, 1);
  return x;
}
const tensor& x_dst() {
  static const tensor x = random_normal({num_dst, width}, 2);
  return x;
}

TEST_CASE("layers on a relation: what they make of the same edges in one vertex set") {
  each_layer([](const auto&, const auto& call) {
    const tensor whole = call(joined(), concat({x_src(), x_dst()}, 0));
    const tensor y = call(relation(), {x_src(), x_dst()});
    CHECK(y.rows() == num_dst);
    CHECK(relative_difference(y.detach(), slice(whole.detach(), 0, num_src, num_src + num_dst)) < 1e-5);
  });
}

TEST_CASE("layers on a relation: gradients of both ends and all parameters") {
  each_layer([](const auto& layer, const auto& call) {
    check_slopes(layer, x_src(), [&](const tensor& x) { return call(relation(), {x, x_dst()}); });
    check_slopes(layer, x_dst(), [&](const tensor& x) { return call(relation(), {x_src(), x}); });
  });
}

TEST_CASE("layers on a block: one x is {x, its first rows}, and so on copies") {
  each_layer([](const auto&, const auto& call) {
    const tensor y = call(block(), {x_src(), slice(x_src(), 0, 0, num_dst)}).detach();
    CHECK(relative_difference(call(block(), x_src()).detach(), y) < 1e-6);
    CHECK(relative_difference(call(local_scope(block()), x_src()).detach(), y) < 1e-6);
  });
}

TEST_CASE("layers on a relation: one x is refused, and says what to pass") {
  each_layer([](const auto&, const auto& call) {
    CHECK_THROWS_SAYING(call(relation(), x_src()), std::invalid_argument,
                        "one x for a graph of two vertex sets, 6 sources and 4 destinations: pass {x_src, x_dst}");
    CHECK_THROWS_SAYING(call(relation(), {x_src(), x_src()}), std::invalid_argument, "x_dst has");
    CHECK_THROWS_SAYING(call(relation(), {x_dst(), x_dst()}), std::invalid_argument, "x_src has");
    CHECK_THROWS_SAYING(call(relation(), {x_src(), random_normal({num_dst, 1}, 3)}), std::invalid_argument,
                        "x_dst has shape (4, 1), expected (4, 4)");
  });
  // Equal numbers do not make it one set.
  const graph square = graph::bipartite({0, 1}, {1, 0}, 2, 2);
  const tensor x = ones({2, 4});
  CHECK_THROWS_SAYING(
      sage_conv(4, 2)(square, x), std::invalid_argument,
      "[sage_conv] one x for a graph of two vertex sets, 2 sources and 2 destinations: pass {x_src, x_dst}");
  const char* expected = "the graph has two vertex sets, 2 sources and 2 destinations, expected one";
  CHECK_THROWS_SAYING(sg_conv(4, 2)(square, x), std::invalid_argument, expected);
  CHECK_THROWS_SAYING(tag_conv(4, 2)(square, x), std::invalid_argument, expected);
  CHECK_THROWS_SAYING(cheb_conv(4, 2, 2)(square, x), std::invalid_argument, expected);
  CHECK_THROWS_SAYING(appnp()(square, x), std::invalid_argument, expected);
  CHECK_THROWS_SAYING(gated_graph_conv(4, 4, 1)(square, x), std::invalid_argument, expected);
  CHECK(sg_conv(4, 2)(graph::block({0, 1}, {1, 0}, 2, 2), x).rows() == 2);
}

TEST_CASE("layers that read sources alone take either") {
  const graph_conv layer(width, 3);
  const tensor y = layer(relation(), x_src());
  CHECK(same_bits(layer(relation(), {x_src(), random_normal({num_dst, 9}, 3)}).detach(), y.detach()));
  CHECK_THROWS_SAYING(layer(relation(), {x_src(), x_src()}), std::invalid_argument,
                      "[graph_conv] x_dst has 6 rows, the graph has 4 destinations");
  const rel_graph_conv typed(width, 3, 2, {.self_loop = false});
  CHECK(typed(relation(), x_src(), edge_types()).rows() == num_dst);
  const nn_conv<> of_edges(width, 3, linear(2, width * 3, 3));
  CHECK(of_edges(relation(), x_src(), ones({std::ssize(sources), 2})).rows() == num_dst);
}

// Of 2 and 5 features: each end through a matrix of its own, by formulas.
TEST_CASE("layers of two widths") {
  const tensor a = random_normal({num_src, 2}, 3), b = random_normal({num_dst, 5}, 4);
  const auto both = [&](const auto& layer, const auto& call) {
    CHECK(call(a, b).rows() == num_dst);
    check_slopes(layer, a, [&](const tensor& x) { return call(x, b); });
    check_slopes(layer, b, [&](const tensor& x) { return call(a, x); });
  };
  const auto plain = [&](const auto& layer) {
    both(layer, [&](const tensor& x, const tensor& y) { return layer(relation(), {x, y}); });
    CHECK_THROWS_SAYING(layer(block(), a), std::invalid_argument,
                        "one x, but widths 2 and 5 of sources and destinations: pass {x_src, x_dst}");
  };
  const auto near = [](const tensor& y, const tensor& expected) {
    CHECK(relative_difference(y.detach().reshape(expected.shape()), expected.detach()) < 1e-5);
  };
  const sage_conv sage({2, 5}, 3);
  plain(sage);
  const tensor heard = update_all(relation(), copy_u(a), reduce::mean{});
  near(sage(relation(), {a, b}), sage.fc_neigh(heard) + (*sage.fc_self)(b));
  for (const auto how : {sage_aggregator::pool, sage_aggregator::lstm}) plain(sage_conv({2, 5}, 3, how));

  const gat_conv gat({2, 5}, 3, 1, {.residual = true});
  plain(gat);
  const auto parameters_of_gat = named_parameters(gat);
  const auto has = [&](const std::string& name) {
    return std::any_of(parameters_of_gat.begin(), parameters_of_gat.end(), [&](auto& p) { return p.first == name; });
  };
  CHECK((has("fc_src.weight") && has("fc_dst.weight") && !has("fc.weight")));
  const tensor h = gat.fc(a), k = (*gat.fc_dst)(b);
  const tensor score = leaky_relu(apply_edges(relation(), u_add_v(sum_last(h * gat.attn_l.reshape({1, 3})),
                                                                  sum_last(k * gat.attn_r.reshape({1, 3})))),
                                  0.2);
  const tensor sums = update_all(relation(), u_mul_e(h, exp(score)), reduce::sum{}) /
                      update_all(relation(), copy_e(exp(score)), reduce::sum{});
  near(gat(relation(), {a, b}), sums + (*gat.res_fc)(b));
  CHECK(gat_conv({4, 4}, 3, 1).fc_dst.has_value());  // as DGL's, two matrices

  plain(gatv2_conv({2, 5}, 3, 2, {.residual = true}));
  const nn_conv<> of_edges({2, 5}, 3, linear(2, 6, 1), {.residual = true});
  const tensor edge_features = random_normal({std::ssize(sources), 2}, 7);
  both(of_edges, [&](const tensor& x, const tensor& y) { return of_edges(relation(), {x, y}, edge_features); });
  const rel_graph_conv typed({2, 5}, 3, 2);
  both(typed, [&](const tensor& x, const tensor& y) { return typed(relation(), {x, y}, edge_types()); });
  const rel_graph_conv without({2, 5}, 3, 2, {.self_loop = false});
  near(typed(relation(), {a, b}, edge_types()),
       rel_graph_conv(typed)(relation(), {a, zeros({num_dst, 5})}, edge_types()) + matmul(b, typed.loop_weight));

  CHECK_THROWS_SAYING(sage_conv({2, 5}, 3, sage_aggregator::gcn), std::invalid_argument,
                      "[sage_conv] gcn adds features of widths 2 and 5");
  CHECK_THROWS_SAYING(gatv2_conv({2, 5}, 3, 1, {.share_weights = true}), std::invalid_argument,
                      "[gatv2_conv] weights shared by widths 2 and 5");
}

TEST_CASE("pna_conv on a relation and on a block") {
  const pna_conv layer(4, 4, {pna_aggregator::mean, pna_aggregator::max}, {pna_scaler::identity}, 1, {.towers = 2});
  const tensor y = layer(relation(), {x_src(), x_dst()}).detach();
  CHECK_FALSE(relative_difference(layer(relation(), {x_src(), x_dst() * 2}).detach(), y) < 1e-3);
  CHECK(relative_difference(layer(block(), x_src()).detach(),
                            layer(relation(), {x_src(), slice(x_src(), 0, 0, num_dst)}).detach()) < 1e-5);
  CHECK_THROWS_SAYING(layer(relation(), x_src()), std::invalid_argument,
                      "[pna_conv] one x for a graph of two vertex sets");
}

TEST_CASE("sparse features and columns as either end") {
  const sparse_matrix bag = sparse_matrix::from_csr({0, 1, 1, 2, 3, 3, 4}, {0, 3, 1, 2}, tensor({4}, {1, 2, 3, 4}), 4);
  const tensor dense = features(bag).dense();
  const sage_conv layer(4, 2);
  CHECK(relative_difference(layer(relation(), {bag, x_dst()}).detach(), layer(relation(), {dense, x_dst()}).detach()) <
        1e-6);
  graph g = relation();
  g.srcdata["h"] = x_src();
  g.dstdata["h"] = x_dst();
  CHECK(same_bits(layer(g, {g.srcdata["h"], g.dstdata["h"]}).detach(), layer(g, {x_src(), x_dst()}).detach()));
}

}  // namespace
}  // namespace edgefold
