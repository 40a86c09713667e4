#include <common/link_network.hpp>

#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::examples {
namespace {

constexpr std::uint64_t embedding_stream = 0, drop_stream = 1, decoder_stream = 2, first_layer_stream = 16;

}  // namespace

link_network::link_network(const link_data& data, const link_settings& s, std::uint64_t seed)
    : vertices_(data.num_vertices, s.width, seed, embedding_stream), drop_(s.dropout, seed, drop_stream) {
  // Of standard normal vectors the first scores would be far from 0.
  vertices_.weight = normal({data.num_vertices, s.width}, 0, 0.1, seed, embedding_stream);
  if (data.directed) relations_.emplace(data.num_relations, s.width, seed, decoder_stream);
  const rel_graph_conv_options mixed{.regularizer = s.bases > 0 ? relation_weights::basis : relation_weights::none,
                                     .bases = s.bases};
  for (int i = 0; i < s.layers && s.encoder != "none"; ++i) {
    const std::uint64_t stream = first_layer_stream * static_cast<std::uint64_t>(i + 1);
    if (s.encoder == "rgcn") rgcn_.emplace_back(s.width, s.width, 2 * data.num_relations, mixed, seed, stream);
    else
      sage_.emplace_back(s.width, s.width, s.encoder == "gcn" ? sage_aggregator::gcn : sage_aggregator::mean,
                         sage_conv_options{}, seed, stream);
  }
}

void link_network::visit(module_visitor& v) {
  v("vertices", vertices_);
  v("sage", sage_);
  v("rgcn", rgcn_);
  v("drop", drop_);
  v("relations", relations_);
}

tensor link_network::encode(const message_graph& messages) const {
  tensor h = vertices_.weight;
  const auto input = [&](std::size_t layer) { return drop_(layer == 0 ? h : relu(h)); };
  for (std::size_t i = 0; i < sage_.size(); ++i) h = sage_[i](messages.g, input(i));
  for (std::size_t i = 0; i < rgcn_.size(); ++i) h = rgcn_[i](messages.g, input(i), messages.relations, messages.norm);
  return h;
}

tensor link_network::scores(const tensor& x, const link_list& links) const {
  return relations_ ? (*relations_)(x, links.heads, links.relations, links.tails)
                    : dot_decoder(x, links.heads, links.tails);
}

tensor link_network::query(const tensor& x, const link_questions& q) const {
  return relations_ ? relations_->query(x, q.given, q.relations) : gather_rows(x, q.given);
}

}  // namespace edgefold::examples
