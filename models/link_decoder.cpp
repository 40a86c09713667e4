#include <edgefold/models/link_decoder.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/apply_edges.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {
namespace {

// The pairs as edges between the rows of x.
template <class T>
graph edges_of(const basic_tensor<T>& x, const id_list& from, const id_list& to, std::string_view operation) {
  check(x.num_dims() == 2, operation, "x has shape ", x.shape(), ", expected (vertices, features)");
  check(from.size() == to.size(), operation, "there are ", from.size(), " sources and ", to.size(), " targets");
  from.check_range(x.rows(), operation, "source");
  to.check_range(x.rows(), operation, "target");
  return graph::from_coo(from, to, x.rows());
}

}  // namespace

template <std::floating_point T>
basic_tensor<T> dot_decoder(const basic_tensor<T>& x, const id_list& sources, const id_list& targets) {
  return apply_edges(edges_of(x, sources, targets, "dot_decoder"), u_dot_v(x, x));
}

template <std::floating_point T>
basic_tensor<T> distmult_scores(const basic_tensor<T>& x, const basic_tensor<T>& w, const id_list& heads,
                                const id_list& relations, const id_list& tails) {
  const graph g = edges_of(x, heads, tails, "distmult");
  check(w.num_dims() == 2 && w.width() == x.width(), "distmult", "w has shape ", w.shape(), ", expected (relations, ",
        x.width(), ")");
  check(relations.size() == heads.size(), "distmult", "there are ", relations.size(), " relations to ", heads.size(),
        " heads");
  relations.check_range(w.rows(), "distmult", "relation");
  const auto product = [](auto h, auto r, auto t) { return h * r * t; };
  return apply_edges(g, sum_last(message(product, src(x), edge(gather_rows(w, relations)), dst(x))));
}

distmult::distmult(std::int64_t relations, std::int64_t features, std::uint64_t seed, std::uint64_t stream)
    : weight(detail::trained(xavier_uniform({relations, features}, seed, stream))) {}

tensor distmult::operator()(const tensor& x, const id_list& heads, const id_list& relations,
                            const id_list& tails) const {
  return distmult_scores(x, weight, heads, relations, tails);
}

tensor distmult::query(const tensor& x, const id_list& vertices, const id_list& relations) const {
  return gather_rows(x, vertices) * gather_rows(weight, relations);
}

#define EDGEFOLD_LINK_DECODER(T)                                                                              \
  template basic_tensor<T> dot_decoder<T>(const basic_tensor<T>&, const id_list&, const id_list&);            \
  template basic_tensor<T> distmult_scores<T>(const basic_tensor<T>&, const basic_tensor<T>&, const id_list&, \
                                              const id_list&, const id_list&)
EDGEFOLD_LINK_DECODER(float);
EDGEFOLD_LINK_DECODER(double);
#undef EDGEFOLD_LINK_DECODER

}  // namespace edgefold
