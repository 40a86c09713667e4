// Some in-edges of some vertices.
#include <edgefold/ops/sample/sample_neighbors.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/block.hpp>

#include <support/chi_square.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

#include <set>
#include <thread>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using id_tensor = basic_tensor<std::int64_t>;

id_tensor edges_of(const graph& g) { return g.edata[original_id]; }

// How often each list of sources came, one list a vertex of complete_block(sources, destinations).
std::map<std::vector<vertex_id>, double> lists_drawn(const graph& g, std::int64_t fan_out, const sample_options& o) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(g.num_dst()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const graph s = sample_neighbors(g, all, fan_out, o);
  std::map<std::vector<vertex_id>, double> counts;
  for (vertex_id v = 0; v < s.num_dst(); ++v) {
    std::vector<vertex_id> list;
    for (const edge_id e : s.in_edges(v)) list.push_back(s.source(e));
    ++counts[list];
  }
  return counts;
}

// A complete block whose edge weights depend on the source.
graph weighted_block(const std::vector<float>& weights, std::int64_t num_dst) {
  const auto n = static_cast<std::int64_t>(weights.size());
  graph g = generate::complete_block(n, num_dst);
  tensor w({g.num_edges(), 1});
  for (std::int64_t e = 0; e < g.num_edges(); ++e) w.mutable_data()[e] = weights[static_cast<std::size_t>(g.source(e))];
  g.edata["w"] = w;
  return g;
}

std::vector<std::int64_t> random_seeds(const graph& g, std::int64_t least) {
  const id_tensor order = random_permutation(g.num_vertices(), *rc::gen::inRange<std::uint64_t>(0, 99));
  const std::int64_t n = *rc::gen::inRange<std::int64_t>(least, g.num_vertices() + 1);
  return {order.values().begin(), order.values().begin() + n};
}

sample_options random_options() {
  return {.replace = *rc::gen::arbitrary<bool>(),
          .weight = *rc::gen::element<std::string>("", "w"),
          .seed = *rc::gen::inRange<std::uint64_t>(0, 1000)};
}

// Weights of which about a third are 0.
graph weighted_multigraph() {
  graph g = random_multigraph();
  tensor w = random_uniform({g.num_edges()}, *rc::gen::inRange<std::uint64_t>(0, 99), -0.5F, 1.0F);
  for (std::int64_t e = 0; e < w.size(); ++e) w.mutable_data()[e] = std::max(w.data()[e], 0.0F);
  g.edata["w"] = w;
  return g;
}

std::int64_t expected_count(const graph& g, std::int64_t v, std::int64_t fan_out, const sample_options& o) {
  std::int64_t n = 0;
  for (const edge_id e : g.in_edges(static_cast<vertex_id>(v)))
    n += o.weight.empty() || g.edata["w"].as().at(e) > 0 ? 1 : 0;
  return fan_out < 0 || n == 0 ? n : o.replace ? fan_out : std::min(n, fan_out);
}

TEST_CASE("property: chosen edges are in-edges of the seeds, as many as asked for") {
  check_property([] {
    graph g = weighted_multigraph();
    g.ndata["h"] = random_normal({g.num_vertices(), 2}, 1);
    const std::vector<std::int64_t> seeds = random_seeds(g, 0);
    const std::int64_t fan_out = *rc::gen::element<std::int64_t>(-1, 1, 2, 3, 70);
    const sample_options o = random_options();
    const graph s = sample_neighbors(g, seeds, fan_out, o);
    const id_tensor edges = edges_of(s);
    RC_ASSERT(s.num_vertices() == g.num_vertices());
    RC_ASSERT(same_bits(s.ndata["h"].as(), g.ndata["h"].as()));
    RC_ASSERT(same_bits(s.edata["w"].as(), gather_rows(g.edata["w"].as(), edges)));
    std::int64_t next = 0;
    for (const std::int64_t v : seeds) {
      const std::int64_t count = expected_count(g, v, fan_out, o);
      for (std::int64_t i = 0; i < count; ++i, ++next) {
        const edge_id e = edges.at(next);
        RC_ASSERT(s.target(next) == v);
        RC_ASSERT(g.target(e) == v);
        RC_ASSERT(g.source(e) == s.source(next));
        RC_ASSERT((o.weight.empty() || g.edata["w"].as().at(e) > 0));
        if (i > 0) RC_ASSERT((edges.at(next - 1) < e || (o.replace && fan_out > 0 && edges.at(next - 1) == e)));
      }
    }
    RC_ASSERT(next == s.num_edges());
  });
}

TEST_CASE("property: blocks have the edges that sampling layer by layer gives") {
  check_property([] {
    const graph g = weighted_multigraph();
    const std::vector<std::int64_t> seeds = random_seeds(g, 1);
    const sample_options o = random_options();
    const std::vector<std::int64_t> fan_outs{*rc::gen::element<std::int64_t>(-1, 1, 3), 2};
    const std::vector<graph> blocks = sample_blocks(g, seeds, fan_outs, o);
    RC_ASSERT(blocks.size() == 2U);
    RC_ASSERT(same_bits(id_tensor(blocks[1].dstdata[original_id]), id_tensor({std::ssize(seeds)}, std::span(seeds))));
    RC_ASSERT(same_bits(id_tensor(blocks[0].dstdata[original_id]), id_tensor(blocks[1].srcdata[original_id])));
    RC_ASSERT(same_bits(edges_of(blocks[0]),
                        edges_of(sample_neighbors(g, id_tensor(blocks[0].dstdata[original_id]), fan_outs[0], o))));
    for (std::size_t layer : {0U, 1U}) {
      const graph& b = blocks[layer];
      const id_tensor src = b.srcdata[original_id], dst = b.dstdata[original_id], edges = edges_of(b);
      RC_ASSERT(std::equal(dst.values().begin(), dst.values().end(), src.values().begin()));
      RC_ASSERT(std::set<std::int64_t>(src.values().begin(), src.values().end()).size() == src.values().size());
      for (std::int64_t e = 0; e < b.num_edges(); ++e) {
        RC_ASSERT(src.at(b.source(e)) == g.source(edges.at(e)));
        RC_ASSERT(dst.at(b.target(e)) == g.target(edges.at(e)));
      }
      for (vertex_id v = 0; v < b.num_dst(); ++v)
        RC_ASSERT(b.in_degree(v) == expected_count(g, dst.at(v), fan_outs[layer], o));
    }
  });
}

TEST_CASE("all neighbours are full blocks") {
  const graph g = generate::rmat(8, 2000, 1);
  const std::vector<graph> a = sample_blocks(g, {3, 5, 8}, {-1, 100000}), b = full_blocks(g, {3, 5, 8}, 2);
  for (std::size_t i : {0U, 1U}) {
    CHECK(same_bits(edges_of(a[i]), edges_of(b[i])));
    CHECK(same_bits(id_tensor(a[i].srcdata[original_id]), id_tensor(b[i].srcdata[original_id])));
  }
}

TEST_CASE("uniform: every subset is as likely") {
  CHECK(chi_square_uniform(lists_drawn(generate::complete_block(6, 40000), 3, {.seed = 5}), 20) < 5);
  CHECK(chi_square_uniform(lists_drawn(generate::complete_block(5, 40000), 4, {.seed = 6}), 5) < 5);
  std::map<vertex_id, double> singles;  // of subsets too large to list: each source is in half of them
  for (const auto& [list, count] : lists_drawn(generate::complete_block(200, 4000), 100, {.seed = 7})) {
    REQUIRE(list.size() == 100);
    for (const vertex_id u : list) singles[u] += count;
  }
  REQUIRE(singles.size() == 200);
  for (const auto& [u, count] : singles) CHECK(std::abs(count - 2000) < 5 * std::sqrt(1000));
}

TEST_CASE("uniform with replacement: each edge of each draw is as likely") {
  std::map<std::vector<vertex_id>, double> p;
  for (vertex_id a = 0; a < 4; ++a)
    for (vertex_id b = a; b < 4; ++b) p[{a, b}] = a == b ? 1 / 16.0 : 1 / 8.0;
  CHECK(chi_square(lists_drawn(generate::complete_block(4, 40000), 2, {.replace = true}), p) < 5);
}

TEST_CASE("by weight: pairs are drawn one after another in proportion to what is left") {
  const std::vector<float> w{1, 2, 3, 0, 4};
  const double total = 10;
  std::map<std::vector<vertex_id>, double> without, with;
  for (vertex_id a = 0; a < 5; ++a)
    for (vertex_id b = a; b < 5; ++b) {
      const double x = w[static_cast<std::size_t>(a)], y = w[static_cast<std::size_t>(b)];
      if (x * y == 0) continue;
      if (a != b) without[{a, b}] = x / total * y / (total - x) + y / total * x / (total - y);
      with[{a, b}] = x * y / total / total * (a == b ? 1 : 2);
    }
  const graph g = weighted_block(w, 40000);
  CHECK(chi_square(lists_drawn(g, 2, {.weight = "w", .seed = 1}), without) < 5);
  CHECK(chi_square(lists_drawn(g, 2, {.replace = true, .weight = "w", .seed = 2}), with) < 5);
  CHECK(lists_drawn(g, 7, {.weight = "w"}).size() == 1);  // the four that are not 0
  CHECK(sample_neighbors(weighted_block({0, 0}, 3), {0, 2}, 2, {.weight = "w"}).num_edges() == 0);
  CHECK(sample_neighbors(weighted_block({0, 0}, 3), {1}, 2, {.replace = true, .weight = "w"}).num_edges() == 0);
}

TEST_CASE("a hub costs no more than what is drawn of it") {
  const graph g = generate::star(3'000'000);
  for (const std::int64_t k : {15, 100, 1000, 2999990}) {
    const id_tensor edges = edges_of(sample_neighbors(g, {0}, k));
    CHECK(std::set<std::int64_t>(edges.values().begin(), edges.values().end()).size() == static_cast<std::size_t>(k));
  }
  std::map<std::int64_t, double> tenths;  // in which tenth of the hub's edges each of 15 * 400 was
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const id_tensor edges = edges_of(sample_neighbors(g, {0}, 15, {.seed = seed}));
    for (const edge_id e : edges.values()) ++tenths[e / 300'000];
  }
  CHECK(chi_square_uniform(tenths, 10) < 5);
}

TEST_CASE("the seed and the layer decide, not the batch and not the threads") {
  graph g = generate::rmat(10, 20000, 1);
  g.edata["w"] = random_uniform({g.num_edges()}, 1);
  const id_tensor seeds = random_permutation(g.num_vertices(), 1);
  for (const sample_options& o : {sample_options{}, sample_options{.replace = true}, sample_options{.weight = "w"},
                                  sample_options{.replace = true, .weight = "w"}}) {
    check_thread_counts([&] { return edges_of(sample_blocks(g, seeds, {5, 3}, o)[0]); });
    check_thread_counts([&] { return id_tensor(sample_blocks(g, seeds, {5, 3}, o)[0].srcdata[original_id]); });
    sample_options other = o;
    other.seed = 1;
    CHECK(!same_bits(edges_of(sample_neighbors(g, seeds, 3, o)), edges_of(sample_neighbors(g, seeds, 3, other))));
    const std::vector<graph> blocks = sample_blocks(g, {0, 1, 2, 3}, {3, 3}, o);
    CHECK(!same_bits(edges_of(sample_neighbors(g, {0, 1, 2, 3}, 3, o)), edges_of(blocks[1])));  // which is layer 1
    const graph among_others = sample_neighbors(g, {7, 2, 5}, 3, o);
    std::vector<std::int64_t> of_2;
    for (const edge_id e : among_others.in_edges(2)) of_2.push_back(edges_of(among_others).at(e));
    CHECK(same_bits(edges_of(sample_neighbors(g, {2}, 3, o)), id_tensor({std::ssize(of_2)}, std::span(of_2))));
  }
}

TEST_CASE("several threads sample from one graph at once") {
  const graph g = generate::rmat(10, 20000, 1);  // whose in-edges are not grouped yet
  std::vector<id_tensor> found(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < found.size(); ++i)
    threads.emplace_back([&, i] { found[i] = edges_of(sample_blocks(g, {1, 2, 3}, {10, 5}, {.seed = i})[0]); });
  for (std::thread& t : threads) t.join();
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(same_bits(found[i], edges_of(sample_blocks(g, {1, 2, 3}, {10, 5}, {.seed = i})[0])));
}

TEST_CASE("relations are sampled each by its own fan-out") {
  hetero_graph g({{"user", 3}, {"game", 2}}, {{{"user", "follows", "user"}, {0, 1, 2, 0}, {1, 1, 1, 2}},
                                              {{"user", "plays", "game"}, {0, 1, 2}, {0, 0, 1}},
                                              {{"game", "fits", "game"}, {1}, {0}}});
  g.nodes("user")["h"] = random_normal({3, 2}, 1);
  g["follows"].edata["w"] = tensor({4}, {0, 1, 2, 3});
  g["plays"].edata["w"] = tensor({3}, {1, 1, 0});
  const hetero_graph s =
      sample_neighbors(g, {{"user", {1}}, {"game", {1, 0}}}, {{"follows", 2}, {"plays", -1}}, {.weight = "w"});
  CHECK(s.vertex_types() == g.vertex_types());
  CHECK(s.edge_types() == g.edge_types());
  CHECK(same_bits(edges_of(s["follows"]), id_tensor({2}, {1, 2})));
  CHECK(same_bits(edges_of(s["plays"]), id_tensor({2}, {0, 1})));
  CHECK(s["plays"].source(1) == 1);
  CHECK(s["fits"].num_edges() == 0);
  CHECK(same_bits(s.nodes("user")["h"].as(), g.nodes("user")["h"].as()));
  CHECK(same_bits(s["follows"].edata["w"].as(), tensor({2}, {1, 2})));
  CHECK(sample_neighbors(g, {{"game", {0}}}, {{"follows", 2}, {"plays", 1}}).num_edges("follows") == 0);
  CHECK_THROWS_SAYING(sample_neighbors(g, {{"film", {0}}}, {{"plays", 1}}), std::invalid_argument, "\"film\"");
  CHECK_THROWS_SAYING(sample_neighbors(g, {{"game", {2}}}, {{"plays", 1}}), std::invalid_argument, "seed 0 is 2");
  CHECK_THROWS_SAYING(sample_neighbors(g, {}, {{"buys", 1}}), std::invalid_argument, "no relation \"buys\"");
  CHECK_THROWS_SAYING(sample_neighbors(g, {}, {{"plays", 1}, {"plays", 2}}), std::invalid_argument, "named twice");
  CHECK_THROWS_SAYING(sample_neighbors(g, {}, {{"plays", 0}}), std::invalid_argument, "fan-out is 0");
  CHECK_THROWS_SAYING(sample_neighbors(g, {}, {{"fits", 1}}, {.weight = "w"}), std::invalid_argument, "\"w\"");
}

TEST_CASE("what cannot be sampled is refused") {
  graph g({{0, 1}, {1, 2}, {0, 2}});
  g.edata["w"] = tensor({3}, {1, -1, 1});
  g.edata["nan"] = tensor({3}, {1, NAN, 1});
  g.edata["inf"] = tensor({3, 1}, {1, INFINITY, 1});
  g.edata["wide"] = tensor({3, 2});
  g.edata["double"] = basic_tensor<double>({3, 1});
  const auto said = [](std::string_view text) { return "[sample_neighbors] " + std::string(text); };
  CHECK_THROWS_SAYING(sample_neighbors(g, {0}, 0), std::invalid_argument, said("fan-out is 0, expected 1 or more"));
  CHECK_THROWS_SAYING(sample_neighbors(g, {0}, -2), std::invalid_argument, said("fan-out is -2"));
  CHECK_THROWS_SAYING(sample_neighbors(g, {0, 1}, std::int64_t{1} << 62, {.replace = true}), std::invalid_argument,
                      said("fan-out is 4611686018427387904"));
  CHECK_THROWS_SAYING(sample_neighbors(g, {0, 3}, 1), std::invalid_argument,
                      said("seed 1 is 3, expected an id from 0 to 2"));
  CHECK_THROWS_SAYING(sample_neighbors(g, {2, 1, 2}, 1), std::invalid_argument, said("vertex 2 is given twice"));
  CHECK(sample_neighbors(g, {1}, 1, {.weight = "w"}).num_edges() == 1);
  CHECK_THROWS_SAYING(sample_neighbors(g, {2}, 1, {.weight = "w"}), std::invalid_argument,
                      said("weight of edge 1 is -1"));
  CHECK_THROWS_SAYING(sample_neighbors(g, {2}, 1, {.weight = "nan"}), std::invalid_argument, "is nan");
  CHECK_THROWS_SAYING(sample_neighbors(g, {2}, 1, {.weight = "inf"}), std::invalid_argument, "is inf");
  CHECK_THROWS_SAYING(sample_neighbors(g, {2}, 1, {.weight = "none"}), std::invalid_argument, "\"none\"");
  CHECK_THROWS_SAYING(sample_neighbors(g, {2}, 1, {.weight = "wide"}), std::invalid_argument, "shape (3, 2)");
  CHECK_THROWS_SAYING(sample_neighbors(g, {2}, 1, {.weight = "double"}), std::invalid_argument, "double");
  CHECK_THROWS_SAYING(sample_blocks(g, {}, {1}), std::invalid_argument, "[sample_blocks] no seeds");
  CHECK_THROWS_SAYING(sample_blocks(g, {0}, {}), std::invalid_argument, "[sample_blocks] no layers");
  CHECK_THROWS_SAYING(sample_blocks(g, {0}, {1, 0}), std::invalid_argument, "[sample_blocks] fan-out is 0");
  CHECK_THROWS_SAYING(sample_blocks(g, {0, 0}, {1}), std::invalid_argument, "[sample_blocks] vertex 0 is given twice");
  CHECK_THROWS_SAYING(sample_blocks(g, {5}, {1}), std::invalid_argument, "[sample_blocks] seed 0 is 5");
  CHECK_THROWS_SAYING(sample_blocks(graph::bipartite({0}, {0}, 1, 1), {0}, {1}), std::invalid_argument,
                      "two vertex sets");
}

}  // namespace
}  // namespace edgefold
