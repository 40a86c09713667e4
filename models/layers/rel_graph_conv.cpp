#include <edgefold/models/layers/rel_graph_conv.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/layers/private/typed_edges.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

rel_graph_conv::rel_graph_conv(const layer_widths& num_in, std::int64_t num_out, std::int64_t num_relations,
                               const rel_graph_conv_options& chosen, std::uint64_t seed, std::uint64_t stream)
    : options(chosen),
      in(num_in.src),
      in_dst(num_in.dst),
      out(num_out),
      relations(num_relations),
      dropout(chosen.dropout, seed, stream + 3) {
  if (options.bases == 0) options.bases = relations;
  const std::int64_t bases = options.bases;
  check(relations >= 1 && bases >= 1, "rel_graph_conv", "there are ", relations, " relations and ", bases, " bases");
  switch (options.regularizer) {
    case relation_weights::none:
      linear_r.W = kaiming_uniform({relations, in, out}, in, seed, stream);
      break;
    case relation_weights::basis:
      linear_r.W = kaiming_uniform({bases, in, out}, in, seed, stream);
      linear_r.coeff = detail::trained(xavier_uniform({relations, bases}, seed, stream + 1, detail::relu_gain));
      break;
    case relation_weights::bdd:
      check(in % bases == 0 && out % bases == 0, "rel_graph_conv", bases, " blocks do not divide in = ", in,
            " and out = ", out);
      linear_r.W = kaiming_uniform({relations, in * out / bases}, in / bases, seed, stream);
  }
  linear_r.W.set_requires_grad();
  if (options.bias) h_bias = detail::trained(zeros({out}));
  if (options.self_loop)
    loop_weight = detail::trained(xavier_uniform({in_dst, out}, seed, stream + 2, detail::relu_gain));
}

tensor rel_graph_conv::operator()(const graph& g, const layer_input<tensor>& x, const id_list& types,
                                  const tensor& norm) const {
  if (loop_weight.defined()) detail::check_both_ends(g, x, {in, in_dst}, "rel_graph_conv");
  else detail::check_features(g, x, in, "rel_graph_conv");
  check(!norm.defined() || norm.shape() == shape_type{g.num_edges(), 1}, "rel_graph_conv", "norm has shape ",
        norm.shape(), ", expected ", shape_type{g.num_edges(), 1});
  const detail::typed_edges by_type(g, types, relations, "rel_graph_conv");

  tensor weight = linear_r.W;
  if (options.regularizer == relation_weights::basis)
    weight = matmul(linear_r.coeff, weight.reshape({options.bases, in * out}));
  const std::int64_t blocks = options.regularizer == relation_weights::bdd ? options.bases : 1;
  const tensor y = detail::typed_matmul(gather_rows(x.src, by_type.source), by_type.begin,
                                        weight.reshape({relations, blocks, in / blocks, out / blocks}));
  tensor h = norm.defined() ? update_all(by_type.edges, u_mul_e(y, norm), reduce::sum{})
                            : update_all(by_type.edges, copy_u(y), reduce::sum{});
  if (h_bias.defined()) h = h + detail::as_row(h_bias);
  if (loop_weight.defined()) h = h + matmul(detail::rows_of_dst(g, x), loop_weight);
  return dropout(h);
}

}  // namespace edgefold
