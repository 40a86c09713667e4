#include <edgefold/models/layers/pna_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <cmath>

namespace edgefold {
namespace {

template <class M>
tensor aggregated(const graph& g, const M& m, pna_aggregator how) {
  switch (how) {
    case pna_aggregator::mean:
      return update_all(g, m, reduce::mean{});
    case pna_aggregator::max:
      return update_all(g, m, reduce::max{});
    case pna_aggregator::min:
      return update_all(g, m, reduce::min{});
    case pna_aggregator::std:
      return update_all(g, m, reduce::std{});
    case pna_aggregator::var:
      return update_all(g, m, reduce::var{});
    default:
      return update_all(g, m, reduce::sum{});
  }
}

}  // namespace

pna_conv::pna_conv(std::int64_t in, std::int64_t out, std::vector<pna_aggregator> what, std::vector<pna_scaler> times,
                   double mean_log_degree, const pna_conv_options& chosen, std::uint64_t seed, std::uint64_t stream)
    : aggregators(std::move(what)), scalers(std::move(times)), delta(mean_log_degree), options(chosen) {
  const std::int64_t n = options.towers;
  check(n >= 1 && in % n == 0 && out % n == 0, "pna_conv", n, " towers do not divide in = ", in, " and out = ", out);
  check(!aggregators.empty() && !scalers.empty(), "pna_conv", "there are no aggregators, or no scalers");
  check(options.edge_features >= 0, "pna_conv", "edge_features is ", options.edge_features, ", expected at least 0");
  check(delta > 0, "pna_conv", "delta is ", delta, ", expected a positive number");
  const std::int64_t own = in / n, wide = (1 + std::ssize(aggregators) * std::ssize(scalers)) * own;
  for (std::int64_t t = 0; t < n; ++t, stream += 5)
    towers.push_back({linear(2 * own + options.edge_features, own, seed, stream),
                      linear(wide, out / n, seed, stream + 2), batch_norm(out / n),
                      dropout_layer(options.dropout, seed, stream + 4)});
  mixing = linear(out, out, seed, stream);
}

// M [x_u, x_v, e] = M_u x_u + M_v x_v + (M_e e + b): vertices are transformed. M_v x_v is the same in all messages to
// v: it is added to what the rest of them was reduced to, and deviations do not see it.
tensor pna_conv::scaled_aggregates(const graph& g, const pna_tower& tower, const layer_input<tensor>& x,
                                   const tensor& e) const {
  const std::int64_t in = x.src.width();
  const auto part = [&](const tensor& t, std::int64_t begin) {
    return matmul(t, transpose(slice(tower.M.weight, 1, begin, begin + t.width()), 0, 1));
  };
  const tensor bias = detail::as_row(tower.M.bias);
  const auto m = add(src(part(x.src, 0)), e.defined() ? edge(part(e, 2 * in) + bias) : shared(bias));
  const tensor degree = in_degrees(g), divisor = clamp_min(degree, 1);
  const tensor own = part(detail::rows_of_dst(g, x), in), in_others = own * (degree / divisor);
  std::vector<tensor> parts;
  for (const pna_aggregator how : aggregators) {
    const tensor a = aggregated(g, m, how);
    const bool deviates = how == pna_aggregator::std || how == pna_aggregator::var;
    parts.push_back(deviates ? a : a + (how == pna_aggregator::sum ? own * degree : in_others));
  }
  const tensor all = concat(parts, 1);  // (0 where nothing arrives)

  const tensor scale = log(divisor + 1) / delta;
  parts.clear();
  for (const pna_scaler s : scalers)
    parts.push_back(s == pna_scaler::identity ? all : s == pna_scaler::amplification ? all * scale : all / scale);
  return concat(parts, 1);
}

tensor pna_conv::operator()(const graph& g, const layer_input<tensor>& x, const tensor& edge_features) const {
  return scaled(g, x, edge_features, full<float>({1, 1}, 1 / std::sqrt(static_cast<float>(g.num_dst()))));
}
tensor pna_conv::operator()(const graph_batch& b, const tensor& x, const tensor& edge_features) const {
  tensor factor({b.size(), 1});
  for (std::int64_t i = 0; i < b.size(); ++i)
    factor.mutable_data()[i] = 1 / std::sqrt(static_cast<float>(b.num_vertices[static_cast<std::size_t>(i)]));
  return scaled(b.all, x, edge_features, broadcast_nodes(b, factor));
}

tensor pna_conv::scaled(const graph& g, const layer_input<tensor>& x, const tensor& edge_features,
                        const tensor& factor) const {
  const std::int64_t n = options.towers, out = mixing.weight.shape()[0];
  const std::int64_t own = towers[0].M.weight.shape()[0], in = n * own;
  detail::check_both_ends(g, x, in, "pna_conv");
  const bool fits = options.edge_features > 0
                        ? edge_features.shape() == shape_type{g.num_edges(), options.edge_features}
                        : !edge_features.defined();
  check(fits, "pna_conv", "the edge features have shape ", edge_features.shape(), ", expected ",
        options.edge_features > 0 ? to_string({g.num_edges(), options.edge_features}) : "none");
  std::vector<tensor> parts;
  for (std::int64_t t = 0; t < n; ++t) {
    const pna_tower& tower = towers[static_cast<std::size_t>(t)];
    const auto columns = [&](const tensor& rows) { return n == 1 ? rows : slice(rows, 1, t * own, (t + 1) * own); };
    const layer_input<tensor> slice_of_x = detail::each_end(x, columns);
    const tensor a = scaled_aggregates(g, tower, slice_of_x, edge_features);
    const tensor y = tower.U(concat({detail::rows_of_dst(g, slice_of_x), a}, 1));
    parts.push_back(tower.dropout(tower.batchnorm(y * factor)));
  }
  const tensor y = leaky_relu(mixing(concat(parts, 1)));
  return options.residual && in == out ? y + detail::rows_of_dst(g, x) : y;
}

}  // namespace edgefold
