#include <common/sage_training.hpp>

#include <chrono>
#include <cmath>

#include <common/accuracy.hpp>
#include <common/progress.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/loader.hpp>
#include <edgefold/ops/sample/sample_neighbors.hpp>
#include <edgefold/ops/sample/seed_batches.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::examples {
namespace {

using integers = basic_tensor<std::int64_t>;

// What a step trains on.
struct mini_batch {
  std::vector<graph> blocks;
  tensor x;
  integers labels;
};

class trainer {
 public:
  trainer(graphsage& net, const node_data& data, const sage_settings& settings)
      : net_(net),
        data_(data),
        settings_(settings),
        x_(to_dense(data.features)),
        optimizer_(parameters(net), {.lr = settings.lr, .weight_decay = settings.weight_decay}) {}

  sage_epoch run(int number) {
    sage_epoch e{number, 0, 0, 0, {}};
    set_training(net_, true);
    const auto start = std::chrono::steady_clock::now();
    if (settings_.full_batch) {
      e.loss = step(gather_rows(net_(data_.g, x_), data_.train), gather_rows(data_.labels, data_.train), number);
      e.edges = data_.g.num_edges() * std::ssize(net_.layers);
    } else {
      run_batches(e);
    }
    e.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (number % settings_.evaluate == 0 || number == settings_.epochs) e.accuracy = evaluate();
    return e;
  }

 private:
  void run_batches(sage_epoch& e) {
    const auto seeds = seed_batches(data_.train, settings_.batch, {.seed = settings_.seed, .epoch = e.number});
    const loader batches(std::ssize(seeds),
                         [&](std::int64_t i) {
                           return sample(seeds[static_cast<std::size_t>(i)], batch_seed(settings_.seed, e.number, i));
                         },
                         {.workers = settings_.workers});
    progress line;
    std::int64_t done = 0;
    for (const mini_batch& b : batches) {
      const double loss = step(net_(b.blocks, b.x), b.labels, e.number);
      e.loss += loss * static_cast<double>(b.labels.rows()) / static_cast<double>(data_.train.rows());
      for (const graph& block : b.blocks) e.edges += block.num_edges();
      line.show("epoch " + std::to_string(e.number) + ": batch " + std::to_string(++done) + " of " +
                std::to_string(batches.size()) + ", loss " + std::to_string(loss));
    }
  }
  mini_batch sample(const integers& seeds, std::uint64_t seed) const {
    std::vector<graph> blocks = sample_blocks(data_.g, seeds, settings_.fan_outs, {.seed = seed});
    const auto sources = std::as_const(blocks[0]).srcdata[original_id].as<std::int64_t>();
    return {std::move(blocks), gather_rows(x_, sources), gather_rows(data_.labels, seeds)};
  }
  double step(const tensor& logits, const integers& labels, int epoch) {
    const tensor loss = cross_entropy(logits, labels);
    check_runtime(std::isfinite(loss.item()), "train_sage", "the loss is not finite in epoch ", epoch);
    optimizer_.zero_grad();
    loss.backward();
    optimizer_.step();
    return loss.item();
  }
  sage_accuracy evaluate() {
    const no_grad scope;
    set_training(net_, false);
    const tensor logits = net_(data_.g, x_);
    const auto of = [&](const integers& ids) {
      return accuracy(gather_rows(logits, ids), gather_rows(data_.labels, ids));
    };
    return {of(data_.train), of(data_.validation), of(data_.test)};
  }

  graphsage& net_;
  const node_data& data_;
  const sage_settings& settings_;
  const tensor x_;
  adam optimizer_;
};

}  // namespace

graphsage::graphsage(std::int64_t in, std::int64_t classes, const sage_settings& s) : drop(s.dropout, s.seed, 1000) {
  const std::int64_t last = std::ssize(s.fan_outs) - 1;
  for (std::int64_t i = 0; i <= last; ++i)
    layers.emplace_back(i == 0 ? in : s.hidden, i == last ? classes : s.hidden, sage_aggregator::mean,
                        sage_conv_options{}, s.seed, static_cast<std::uint64_t>(10 * i));
  require_grad(*this);
}

void graphsage::visit(module_visitor& v) {
  v("layers", layers);
  v("drop", drop);
}

tensor graphsage::operator()(const std::vector<graph>& blocks, const tensor& x) const {
  tensor h = layers[0](blocks[0], x);
  for (std::size_t i = 1; i < layers.size(); ++i) h = layers[i](blocks[i], drop(relu(h)));
  return h;
}

void train_sage(graphsage& net, const node_data& data, const sage_settings& settings,
                const std::function<void(const sage_epoch&)>& after_epoch) {
  trainer t(net, data, settings);
  for (int number = 1; number <= settings.epochs; ++number) after_epoch(t.run(number));
}

}  // namespace edgefold::examples
