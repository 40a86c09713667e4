#include <edgefold/ops/tensor/sparse_matrix.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/ops/dense/dropout.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>
#include <edgefold/ops/update_all.hpp>

#include <algorithm>

namespace edgefold {
namespace {

// Values that nobody else writes into, or that a gradient is to reach.
tensor kept(tensor values) {
  if (values.requires_grad() || detail::tape_access<float>::exclusive(values)) return values;
  return values.clone();
}

}  // namespace

sparse_matrix sparse_matrix::from_csr(id_list offsets, id_list columns, tensor values, std::int64_t num_cols) {
  check(values.defined() && values.size() == columns.size() && values.rows() == values.size(), "sparse_matrix",
        "values have shape ", values.shape(), ", expected (", columns.size(), ", 1)");
  columns.check_range(num_cols, "sparse_matrix", "column");
  const shape_type shape{values.size(), 1};
  tensor elements = kept(std::move(values));
  if (elements.shape() != shape) elements = elements.reshape(shape);
  return {adjacency::from_csc(std::move(offsets), std::move(columns), num_cols), std::move(elements)};
}

sparse_matrix sparse_matrix::from_dense(const tensor& x) {
  check(x.num_dims() == 2, "sparse_matrix", "x has shape ", x.shape(), ", expected (rows, cols)");
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> columns;
  std::vector<float> values;
  const float* at = x.data();
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    for (std::int64_t c = 0; c < x.width(); ++c, ++at)
      if (*at != 0) columns.push_back(static_cast<std::int32_t>(c)), values.push_back(*at);
    offsets.push_back(std::ssize(columns));
  }
  return from_csr(offsets, columns, tensor({std::ssize(values), 1}, values), x.width());
}

sparse_matrix sparse_matrix::with_values(tensor values) const {
  check(values.shape() == values_.shape(), "sparse_matrix", "values have shape ", values.shape(), ", expected ",
        values_.shape());
  return {topology_, kept(std::move(values))};
}

tensor matmul(const sparse_matrix& a, const tensor& b) {
  check(b.rows() == a.cols(), "matmul", "a has ", a.cols(), " columns, b has ", b.rows(), " rows");
  return update_all(graph::bipartite(a.topology()), mul(src(b), edge(a.values())), reduce::sum{});
}

tensor to_dense(const sparse_matrix& a) {
  tensor x({a.rows(), a.cols()});
  const adjacency& places = a.topology();
  float* const to = x.mutable_data();
  const edge_groups& rows = places.in_edges();
  std::vector<double> row(static_cast<std::size_t>(a.cols()));  // elements given more than once are added up in it
  for (std::int64_t r = 0; r < a.rows(); ++r) {
    for (std::int64_t k = rows.offsets[r]; k < rows.offsets[r + 1]; ++k)
      row[static_cast<std::size_t>(rows.neighbors[k])] += static_cast<double>(a.values().data()[rows.id_at(k)]);
    std::transform(row.begin(), row.end(), to + r * a.cols(), [](double sum) { return static_cast<float>(sum); });
    std::fill(row.begin(), row.end(), 0.0);
  }
  if (needs_grad(a.values()))
    record(
        x,
        [places](const tensor& g, const vjp_inputs& in) {
          tensor d = tensor::uninitialized({places.num_edges(), 1});
          for (std::int64_t e = 0; e < d.rows(); ++e)
            d.mutable_data()[e] = g.at(places.targets()[e], places.sources()[e]);
          in.add(0, d);
        },
        a.values());
  return x;
}

sparse_matrix normalize_rows(const sparse_matrix& a) {
  const graph g = graph::bipartite(a.topology());
  const tensor sums = update_all(g, copy(edge(a.values())), reduce::sum{});
  const tensor scale = elementwise([](auto s) { return 1 / where(s == 0, 0 * s + 1, s); }, sums);
  return a.with_values(apply_edges(g, mul(edge(a.values()), dst(scale))));
}

sparse_matrix dropout(const sparse_matrix& a, double p, std::uint64_t seed, std::uint64_t stream) {
  return a.with_values(dropout(a.values(), p, seed, stream));
}

}  // namespace edgefold
