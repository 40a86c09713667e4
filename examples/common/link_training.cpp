#include <common/link_training.hpp>

#include <chrono>
#include <cmath>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/ranking.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold::examples {
namespace {

// Of the negatives of an epoch.
std::uint64_t seed_of(std::uint64_t seed, int epoch) {
  const random_words words = philox(seed, static_cast<std::uint64_t>(epoch), 1 << 20);
  return std::uint64_t{words.word[0]} << 32 | words.word[1];
}

// Ones for so many rows, zeros for as many as follow.
tensor ones_then_zeros(std::int64_t ones_of, std::int64_t zeros_of) {
  return concat({ones<float>({ones_of, 1}), zeros({zeros_of, 1})}, 0);
}

tensor loss_of(const link_network& net, const tensor& x, const link_list& real, const link_list& corrupt) {
  return binary_cross_entropy_with_logits(concat({net.scores(x, real), net.scores(x, corrupt)}, 0),
                                          ones_then_zeros(real.size(), corrupt.size()));
}

basic_tensor<double> ranks_of(const link_network& net, const tensor& x, const link_questions& q) {
  return filtered_ranks(net.query(x, q), x, q.answers, q.known);
}

link_scores scores_of(const link_network& net, const tensor& x, const link_data& data, const link_list& links,
                      std::uint64_t seed) {
  const link_list wrong = false_links(data, links, seed);
  const tensor scores = concat({net.scores(x, links), net.scores(x, wrong)}, 0);
  const basic_tensor<double> ranks = ranks_of(net, x, questions_of(data, links));
  link_scores found{{"auc", auc(scores, cast<bool>(ones_then_zeros(links.size(), wrong.size())))},
                    {"mrr", mean_reciprocal_rank(ranks)}};
  for (const int k : data.directed ? std::vector{1, 3, 10} : std::vector{10, 50, 100})
    found.emplace_back("hits@" + std::to_string(k), hits_at(ranks, k));
  return found;
}

}  // namespace

link_result train_links(const link_data& data, const link_split& split, const message_graph& messages,
                        const link_settings& s, std::uint64_t seed, const std::function<void(int, double)>& progress) {
  link_network net(data, s, seed);
  require_grad(net);
  adam optimizer(parameters(net), {.lr = s.lr, .weight_decay = s.weight_decay});
  const link_questions questions = questions_of(data, split.validation);
  link_result result;
  const auto start = std::chrono::steady_clock::now();
  for (int epoch = 1; epoch <= s.epochs; ++epoch) {
    set_training(net, true);
    const link_list corrupt = corrupted(split.train, messages.g, s.negatives, seed_of(seed, epoch));
    const tensor loss = loss_of(net, net.encode(messages), split.train, corrupt);
    check_runtime(std::isfinite(loss.item()), "train_links", "the loss is not finite in epoch ", epoch);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    progress(epoch, loss.item());
    if (epoch % s.every != 0 && epoch != s.epochs) continue;

    const no_grad scope;
    set_training(net, false);
    const double mrr = mean_reciprocal_rank(ranks_of(net, net.encode(messages), questions));
    if (result.best > 0 && mrr <= result.validation) continue;
    result.best = epoch;
    result.validation = mrr;
    result.weights = clone(state_dict(net));
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const no_grad scope;
  load_state_dict(net, result.weights);
  result.test = scores_of(net, net.encode(messages), data, split.test, seed);
  return result;
}

}  // namespace edgefold::examples
