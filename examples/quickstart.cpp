/// A first look: a graph, its columns, and the two verbs that everything is said with, update_all and apply_edges.
#include <edgefold/edgefold.hpp>

#include <common/print.hpp>
#include <common/program.hpp>

using namespace edgefold;
using examples::print;

namespace {

void show() {
  graph g({{0, 1}, {0, 2}, {2, 1}});                  // edge i is the i-th pair
  g.ndata["h"] = tensor({3, 2}, {1, 2, 3, 4, 5, 6});  // a row for each vertex
  g.edata["w"] = tensor({3, 1}, {0.5F, 1, 2});        // a row for each edge

  g.update_all(u_mul_e("h", "w"), reduce::sum{}, "out");  // columns in, column out
  print("sum of w h", g.ndata["out"]);

  tensor h = g.ndata["h"];
  print("mean of h", update_all(g, copy_u(h), reduce::mean{}));  // tensors in, tensor out

  tensor score = apply_edges(g, dot(src(h), dst(h)));  // no reducer: a row for each edge
  print("score", score);
  tensor attention = edge_softmax(g, score * 0.1);  // adds up to 1 over the edges into a vertex
  print("attention", attention);
  print("attended", update_all(g, mul(src(h), edge(attention)), reduce::sum{}));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Shows the two verbs, update_all and apply_edges, on a graph of three edges", "quickstart");
  return examples::run_program(app, argc, argv, show);
}
