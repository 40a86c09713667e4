// Predicts links that are held back: edges of an undirected graph by a GCN or GraphSAGE and dot products, triples of a
// knowledge base by an R-GCN and DistMult (Schlichtkrull et al. 2018), or either from embeddings alone.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include <common/program.hpp>
#include <common/progress.hpp>
#include <common/stop_signal.hpp>
#include <edgefold/core/autograd.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/layers/dropout_layer.hpp>
#include <edgefold/models/layers/embedding.hpp>
#include <edgefold/models/layers/rel_graph_conv.hpp>
#include <edgefold/models/layers/sage_conv.hpp>
#include <edgefold/models/link_decoder.hpp>
#include <edgefold/models/ranking.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/models/train/optim.hpp>
#include <edgefold/ops/dense/loss.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/negative_sampling.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <training/json_file.hpp>
#include <training/link_data.hpp>
#include <training/relation_norm.hpp>
#include <training/seed_scores.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;
using integers = basic_tensor<std::int64_t>;

struct run {
  std::string data, encoder, json, save;  // encoder: "gcn" or "sage" of undirected data, "rgcn" of triples, or "none"
  std::int64_t width = 64, bases = 0, negatives = 1;
  double dropout = 0, lr = 0.01, weight_decay = 0, validation = 0.1, test = 0.1;
  int layers = 1, epochs = 200, every = 10, seeds = 1, threads = num_threads();
};

// The parts of the links, in an order that the seed alone decides.
struct link_split {
  link_list train, validation, test;
};

link_split split_links(const link_data& data, const run& o, std::uint64_t seed) {
  const std::int64_t n = data.links.size();
  const auto share = [n](double part) { return std::llround(part * static_cast<double>(n)); };
  const std::int64_t validation = share(o.validation), test = share(o.test), train = n - validation - test;
  check_runtime(validation > 0 && test > 0 && train > 0, "link_prediction", n, " links give ", train, " to train, ",
                validation, " to validate and ", test, " to test with");
  const integers order = random_permutation(n, seed);
  const auto part = [&](std::int64_t begin, std::int64_t end) { return data.links.at(slice(order, 0, begin, end)); };
  return {part(0, train), part(train, train + validation), part(train + validation, n)};
}

// Edges of the links, then as many of the ways back.
graph there_and_back(const integers& heads, const integers& tails, std::int64_t num_vertices) {
  return graph::from_coo(concat({heads, tails}, 0), concat({tails, heads}, 0), num_vertices);
}

// What an encoder passes messages along: each link, and its way back as another relation.
struct message_graph {
  graph g;
  integers relations;  // (edges): r, and r + num_relations for the way back
  tensor norm;         // (edges, 1): 1 / edges of that relation at the destination

  message_graph(const link_data& data, const link_list& links)
      : g(there_and_back(links.heads, links.tails, data.num_vertices)),
        relations(concat({links.relations, links.relations + data.num_relations}, 0)),
        norm(relation_norm(g, relations)) {}
};

// How many of the links stand, either way round, among the edges that messages pass along.
std::int64_t num_leaked(const link_data& data, const message_graph& messages, const link_list& links) {
  std::set<triple> held_out, seen;
  for (std::int64_t i = 0; i < links.size(); ++i) held_out.insert(links[i]);
  for (edge_id e = 0; e < messages.g.num_edges(); ++e) {
    const std::int64_t relation = messages.relations.at(e), u = messages.g.source(e), v = messages.g.target(e);
    const bool back = relation >= data.num_relations;
    const triple t = data.normal({back ? v : u, relation % data.num_relations, back ? u : v});
    if (held_out.contains(t)) seen.insert(t);
  }
  return std::ssize(seen);
}

// For each link `times` false ones with another tail, then for each as many with another head: vertices that no edge
// joins to the other end. The edges of `both_ways` begin with the links, its second half with their ways back.
link_list corrupted(const link_list& links, const graph& both_ways, std::int64_t times, std::uint64_t seed) {
  std::vector<std::int64_t> edges, which;
  for (const std::int64_t first : {std::int64_t{0}, both_ways.num_edges() / 2})
    for (std::int64_t i = 0; i < links.size(); ++i) {
      edges.push_back(first + i);
      which.insert(which.end(), static_cast<std::size_t>(times), i);
    }
  const auto [from, to] = corrupt_targets(both_ways, edges, times, {.seed = seed});
  const std::int64_t half = links.size() * times;
  const auto joined = [half](const integers& first, const integers& second) {
    return concat({slice(first, 0, 0, half), slice(second, 0, half, 2 * half)}, 0);
  };
  return {joined(from, to), gather_rows(links.relations, which), joined(to, from)};
}

// To measure with: links that the data set does not hold. Of undirected data as many as `links`, any pairs of vertices;
// of triples each link with another tail and with another head.
link_list false_links(const link_data& data, const link_list& links, std::uint64_t seed) {
  const graph all = there_and_back(concat({links.heads, data.links.heads}, 0),
                                   concat({links.tails, data.links.tails}, 0), data.num_vertices);
  if (data.directed) return corrupted(links, all, 1, seed);
  const auto [heads, tails] = negative_edges(all, links.size(), {.seed = seed});
  return {heads, links.relations, tails};
}

// What is asked of the links: (head, relation, ?), then (?, relation, tail).
struct link_questions {
  integers given, relations, answers;  // (questions)
  graph known;  // from each question to the answers that the data set holds, and of undirected data to `given`

  link_questions(const link_data& data, const link_list& links)
      : given(concat({links.heads, links.tails}, 0)),
        relations(concat({links.relations, links.relations}, 0)),
        answers(concat({links.tails, links.heads}, 0)) {
    std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::int64_t>> ends;  // of a vertex and a relation
    const std::int64_t back = data.directed ? data.num_relations : 0;                 // both ways are one there
    for (std::int64_t i = 0; i < data.links.size(); ++i) {
      const auto [h, r, t] = data.links[i];
      ends[{h, r}].push_back(t);
      ends[{t, r + back}].push_back(h);
    }
    std::vector<std::int64_t> from, to;
    for (std::int64_t i = 0; i < given.rows(); ++i) {
      auto of_this = ends[{given.at(i), relations.at(i) + (i < links.size() ? 0 : back)}];
      if (!data.directed) of_this.push_back(given.at(i));
      from.insert(from.end(), of_this.size(), i);
      to.insert(to.end(), of_this.begin(), of_this.end());
    }
    known = graph::bipartite(from, to, given.rows(), data.num_vertices);
  }
};

// Learned embeddings, layers with a ReLU and dropout between them, and the dot product or DistMult.
struct network {
  embedding vertices;
  std::vector<sage_conv> sage;
  std::vector<rel_graph_conv> rgcn;
  dropout_layer drop;
  std::optional<distmult> relations;

  network(const link_data& data, const run& o, std::uint64_t seed)
      : vertices(data.num_vertices, o.width, seed), drop(o.dropout, seed, 1) {
    // Of standard normal vectors the first scores would be far from 0.
    vertices.weight = normal({data.num_vertices, o.width}, 0, 0.1, seed);
    if (data.directed) relations.emplace(data.num_relations, o.width, seed, 2);
    const rel_graph_conv_options mixed{.regularizer = o.bases > 0 ? relation_weights::basis : relation_weights::none,
                                       .bases = o.bases};
    for (int i = 0; i < o.layers && o.encoder != "none"; ++i) {
      const std::uint64_t stream = 16 * static_cast<std::uint64_t>(i + 1);
      if (o.encoder == "rgcn") rgcn.emplace_back(o.width, o.width, 2 * data.num_relations, mixed, seed, stream);
      else
        sage.emplace_back(o.width, o.width, o.encoder == "gcn" ? sage_aggregator::gcn : sage_aggregator::mean,
                          sage_conv_options{}, seed, stream);
    }
    require_grad(*this);
  }
  void visit(auto& v) {
    v("vertices", vertices);
    v("sage", sage);
    v("rgcn", rgcn);
    v("drop", drop);
    v("relations", relations);
  }
  // The features of all vertices: (vertices, width).
  tensor encode(const message_graph& messages) const {
    tensor h = vertices.weight;
    const auto input = [&](std::size_t layer) { return drop(layer == 0 ? h : relu(h)); };
    for (std::size_t i = 0; i < sage.size(); ++i) h = sage[i](messages.g, input(i));
    for (std::size_t i = 0; i < rgcn.size(); ++i) h = rgcn[i](messages.g, input(i), messages.relations, messages.norm);
    return h;
  }
  // Logits (links, 1) of links between vertices of these features.
  tensor scores(const tensor& x, const link_list& links) const {
    return relations ? (*relations)(x, links.heads, links.relations, links.tails)
                     : dot_decoder(x, links.heads, links.tails);
  }
  // The places of the answers among all vertices.
  basic_tensor<double> ranks(const tensor& x, const link_questions& q) const {
    const tensor query = relations ? relations->query(x, q.given, q.relations) : gather_rows(x, q.given);
    return filtered_ranks(query, x, q.answers, q.known);
  }
};

// What one training has come to; scores by name ("auc", "mrr", "hits@10", ...), each from 0 to 1.
struct link_result {
  int best = 0;                                        // the epoch, from 1 on, of the best validation
  double validation = 0;                               // its mean reciprocal rank
  std::vector<std::pair<std::string, double>> test{};  // of its weights
  state_map weights{};
  double seconds = 0;  // of all epochs
};

// Real and false links: their logits, and what these should be.
std::pair<tensor, tensor> judged(const network& net, const tensor& x, const link_list& real, const link_list& wrong) {
  return {concat({net.scores(x, real), net.scores(x, wrong)}, 0),
          concat({ones<float>({real.size(), 1}), zeros({wrong.size(), 1})}, 0)};
}

// Binary cross-entropy of the training links and of false ones, drawn anew in each epoch, all at once. Every few epochs
// the filtered mean reciprocal rank of the validation links tells which weights are the best.
link_result train(const link_data& data, const link_split& split, const message_graph& messages, network& net,
                  const run& o, std::uint64_t seed) {
  adam optimizer(parameters(net), {.lr = o.lr, .weight_decay = o.weight_decay});
  const link_questions questions(data, split.validation);
  progress line;
  link_result result;
  const auto start = std::chrono::steady_clock::now();
  for (int epoch = 1; epoch <= o.epochs; ++epoch) {
    set_training(net, true);
    const random_words words = philox(seed, static_cast<std::uint64_t>(epoch), 1 << 20);
    const link_list wrong =
        corrupted(split.train, messages.g, o.negatives, std::uint64_t{words.word[0]} << 32 | words.word[1]);
    const auto [logits, expected] = judged(net, net.encode(messages), split.train, wrong);
    const tensor loss = binary_cross_entropy_with_logits(logits, expected);
    check_runtime(std::isfinite(loss.item()), "link_prediction", "the loss is not finite in epoch ", epoch);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    stop_if_asked();
    line.show("epoch " + std::to_string(epoch) + " of " + std::to_string(o.epochs) + "  loss " +
              std::to_string(loss.item()));
    if (epoch % o.every != 0 && epoch != o.epochs) continue;

    const no_grad scope;
    set_training(net, false);
    const double mrr = mean_reciprocal_rank(net.ranks(net.encode(messages), questions));
    if (result.best > 0 && mrr <= result.validation) continue;
    result.best = epoch;
    result.validation = mrr;
    result.weights = clone(state_dict(net));
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

// The test links are looked at with the best weights alone.
void test(const link_data& data, const link_list& links, const message_graph& messages, network& net,
          std::uint64_t seed, link_result& result) {
  const no_grad scope;
  load_state_dict(net, result.weights);
  const tensor x = net.encode(messages);
  const auto [logits, expected] = judged(net, x, links, false_links(data, links, seed));
  const basic_tensor<double> ranks = net.ranks(x, link_questions(data, links));
  result.test = {{"auc", auc(logits, cast<bool>(expected))}, {"mrr", mean_reciprocal_rank(ranks)}};
  for (const int k : data.directed ? std::vector{1, 3, 10} : std::vector{10, 50, 100})
    result.test.emplace_back("hits@" + std::to_string(k), hits_at(ranks, k));
}

link_result split_and_train(const link_data& data, const run& o, int seed_number) {
  const auto seed = static_cast<std::uint64_t>(seed_number);
  const link_split split = split_links(data, o, seed);
  const message_graph messages(data, split.train);
  const std::int64_t leaked = num_leaked(data, messages, split.validation) + num_leaked(data, messages, split.test);
  check_runtime(leaked == 0, "link_prediction", leaked, " links that are held back pass messages");
  const auto count = [](const link_list& l) { return static_cast<long long>(l.size()); };
  std::printf("seed %d  %lld links to train, %lld to validate, %lld to test with; %lld of these pass messages\n",
              seed_number, count(split.train), count(split.validation), count(split.test),
              static_cast<long long>(leaked));
  std::fflush(stdout);
  network net(data, o, seed);
  link_result r = train(data, split, messages, net, o, seed);
  test(data, split.test, messages, net, seed, r);
  std::printf("        epoch %d of %d  validation mrr %.4f  test", r.best, o.epochs, r.validation);
  for (const auto& [name, value] : r.test) std::printf("  %s %.4f", name.c_str(), value);
  std::printf("  %.2f s\n", r.seconds);
  std::fflush(stdout);
  return r;
}

void predict(const CLI::App& app, run& o) {
  set_num_threads(o.threads);
  const link_data data = read_links(o.data);
  if (o.encoder.empty()) o.encoder = data.directed ? "rgcn" : "gcn";
  check(o.encoder == "none" || (o.encoder == "rgcn") == data.directed, "link_prediction", "--encoder ", o.encoder,
        " is not for ", data.directed ? "triples" : "undirected edges");
  for (const char* name : {"--layers", "--dropout"})
    check(!app.count(name) || o.encoder != "none", "link_prediction", name, " says nothing without an encoder");
  check(!app.count("--bases") || o.encoder == "rgcn", "link_prediction", "--bases says nothing to this encoder");
  std::printf("%s: %lld vertices, %lld links of %lld relations\n", o.encoder.c_str(),
              static_cast<long long>(data.num_vertices), static_cast<long long>(data.links.size()),
              static_cast<long long>(data.num_relations));
  hold_stop_signals();
  std::vector<seed_scores> scores;
  link_result last;
  double seconds = 0;
  for (int seed = 0; seed < o.seeds; ++seed) {
    last = split_and_train(data, o, seed);
    scores.resize(last.test.size());
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i].test.push_back(last.test[i].second);
    seconds += last.seconds;
  }
  std::vector<std::pair<std::string, double>> summary{{"seeds", o.seeds}};
  std::printf("test");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    std::printf("  %s %.4f +- %.4f", last.test[i].first.c_str(), scores[i].mean(), scores[i].deviation());
    summary.emplace_back(last.test[i].first + "_mean", scores[i].mean());
    summary.emplace_back(last.test[i].first + "_std", scores[i].deviation());
  }
  summary.emplace_back("seconds_per_epoch", seconds / o.seeds / o.epochs);
  std::printf("  %.4f s an epoch\n", summary.back().second);
  if (!o.save.empty()) write_safetensors(o.save, last.weights, {{"encoder", o.encoder}});
  if (!o.json.empty()) write_json(o.json, summary);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Predicts edges of an undirected graph, or triples of a knowledge base, that are held back"};
  run o;
  app.add_option("--data", o.data, "Edge list, .mtx file, or folder with edges.txt or triples.npy")
      ->required()
      ->option_text("PATH");
  app.add_option("--encoder", o.encoder, "Layers above the embeddings")
      ->check(CLI::IsMember({"gcn", "sage", "rgcn", "none"}))
      ->option_text("NAME [gcn; of triples rgcn]");
  add_number(app, "--width", o.width, "Width of embeddings and layers", 1, 65'536);
  add_number(app, "--layers", o.layers, "Layers", 1, 100);
  add_number(app, "--bases", o.bases, "Matrices that those of the relations are mixed from; 0: each its own", 0,
             65'536);
  add_number(app, "--dropout", o.dropout, "Probability of dropout before each layer", 0.0, 0.999);
  add_number(app, "--lr", o.lr, "Learning rate", 0.0, 1e6);
  add_number(app, "--weight-decay", o.weight_decay, "Weight decay", 0.0, 1e6);
  add_number(app, "--epochs", o.epochs, "Epochs", 1, 1'000'000);
  add_number(app, "--every", o.every, "Epochs from one validation to the next", 1, 1'000'000);
  add_number(app, "--negatives", o.negatives, "False heads, and false tails, for each link", 1, 1'000);
  add_number(app, "--validation", o.validation, "Share of links to validate with", 0.0, 1.0);
  add_number(app, "--test", o.test, "Share of links to test with", 0.0, 1.0);
  add_number(app, "--seeds", o.seeds, "Splits and trainings, of seeds 0, 1, ...", 1, 10'000);
  app.add_option("--json", o.json, "Writes the scores; makes the folder if there is none")->option_text("FILE");
  app.add_option("--save", o.save, "Writes the best weights of the last seed")->option_text("FILE.safetensors");
  add_number(app, "--threads", o.threads, "Threads", 1, 1'024);
  return run_program(app, argc, argv, [&] { predict(app, o); });
}
