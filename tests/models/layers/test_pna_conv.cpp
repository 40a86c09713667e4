#include <edgefold/models/layers/pna_conv.hpp>

#include <support/layer_reference.hpp>
#include <support/oracle.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using vector = std::vector<double>;

const std::vector<pna_aggregator> all_aggregators{pna_aggregator::mean, pna_aggregator::max, pna_aggregator::min,
                                                  pna_aggregator::sum,  pna_aggregator::std, pna_aggregator::var};
const std::vector<pna_scaler> all_scalers{pna_scaler::identity, pna_scaler::amplification, pna_scaler::attenuation};

vector affine(const linear& l, const vector& x) {
  vector y;
  for (std::int64_t o = 0; o < l.weight.rows(); ++o) {
    double s = l.bias.at(o);
    for (std::size_t i = 0; i < x.size(); ++i) s += l.weight.at(o, static_cast<std::int64_t>(i)) * x[i];
    y.push_back(s);
  }
  return y;
}

double aggregate_of(pna_aggregator a, const vector& m) {
  if (m.empty()) return 0;
  switch (a) {
    case pna_aggregator::mean:
      return oracle::mean(m);
    case pna_aggregator::max:
      return oracle::max(m);
    case pna_aggregator::min:
      return oracle::min(m);
    case pna_aggregator::std:
      return oracle::std(m);
    case pna_aggregator::var:
      return oracle::var(m);
    default:
      return oracle::sum(m);
  }
}

// U [x_v, scaled aggregates] / sqrt(n) of one tower, loop by loop.
std::vector<vector> naive_tower(const pna_conv& l, const pna_tower& tower, const graph& g, const tensor& x,
                                std::int64_t first, const tensor& e) {
  const std::int64_t in = tower.M.weight.rows();
  const auto row = [&](std::int64_t v) {
    vector r;
    for (std::int64_t i = 0; i < in; ++i) r.push_back(x.at(v, first + i));
    return r;
  };
  std::vector<vector> out;
  for (vertex_id v = 0; v < g.num_dst(); ++v) {
    std::vector<vector> by_feature(static_cast<std::size_t>(in));
    for (const edge_id edge : g.in_edges(v)) {
      vector f = row(g.source(edge));
      for (const double own : row(v)) f.push_back(own);
      for (std::int64_t i = 0; e.defined() && i < e.width(); ++i) f.push_back(e.at(edge, i));
      const vector m = affine(tower.M, f);
      for (std::size_t i = 0; i < m.size(); ++i) by_feature[i].push_back(m[i]);
    }
    vector h = row(v);
    const double d = static_cast<double>(by_feature[0].size()), scale = d > 0 ? std::log(d + 1) / l.delta : 1;
    for (const auto s : l.scalers)
      for (const auto a : l.aggregators)
        for (const vector& m : by_feature)
          h.push_back(aggregate_of(a, m) * (s == pna_scaler::identity        ? 1
                                            : s == pna_scaler::amplification ? scale
                                                                             : 1 / scale));
    out.push_back(affine(tower.U, h));
    for (double& y : out.back()) y /= std::sqrt(static_cast<double>(g.num_dst()));
  }
  return out;
}

// The batch's normalisation with new parameters; then the mixing layer.
tensor naive_pna(const pna_conv& l, const graph& g, const tensor& x, const tensor& e) {
  std::vector<vector> all(static_cast<std::size_t>(g.num_dst()));
  std::int64_t first = 0;
  for (const pna_tower& tower : l.towers) {
    auto y = naive_tower(l, tower, g, x, first, e);
    first += tower.M.weight.rows();
    for (std::size_t c = 0; c < y[0].size(); ++c) {
      vector column;
      for (const vector& r : y) column.push_back(r[c]);
      for (std::size_t v = 0; v < y.size(); ++v)
        all[v].push_back((column[v] - oracle::mean(column)) / std::sqrt(oracle::var(column) + 1e-5));
    }
  }
  tensor out({g.num_dst(), l.mixing.weight.rows()});
  const bool residual = l.options.residual && x.width() == out.width();
  for (std::int64_t v = 0; v < out.rows(); ++v) {
    const vector y = affine(l.mixing, all[static_cast<std::size_t>(v)]);
    for (std::int64_t c = 0; c < out.width(); ++c) {
      const double m = y[static_cast<std::size_t>(c)];
      out.mutable_data()[v * out.width() + c] =
          static_cast<float>((m < 0 ? 0.01 * m : m) + (residual ? x.at(v, c) : 0));
    }
  }
  return out;
}

TEST_CASE("pna_conv: loop by loop, with edge features, towers, residual and without") {
  for (const bool loops : {false, true}) {
    const graph g = small_graph(loops);
    const tensor e = random_normal({g.num_edges(), 2}, 1);
    const pna_conv plain(4, 6, all_aggregators, all_scalers, 1.3, {}, 3);
    const pna_conv rich(4, 4, all_aggregators, all_scalers, 0.9, {.towers = 2, .edge_features = 2}, 3);
    const tensor x = features_of(g, 4);
    CHECK(relative_difference(plain(g, x).detach(), naive_pna(plain, g, x, {})) < 1e-4);
    CHECK(relative_difference(rich(g, x, e).detach(), naive_pna(rich, g, x, e)) < 1e-4);
  }
}

TEST_CASE("pna_conv: gradients") {
  const graph g = small_graph();
  const tensor e = random_normal({g.num_edges(), 2}, 1);
  const pna_conv layer(4, 4, all_aggregators, all_scalers, 0.9, {.towers = 2, .edge_features = 2}, 6);
  check_slopes(layer, features_of(g, 4), [&](const tensor& x) { return layer(g, x, e); });
}

TEST_CASE("pna_conv: DGL's names") {
  std::vector<std::string> names;
  for (const auto& [name, t] : state_dict(pna_conv(4, 6, all_aggregators, all_scalers, 1))) names.push_back(name);
  CHECK(names == std::vector<std::string>{"mixing_layer.0.bias", "mixing_layer.0.weight", "towers.0.M.bias",
                                          "towers.0.M.weight", "towers.0.U.bias", "towers.0.U.weight",
                                          "towers.0.batchnorm.bias", "towers.0.batchnorm.num_batches_tracked",
                                          "towers.0.batchnorm.running_mean", "towers.0.batchnorm.running_var",
                                          "towers.0.batchnorm.weight"});
}

TEST_CASE("pna_conv: graphs in a batch are as each alone") {
  const std::vector<graph> graphs{small_graph(), graph({{0, 1}, {2, 1}}), large_graph()};
  pna_conv layer(4, 4, all_aggregators, all_scalers, 1);
  set_training(layer, false);
  std::vector<tensor> xs, ys;
  for (const graph& g : graphs) xs.push_back(features_of(g, 4)), ys.push_back(layer(g, xs.back()).detach());
  CHECK(relative_difference(layer(batch(graphs), concat(xs, 0)).detach(), concat(ys, 0)) < 1e-6);
}

TEST_CASE("pna_conv: dropout and the batch's statistics while training only") {
  const graph g = small_graph();
  pna_conv layer(4, 4, {pna_aggregator::mean}, {pna_scaler::identity}, 1, {.dropout = 0.5});
  const tensor x = features_of(g, 4);
  CHECK_FALSE(same_bits(layer(g, x).detach(), layer(g, x).detach()));
  CHECK(layer.towers[0].batchnorm.num_batches_tracked.item() == 2);
  set_training(layer, false);
  CHECK(same_bits(layer(g, x).detach(), layer(g, x).detach()));
  CHECK(layer.towers[0].batchnorm.num_batches_tracked.item() == 2);
}

TEST_CASE("pna_conv: equal bits for any number of threads") {
  const graph g = large_graph();
  const pna_conv layer(12, 12, all_aggregators, all_scalers, 2, {.towers = 2});
  check_layer_threads(layer, features_of(g, 12), [&](const tensor& x) { return layer(g, x); });
}

TEST_CASE("pna_conv: what does not fit is refused") {
  const graph g = small_graph();
  const std::vector<pna_aggregator> mean{pna_aggregator::mean};
  const std::vector<pna_scaler> one{pna_scaler::identity};
  CHECK_THROWS_SAYING(pna_conv(4, 6, mean, one, 1, {.towers = 4}), std::invalid_argument,
                      "[pna_conv] 4 towers do not divide in = 4 and out = 6");
  CHECK_THROWS_SAYING(pna_conv(4, 6, mean, one, 1, {.edge_features = -1}), std::invalid_argument,
                      "[pna_conv] edge_features is -1");
  CHECK_THROWS_SAYING(pna_conv(4, 6, {}, one, 1), std::invalid_argument, "[pna_conv] there are no aggregators");
  CHECK_THROWS_SAYING(pna_conv(4, 6, mean, one, 0), std::invalid_argument, "[pna_conv] delta is 0.0");
  CHECK_THROWS_SAYING(pna_conv(4, 6, mean, one, 1)(g, zeros({6, 3})), std::invalid_argument,
                      "[pna_conv] x has shape (6, 3), expected (6, 4)");
  CHECK_THROWS_SAYING(pna_conv(4, 6, mean, one, 1, {.edge_features = 2})(g, zeros({6, 4})), std::invalid_argument,
                      "[pna_conv] the edge features have shape (), expected (16, 2)");
  CHECK_THROWS_SAYING(pna_conv(4, 6, mean, one, 1)(g, zeros({6, 4}), zeros({16, 2})), std::invalid_argument,
                      "[pna_conv] the edge features have shape (16, 2), expected none");
}

}  // namespace
}  // namespace edgefold
