#include <common/node_training.hpp>

#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include <common/accuracy.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold::examples {
namespace {

using integers = basic_tensor<std::int64_t>;

// The vertices of one part of the split.
struct part {
  integers ids, labels;
  part(const node_data& d, const integers& which) : ids(which), labels(gather_rows(d.labels, which)) {}
  tensor loss(const tensor& logits) const { return cross_entropy(gather_rows(logits, ids), labels); }
  double right(const tensor& logits) const { return accuracy(gather_rows(logits, ids), labels); }
};

// Adam, for parameters with weight decay and for those without.
class two_groups {
 public:
  two_groups(const node_network& net, const node_settings& s) {
    const std::vector<tensor> decayed = net.decayed();
    std::vector<tensor> others;
    for (const tensor& p : parameters(net))
      if (std::none_of(decayed.begin(), decayed.end(), [&](const tensor& d) { return d.shares_storage_with(p); }))
        others.push_back(p);
    decayed_.emplace(decayed, adam_options{.lr = s.lr, .weight_decay = s.weight_decay});
    if (!others.empty()) others_.emplace(others, adam_options{.lr = s.lr});
  }
  void zero_grad() {
    decayed_->zero_grad();
    if (others_) others_->zero_grad();
  }
  void step() {
    decayed_->step();
    if (others_) others_->step();
  }

 private:
  std::optional<adam> decayed_, others_;
};

bool better(const node_epoch& a, const node_epoch& b) {
  return a.validation_accuracy != b.validation_accuracy ? a.validation_accuracy > b.validation_accuracy
                                                        : a.validation_loss < b.validation_loss;
}

}  // namespace

node_data prepared(node_data d) {
  d.features = normalize_rows(d.features);
  std::vector<graph::edge_pair> edges;
  std::vector<bool> looped(static_cast<std::size_t>(d.g.num_vertices()));
  const adjacency& a = d.g.topology();
  for (edge_id e = 0; e < d.g.num_edges(); ++e) {
    edges.emplace_back(a.sources()[e], a.targets()[e]);
    if (a.sources()[e] == a.targets()[e]) looped[static_cast<std::size_t>(a.sources()[e])] = true;
  }
  for (vertex_id v = 0; v < d.g.num_vertices(); ++v)
    if (!looped[static_cast<std::size_t>(v)]) edges.emplace_back(v, v);
  d.g = graph(edges, d.g.num_vertices());
  return d;
}

node_result train_nodes(const node_data& data, const std::string& model, const node_settings& settings,
                        std::uint64_t seed, const std::function<void(const node_epoch&)>& progress) {
  const auto net = make_network(model, data.features.cols(), data.num_classes, settings, seed);
  const part train(data, data.train), validation(data, data.validation), test(data, data.test);
  const features x = data.features;
  two_groups optimizer(*net, settings);
  node_result result;
  const auto start = std::chrono::steady_clock::now();
  int waited = 0;  // as in the papers with a patience: the accuracy or the loss has to be the best so far, or equal
  double most_accurate = 0, least_loss = std::numeric_limits<double>::infinity();
  for (int epoch = 0; epoch < settings.epochs && (settings.patience == 0 || waited < settings.patience); ++epoch) {
    set_training(*net, true);
    const tensor loss = train.loss((*net)(data.g, x));
    check_runtime(std::isfinite(loss.item()), "train_nodes", "the loss is not finite in epoch ", epoch + 1);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();

    const no_grad scope;
    set_training(*net, false);
    const tensor logits = (*net)(data.g, x);
    const node_epoch now{loss.item(), train.right(logits), validation.loss(logits).item(), validation.right(logits),
                         test.right(logits)};
    result.epochs.push_back(now);
    ++waited;
    if (now.validation_accuracy >= most_accurate || now.validation_loss <= least_loss) waited = 0;
    most_accurate = std::max(most_accurate, now.validation_accuracy);
    least_loss = std::min(least_loss, now.validation_loss);
    if (epoch == 0 || better(now, result.epochs[result.best])) {
      result.best = static_cast<std::size_t>(epoch);
      result.weights = clone(state_dict(*net));
      result.logits = logits;
    }
    if (progress) progress(now);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace edgefold::examples
