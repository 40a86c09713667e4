// Finds the classes of a knowledge base's entities from its relations alone, by an R-GCN (Schlichtkrull et al. 2018):
// what an entity is like follows from what it stands in which relation to.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

#include <common/program.hpp>
#include <common/stop_signal.hpp>
#include <edgefold/core/io/relational_data.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/rel_graph_conv.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>
#include <training/accuracy.hpp>
#include <training/relation_norm.hpp>
#include <training/seed_scores.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

struct run {
  std::string data, json, save;
  std::int64_t hidden = 16, bases = 0;
  int layers = 2, epochs = 50, seeds = 10, threads = num_threads();
  double dropout = 0, lr = 0.01, weight_decay = 0;
};

// The data with, after the edges of the triples, an edge back for each, and one from each entity to itself.
struct two_way_data : relational_data {  // whose num_relations counts both ways, and to itself
  basic_tensor<std::int64_t> types;      // (edges): relation r, r + relations for the way back, the last for itself
  graph rows;                            // the same edges, each from row type * entities + source to its destination
  tensor norm;                           // (edges, 1)
};

two_way_data two_way(const relational_data& data) {
  two_way_data d{data, {}, {}, {}};
  const std::int64_t entities = data.g.num_vertices(), one_way = data.num_relations;
  d.num_relations = 2 * one_way + 1;
  check_runtime(d.num_relations * entities <= std::numeric_limits<vertex_id>::max(), "relational", one_way,
                " relations of ", entities, " entities are more than 2^31 - 1 rows");
  const basic_tensor<std::int64_t> relations = data.g.edata["type"];
  std::vector<std::int64_t> sources, targets, types, rows;
  const auto add = [&](std::int64_t from, std::int64_t to, std::int64_t type) {
    sources.push_back(from);
    targets.push_back(to);
    types.push_back(type);
    rows.push_back(type * entities + from);
  };
  for (edge_id e = 0; e < data.g.num_edges(); ++e) add(data.g.source(e), data.g.target(e), relations.at(e));
  for (edge_id e = 0; e < data.g.num_edges(); ++e) add(data.g.target(e), data.g.source(e), relations.at(e) + one_way);
  for (std::int64_t v = 0; v < entities; ++v) add(v, v, 2 * one_way);
  d.g = graph::from_coo(sources, targets, entities);
  d.types = basic_tensor<std::int64_t>({std::ssize(types)}, types);
  d.rows = graph::bipartite(rows, targets, d.num_relations * entities, entities);
  d.norm = relation_norm(d.g, d.types);
  return d;
}

// The first layer's input is which entity it is, a one-hot row, so that its product with the matrix of a relation is a
// row of this matrix: the layer is a table with one row a relation and an entity, and an edge passes its row on.
struct rgcn {
  tensor table;  // (relations, entities * width of the first layer), or (bases, the same) to be mixed
  tensor coeff;  // (relations, bases), without storage where there are none
  std::vector<rel_graph_conv> layers;
  dropout_layer dropout;

  rgcn(const two_way_data& d, const run& o, std::uint64_t seed) : dropout(o.dropout, seed, 2) {
    const std::int64_t entities = d.g.num_vertices(), width = o.layers == 1 ? d.num_classes : o.hidden;
    const float bound = std::sqrt(6.0f / static_cast<float>(entities + width));  // Glorot's, of each matrix
    table = random_uniform({o.bases > 0 ? o.bases : d.num_relations, entities * width}, seed, -bound, bound);
    if (o.bases > 0) coeff = xavier_uniform({d.num_relations, o.bases}, seed, 1);
    for (int i = 1; i < o.layers; ++i)
      layers.emplace_back(
          width, i + 1 == o.layers ? d.num_classes : width, d.num_relations,
          rel_graph_conv_options{.regularizer = o.bases > 0 ? relation_weights::basis : relation_weights::none,
                                 .bases = o.bases,
                                 .bias = false,
                                 .self_loop = false},
          seed, 16 * static_cast<std::uint64_t>(i));
  }
  void visit(auto& v) {
    v("table", table);
    v("coeff", coeff);
    v("layers", layers);
    v("dropout", dropout);
  }
  tensor operator()(const two_way_data& d) const {
    const tensor rows = (coeff.defined() ? matmul(coeff, table) : table).reshape({d.rows.num_src(), -1});
    tensor h = update_all(d.rows, u_mul_e(rows, d.norm), reduce::sum{});
    for (const rel_graph_conv& layer : layers) h = layer(d.g, dropout(relu(h)), d.types, d.norm);
    return h;
  }
};

// The accuracy on the test entities after the last epoch.
double train(const two_way_data& d, const run& o, rgcn& net, std::uint64_t seed) {
  require_grad(net);
  adam optimizer(parameters(net), {.lr = o.lr, .weight_decay = o.weight_decay});
  set_training(net, true);
  for (int epoch = 0; epoch < o.epochs; ++epoch) {
    const tensor loss = cross_entropy(gather_rows(net(d), d.train), d.train_labels);
    check_runtime(std::isfinite(loss.item()), "relational", "the loss is not finite in epoch ", epoch + 1, " of seed ",
                  seed);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    stop_if_asked();
  }
  const no_grad scope;
  set_training(net, false);
  const tensor logits = net(d);
  const double test = accuracy(gather_rows(logits, d.test), d.test_labels);
  std::printf("seed %d  training %.2f %%  test %.2f %%\n", static_cast<int>(seed),
              accuracy(gather_rows(logits, d.train), d.train_labels), test);
  std::fflush(stdout);
  return test;
}

void classify(const run& o) {
  set_num_threads(o.threads);
  const two_way_data d = two_way(read_relational_data(o.data));
  std::printf("%lld entities, %lld edges of %lld relations, %lld classes\n", static_cast<long long>(d.g.num_vertices()),
              static_cast<long long>(d.g.num_edges()), static_cast<long long>(d.num_relations),
              static_cast<long long>(d.num_classes));
  seed_scores scores;
  hold_stop_signals();
  const auto start = std::chrono::steady_clock::now();
  for (int seed = 0; seed < o.seeds; ++seed) {
    rgcn net(d, o, static_cast<std::uint64_t>(seed));
    scores.test.push_back(train(d, o, net, static_cast<std::uint64_t>(seed)));
    scores.epochs += o.epochs;
    if (seed + 1 == o.seeds && !o.save.empty()) save_model(o.save, net);
  }
  scores.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  scores.print();
  if (!o.json.empty()) scores.write(o.json);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Finds the classes of a knowledge base's entities from its relations"};
  run o;
  app.add_option("--data", o.data, "Folder of the data set")->required()->option_text("DIR");
  add_number(app, "--hidden", o.hidden, "Width of embeddings and hidden layers", 1, 65'536);
  add_number(app, "--bases", o.bases, "Matrices that those of the relations are mixed from; 0: each its own", 0,
             65'536);
  add_number(app, "--layers", o.layers, "Layers", 1, 100);
  add_number(app, "--dropout", o.dropout, "Probability of dropout after hidden layers", 0.0, 0.999);
  add_number(app, "--lr", o.lr, "Learning rate", 0.0, 1e6);
  add_number(app, "--weight-decay", o.weight_decay, "Weight decay", 0.0, 1e6);
  add_number(app, "--epochs", o.epochs, "Passes over the graph", 1, 1'000'000);
  add_number(app, "--seeds", o.seeds, "Trainings, of seeds 0, 1, ...", 1, 10'000);
  app.add_option("--json", o.json, "Writes the scores; makes the folder if there is none")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the weights of the last training")->option_text("FILE.safetensors");
  add_number(app, "--threads", o.threads, "Threads", 1, 1'024);
  return run_program(app, argc, argv, [&] { classify(o); });
}
