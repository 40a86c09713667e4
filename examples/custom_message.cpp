/// Messages that ship nowhere: a function written with `auto` runs in the same kernel as the built-in ones.
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <common/print.hpp>
#include <common/program.hpp>

using namespace edgefold;
using examples::print;

namespace {

void show() {
  const graph g({{0, 1}, {0, 2}, {1, 2}, {2, 0}, {3, 2}, {3, 1}});
  const tensor x({4, 2}, {0, 1, 0.5F, -1, 2, 0.25F, -1.5F, 3});
  const tensor s({6, 1}, {1, 2, 0.5F, 1, 3, 1});

  // A Gaussian kernel between the ends of an edge, scaled by the edge and cut off far away. exp and where are found
  // where the arguments come from; a choice is where(...), because a functor runs on several numbers at once.
  auto gauss = [](auto u, auto v, auto scale) {
    auto d = u - v;
    return where(d * d > 8, 0, scale * exp(-(d * d)));
  };
  const auto kernel = message(gauss, src(x), dst(x), edge(s));
  print("kernel", apply_edges(g, kernel));
  print("log-sum-exp of kernel", update_all(g, kernel, reduce::log_sum_exp{}));

  // GATv2 (Brody, Alon, Yahav 2022): the score of an edge is a . leaky_relu(x_u + x_v), a sum over the features.
  const tensor a({1, 2}, {0.5F, -0.25F});
  auto attend = [](auto u, auto v, auto weight) { return weight * leaky_relu(u + v, 0.2); };
  const tensor score = apply_edges(g, sum_last(message(attend, src(x), dst(x), shared(a))));
  print("score", score);
  print("attended", update_all(g, u_mul_e(x, edge_softmax(g, score)), reduce::sum{}));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Shows messages of one's own beside the built-in ones", "custom_message");
  return examples::run_program(app, argc, argv, show);
}
