/// CapsNet for images of 28 x 28 in ten classes (Sabour, Frosst, Hinton 2017, figures 1 and 2).
#pragma once
#include <optional>

#include <edgefold/models/capsule.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold {

/// Options of `capsnet`.
struct capsnet_options {
  int iterations = 3;          ///< rounds of routing
  bool shared_logits = false;  ///< the batch routes as one, instead of each image for itself
  bool reconstruction = true;  ///< with the decoder
  std::uint64_t seed = 0;      ///< of all first values
};

/// A bank of filters and their biases, initialised as torch does.
struct conv_layer {
  tensor weight,  ///< (out, in, k, k)
      bias;       ///< (out)
  /// `out` filters of k x k over `in` channels. Takes two streams of random numbers, from `stream` on.
  conv_layer(std::int64_t in, std::int64_t out, std::int64_t k, std::uint64_t seed, std::uint64_t stream);
  void visit(auto& v) {
    v("weight", weight);
    v("bias", bias);
  }
};

/// Three layers from the capsule of one class, the others masked, to an image of 784 pixels (figure 2).
struct capsnet_decoder {
  linear hidden1,  ///< 160 to 512, then ReLU
      hidden2,     ///< 512 to 1,024, then ReLU
      out;         ///< 1,024 to 784, then sigmoid
  /// Takes six streams of random numbers, 5 to 10 of the seed: those before are the rest's of `capsnet`.
  explicit capsnet_decoder(std::uint64_t seed);
  void visit(auto& v) {
    v("0", hidden1);
    v("2", hidden2);
    v("4", out);
  }
};

/// conv 9 x 9 to 256 channels and ReLU; conv 9 x 9 with stride 2 to 32 x 8 channels at 6 x 6 places, which are 1,152
/// capsules of 8 dims, squashed; predictions u_hat = W u for each pair of a primary and a class capsule of 16 dims;
/// routing on the complete bipartite graph. 6,804,224 parameters, with the decoder 8,215,568.
struct capsnet {
  static constexpr std::int64_t primary_capsules = 1152,  ///< capsule 36 t + p is of type t at place p
      primary_dims = 8,                                   ///< of a primary capsule
      classes = 10,                                       ///< and as many class capsules
      class_dims = 16;                                    ///< of a class capsule
  capsnet_options options;
  conv_layer conv1,                        ///< 1 to 256 channels
      primary;                             ///< 256 channels to the primary capsules, before they are squashed
  tensor digit;                            ///< W: (1152, 10, 16, 8), normal with standard deviation 0.01
  std::optional<capsnet_decoder> decoder;  ///< with `options.reconstruction`
  graph routes;                            ///< edge 10 i + j from primary capsule i to class j

  /// Throws unless there is a round of routing.
  explicit capsnet(const capsnet_options& chosen = {});
  void visit(auto& v) {
    v("conv1", conv1);
    v("primary", primary);
    v("digit.weight", digit);
    v("decoder", decoder);
  }

  /// Images (batch, 1, 28, 28) give the class capsules (batch, 10, 16), whose lengths say how likely a class is.
  /// Throws for another shape.
  tensor capsules(const tensor& images) const;
  /// Images (batch, 784) in [0, 1] from the capsule of `labels[i]` of each sample. Throws without a decoder, for labels
  /// out of range and where there are not as many as capsules.
  tensor reconstruct(const tensor& capsules, const basic_tensor<std::int64_t>& labels) const;
  /// The couplings c that each round of routing used: tensors (batch, 1152, 10).
  std::vector<tensor> couplings(const tensor& images) const;

 private:
  tensor route(const tensor& images, std::vector<tensor>* couplings) const;
};

/// The class of the longest capsule: (batch, 10, d) gives (batch).
basic_tensor<std::int64_t> predicted_classes(const tensor& capsules);

/// Margin loss of `capsules`; given a reconstruction, plus 0.0005 times the squared error summed over the pixels of an
/// image, mean over the batch (sections 3 and 4.1). Shape (1, 1).
tensor capsnet_loss(const tensor& capsules, const basic_tensor<std::int64_t>& labels, const tensor& reconstruction = {},
                    const tensor& images = {});

}  // namespace edgefold
