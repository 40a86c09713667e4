#include <edgefold/models/capsnet.hpp>

#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/conv2d.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/reduction.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold {
namespace {

// Streams of the random numbers of each part; a layer takes two.
enum stream : std::uint64_t { conv1_stream = 0, primary_stream = 2, digit_stream = 4, decoder_stream = 5 };

// 1 at the label, 0 elsewhere: (batch, classes, 1).
tensor one_hot(const basic_tensor<std::int64_t>& labels, std::int64_t batch, std::int64_t classes) {
  check(labels.size() == batch, "reconstruct", labels.size(), " labels for ", batch, " samples");
  tensor t({batch, classes, 1});
  float* row = t.mutable_data();
  for (std::int64_t i = 0; i < batch; ++i, row += classes) {
    const std::int64_t label = labels.at(i);
    check(label >= 0 && label < classes, "reconstruct", "label ", i, " is ", label, ", expected 0 to ", classes - 1);
    row[label] = 1;
  }
  return t;
}

}  // namespace

conv_layer::conv_layer(std::int64_t in, std::int64_t out, std::int64_t k, std::uint64_t seed, std::uint64_t stream)
    : weight(kaiming_uniform({out, in, k, k}, in * k * k, seed, stream)),
      bias(kaiming_uniform({out}, in * k * k, seed, stream + 1)) {
  weight.set_requires_grad();
  bias.set_requires_grad();
}

capsnet_decoder::capsnet_decoder(std::uint64_t seed)
    : hidden1(capsnet::classes * capsnet::class_dims, 512, seed, decoder_stream),
      hidden2(512, 1024, seed, decoder_stream + 2),
      out(1024, 784, seed, decoder_stream + 4) {}

capsnet::capsnet(const capsnet_options& chosen)
    : options(chosen),
      conv1(1, 256, 9, chosen.seed, conv1_stream),
      primary(256, 256, 9, chosen.seed, primary_stream),
      digit(normal({primary_capsules, classes, class_dims, primary_dims}, 0, 0.01, chosen.seed, digit_stream)),
      routes(generate::complete_block(primary_capsules, classes)) {
  check(chosen.iterations >= 1, "capsnet", "iterations is ", chosen.iterations, ", expected at least 1");
  digit.set_requires_grad();
  if (chosen.reconstruction) decoder.emplace(chosen.seed);
}

tensor capsnet::route(const tensor& images, std::vector<tensor>* couplings) const {
  check(images.num_dims() == 4 && images.shape()[1] == 1 && images.shape()[2] == 28 && images.shape()[3] == 28,
        "capsnet", "images have shape ", images.shape(), ", expected (batch, 1, 28, 28)");
  const std::int64_t batch = images.rows();
  const tensor features = relu(conv2d(images, conv1.weight, conv1.bias));
  const tensor places = conv2d(features, primary.weight, primary.bias, 2).reshape({batch, 32, primary_dims, 36});
  // Capsule 36 t + p of type t at place p: (1152, batch, 8), squashed along its own 8 dims.
  const tensor u = squash(permute(places, {1, 3, 0, 2}).reshape({primary_capsules, batch, primary_dims}));
  const tensor w = transpose(digit.reshape({primary_capsules, classes * class_dims, primary_dims}), 1, 2);
  const tensor u_hat = transpose(batched_matmul(u, w).reshape({primary_capsules, batch, classes, class_dims}), 1, 2)
                           .reshape({primary_capsules * classes, batch, class_dims});
  return dynamic_routing(routes, u_hat, options.iterations,
                         options.shared_logits ? routing_logits::shared : routing_logits::per_sample, couplings);
}

tensor capsnet::capsules(const tensor& images) const { return transpose(route(images, nullptr), 0, 1); }

std::vector<tensor> capsnet::couplings(const tensor& images) const {
  std::vector<tensor> rounds;
  route(images, &rounds);
  for (tensor& c : rounds) {
    c = c.reshape({primary_capsules, classes, c.width()});
    if (options.shared_logits) c = c + zeros({1, 1, images.rows()});  // one for the whole batch: spread over it
    c = permute(c, {2, 0, 1});
  }
  return rounds;
}

tensor capsnet::reconstruct(const tensor& capsules, const basic_tensor<std::int64_t>& labels) const {
  check(decoder.has_value(), "reconstruct", "the model has no decoder");
  const tensor one = (capsules * one_hot(labels, capsules.rows(), classes)).reshape({capsules.rows(), -1});
  return sigmoid(decoder->out(relu(decoder->hidden2(relu(decoder->hidden1(one))))));
}

basic_tensor<std::int64_t> predicted_classes(const tensor& capsules) {
  const no_grad scope;
  return argmax_last(sum_last(capsules * capsules).reshape({capsules.rows(), -1}));
}

tensor capsnet_loss(const tensor& capsules, const basic_tensor<std::int64_t>& labels, const tensor& reconstruction,
                    const tensor& images) {
  tensor margin = margin_loss(capsules, labels);
  if (!reconstruction.defined()) return margin;
  const tensor error = reconstruction - images.reshape(reconstruction.shape());
  return margin + sum_all(error * error) * (0.0005 / static_cast<double>(capsules.rows()));
}

}  // namespace edgefold
