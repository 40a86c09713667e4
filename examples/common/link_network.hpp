/// An encoder of vertices, and a decoder that scores links between them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <common/link_data.hpp>
#include <edgefold/models/layers/embedding.hpp>
#include <edgefold/models/layers/rel_graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/link_decoder.hpp>

namespace edgefold::examples {

/// What a network is made and trained with.
struct link_settings {
  std::string encoder;      ///< "gcn" or "sage" of undirected data, "rgcn" of triples, or "none"
  std::int64_t width = 64;  ///< of the embeddings and of all layers
  int layers = 1;
  std::int64_t bases = 0;  ///< of an R-GCN: 0 gives each relation its own matrix
  double dropout = 0, lr = 0.01, weight_decay = 0;
  int epochs = 200, every = 10;  ///< epochs from one validation to the next
  std::int64_t negatives = 1;    ///< false heads, and false tails, for each link, drawn anew each epoch
  double validation = 0.1, test = 0.1;
};

/// Learned embeddings, layers with a ReLU and dropout between them, and the dot product or DistMult.
class link_network {
 public:
  link_network(const link_data& data, const link_settings& s, std::uint64_t seed);
  void visit(module_visitor& v);

  /// The features of all vertices: (vertices, width).
  tensor encode(const message_graph& messages) const;
  /// Of links between vertices of these features: logits (links, 1).
  tensor scores(const tensor& x, const link_list& links) const;
  /// What the features of a vertex are multiplied by where it is the answer: (questions, width).
  tensor query(const tensor& x, const link_questions& q) const;

 private:
  embedding vertices_;
  std::vector<sage_conv> sage_;
  std::vector<rel_graph_conv> rgcn_;
  dropout_layer drop_;
  std::optional<distmult> relations_;
};

}  // namespace edgefold::examples
