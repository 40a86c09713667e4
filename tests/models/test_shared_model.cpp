// One model in a program of many threads: what may be shared, and what each thread has of its own.
#include <doctest/doctest.h>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/layers/batch_norm.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/gat_conv.hpp>
#include <edgefold/models/layers/gin_conv.hpp>
#include <edgefold/models/layers/graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/sparse_matrix.hpp>

#include <support/tensors.hpp>

#include <thread>

using namespace edgefold;
using namespace edgefold::testing;

namespace {

constexpr std::int64_t vertices = 300, width = 12;

// A graph of which nothing but the list of edges is there yet: the groups are made by whoever needs them first.
graph fresh_graph() { return generate::random_uniform(vertices, 3'000, 5); }

// What stands in a network, and keeps a state in training.
struct network {
  graph_conv first{width, 8, {.allow_zero_in_degree = true}, 1};
  gat_conv second{8, 4, 2, {.allow_zero_in_degree = true}, 1, 10};
  sage_conv third{8, 8, sage_aggregator::pool, {}, 1, 20};
  sage_conv fourth{8, 8, sage_aggregator::lstm, {}, 1, 30};
  gin_conv<linear> fifth{linear(8, 5, 1, 40)};
  batch_norm norm{8};
  dropout_layer drop{0.5, 1, 50};

  void visit(auto& v) {
    v("first", first);
    v("second", second);
    v("third", third);
    v("fourth", fourth);
    v("fifth", fifth);
    v("norm", norm);
    v("drop", drop);
  }
  tensor operator()(const graph& g, const features& x) const {
    tensor h = drop(relu(norm(first(g, x))));
    h = second(g, h).reshape({vertices, 8});
    return fifth(g, fourth(g, third(g, h)));
  }
};

// Runs body(i) on four threads at once.
template <class Body>
void at_once(const Body& body) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < 4; ++i) threads.emplace_back([&body, i] { body(i); });
}

tensor trained_weight() {
  const graph g = fresh_graph();
  const tensor x = random_normal({vertices, width}, 7);
  const basic_tensor<std::int64_t> labels = random_integers({vertices}, 5, 8);
  network net;
  adam optimizer(parameters(net), {.lr = 0.01});
  for (int step = 0; step < 3; ++step) {
    optimizer.zero_grad();
    cross_entropy(net(g, x), labels).backward();
    optimizer.step();
  }
  return net.first.weight.clone();
}

}  // namespace

TEST_CASE("shared model: threads that share a network, a graph and features get what one alone gets") {
  network net;
  set_training(net, false);
  const tensor x = random_normal({vertices, width}, 7);
  const tensor alone = net(fresh_graph(), x);
  for (const bool taped : {false, true}) {
    CAPTURE(taped);
    const graph g = fresh_graph();
    std::vector<tensor> answers(4);
    at_once([&](std::size_t i) {
      if (taped) {
        answers[i] = net(g, x);
      } else {
        const no_grad scope;
        answers[i] = net(g, x);
      }
    });
    for (const tensor& answer : answers) {
      CHECK(same_bits(answer, alone));
      CHECK(answer.requires_grad() == taped);
    }
  }
}

TEST_CASE("shared model: threads may share a sparse matrix and the columns of a graph") {
  const sparse_matrix words = sparse_matrix::from_csr({0, 2, 3, 3}, {0, 7, 2}, tensor({3}, {1, 2, 3}), 8);
  const graph_conv layer(8, 4, {}, 3);
  const graph ring({{0, 1}, {1, 2}, {2, 0}});
  graph g = ring;
  g.ndata["h"] = random_normal({3, 4}, 1);
  const tensor alone = layer(ring, words) + tensor(g.ndata["h"]);
  std::vector<tensor> answers(4);
  at_once([&](std::size_t i) {
    graph mine = local_scope(g);  // a column of one thread's own
    mine.ndata["y"] = layer(g, words) + tensor(std::as_const(g).ndata["h"]);
    answers[i] = mine.ndata["y"];
  });
  for (const tensor& answer : answers) CHECK(same_bits(answer, alone));
  CHECK_FALSE(g.ndata.contains("y"));
}

TEST_CASE("shared model: threads may train networks of their own at the same time") {
  const tensor alone = trained_weight();
  std::vector<tensor> weights(4);
  at_once([&](std::size_t i) { weights[i] = trained_weight(); });
  for (const tensor& weight : weights) CHECK(same_bits(weight, alone));
}

TEST_CASE("shared model: no_grad is a matter of the thread that says it") {
  const no_grad scope;
  std::vector<char> recorded(4, false);
  at_once([&](std::size_t i) { recorded[i] = static_cast<char>(grad_enabled()); });
  CHECK(recorded == std::vector<char>(4, true));
  CHECK_FALSE(grad_enabled());
}
