// A trained network inside a program of its own: it reads weights that Python wrote, builds a graph for each event from
// arrays that it has anyway, and answers from several threads at once, each in an arena of its own.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <thread>

#include <common/program.hpp>
#include <edgefold/core/arena.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/train/module.hpp>
#include <training/saved_network.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;
using milliseconds = std::chrono::duration<double, std::milli>;

struct run {
  std::string weights, event, output;
  std::vector<std::int64_t> sizes{1, 100, 10'000};
  std::int64_t degree = 8;
  int events = 200, callers = 2, threads = 1;
};

// What an event is in the caller's program: plain arrays.
struct event {
  std::vector<std::int64_t> offsets;  // the in-edges of vertex v come from sources[offsets[v]] .. [offsets[v + 1] - 1]
  std::vector<std::int32_t> sources;
  std::vector<float> features;  // row after row

  event(std::int64_t vertices, std::int64_t degree, std::int64_t width, std::uint64_t seed) {
    const auto others = random_integers({vertices * degree}, vertices, seed);
    for (std::int64_t v = 0; v < vertices; ++v) {
      offsets.push_back(std::ssize(sources));
      sources.push_back(static_cast<std::int32_t>(v));  // a self-loop
      if (vertices > 1)
        for (std::int64_t k = 0; k < degree; ++k)
          sources.push_back(static_cast<std::int32_t>(others.at(v * degree + k)));
    }
    offsets.push_back(std::ssize(sources));
    const tensor values = random_normal({vertices, width}, seed, 1);
    features.assign(values.values().begin(), values.values().end());
  }
};

// Features are not copied: the tensor looks at the caller's array, which outlives it. A graph keeps ids of its own.
tensor answer(const saved_network& network, event& e) {
  const auto view = [](auto& v) {
    return basic_tensor<std::decay_t<decltype(v[0])>>::wrap(v.data(), {std::ssize(v)}, nullptr);
  };
  const graph g = graph::from_csc(view(e.offsets), view(e.sources));
  return network(g, tensor::wrap(e.features.data(), {g.num_vertices(), network.in}, nullptr));
}

// How long each event takes, while `callers` threads share the network and take the events in turn.
std::vector<milliseconds> latencies(const saved_network& network, std::vector<event>& events, const run& o) {
  std::vector<milliseconds> taken(events.size());
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(o.callers));
  std::vector<std::jthread> callers;
  for (std::size_t c = 0; c < failures.size(); ++c)
    callers.emplace_back([&, c] {
      try {
        run_in_arena(o.threads, [&] {
          const no_grad scope;  // no tape, and no memory for one
          for (std::size_t i = c; i < events.size(); i += failures.size()) {
            const auto start = std::chrono::steady_clock::now();
            answer(network, events[i]);
            taken[i] = std::chrono::steady_clock::now() - start;
          }
        });
      } catch (...) {
        failures[c] = std::current_exception();
      }
    });
  callers.clear();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  return taken;
}

void print_latencies(const saved_network& network, std::int64_t vertices, const run& o) {
  std::vector<event> events;
  events.reserve(static_cast<std::size_t>(o.events));
  for (int i = 0; i < o.events; ++i) events.emplace_back(vertices, o.degree, network.in, static_cast<std::uint64_t>(i));
  latencies(network, events, o);  // to warm up
  const auto start = std::chrono::steady_clock::now();
  std::vector<milliseconds> taken = latencies(network, events, o);
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - start;
  std::sort(taken.begin(), taken.end());
  const auto percentile = [&](double p) {  // the least that p per cent do not exceed
    const auto rank = static_cast<std::size_t>(std::ceil(p / 100 * static_cast<double>(taken.size())));
    return taken[std::max<std::size_t>(rank, 1) - 1].count();
  };
  std::printf("%9lld %9zu %10.4f %10.4f %10.4f %10.4f %12.0f\n", static_cast<long long>(vertices),
              events[0].sources.size(), percentile(50), percentile(90), percentile(99), percentile(100),
              static_cast<double>(taken.size()) / all.count());
  std::fflush(stdout);
}

// One event of a file: arrays src, dst and x.
void answer_file(const saved_network& network, const run& o) {
  const auto arrays = read_npz(o.event);
  const auto get = [&]<class T>(const char* name) {
    const auto* array = std::get_if<basic_tensor<T>>(&arrays.at(name));
    check_runtime(array != nullptr, "inference", o.event, " holds no ", scalar_name<T>(), " array called ", name);
    return *array;
  };
  const auto x = get.operator()<float>("x");
  const graph g = graph::from_coo(get.operator()<std::int64_t>("src"), get.operator()<std::int64_t>("dst"), x.rows());
  const no_grad scope;
  const tensor y = network(g, x);
  std::printf("%s: %lld vertices, %lld edges, answer %s\n", o.event.c_str(), static_cast<long long>(g.num_vertices()),
              static_cast<long long>(g.num_edges()), to_string(y.shape()).c_str());
  if (!o.output.empty()) write_npy(o.output, y);
}

// Two layers that nobody trained, for those who have no file.
saved_network untrained() {
  saved_network made;
  made.layers.emplace_back(graph_conv(32, 64, {}, 0));
  made.layers.emplace_back(graph_conv(64, 8, {}, 0, 1));
  made.in = 32;
  return made;
}

void infer(const run& o) {
  const saved_network network = o.weights.empty() ? untrained() : read_saved_network(o.weights);
  if (!o.event.empty()) return answer_file(network, o);
  std::printf("%zu layers, features of width %lld; %d callers with an arena of %d threads each; milliseconds\n",
              network.layers.size(), static_cast<long long>(network.in), o.callers, o.threads);
  std::printf("%9s %9s %10s %10s %10s %10s %12s\n", "vertices", "edges", "p50", "p90", "p99", "worst", "events/s");
  for (const std::int64_t vertices : o.sizes) print_latencies(network, vertices, o);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs a network that Python trained on events, from several threads, and says how long an event takes"};
  run o;
  app.add_option("--weights", o.weights, "Layers of torch or DGL; else two that nobody trained")
      ->option_text("FILE.safetensors");
  const auto of_file =
      app.add_option("--event", o.event, "One event instead: arrays src, dst, x")->option_text("FILE.npz");
  app.add_option("--output", o.output, "Writes the answer to that event")->option_text("FILE.npy")->needs(of_file);
  add_number(app, "--sizes", o.sizes, "Vertices of the events", std::int64_t{1}, std::int64_t{100'000'000});
  add_number(app, "--degree", o.degree, "Edges into a vertex, beside its self-loop", std::int64_t{0},
             std::int64_t{10'000});
  add_number(app, "--events", o.events, "Events of each size", 1, 1'000'000);
  add_number(app, "--callers", o.callers, "Threads that take events", 1, 1'024);
  add_number(app, "--threads", o.threads, "Threads of the arena that each caller has", 1, 1'024);
  return run_program(app, argc, argv, [&] { infer(o); });
}
