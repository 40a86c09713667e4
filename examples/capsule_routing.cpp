// Dynamic routing between two layers of capsules (Sabour, Frosst, Hinton 2017): how the couplings of the in-capsules
// settle on out-capsules, call by call. Writes numbers and figures.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <sstream>

#include <common/capsule_figures.hpp>
#include <common/file_lock.hpp>
#include <common/program.hpp>
#include <common/staged_folder.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/capsule.hpp>
#include <edgefold/ops/segment.hpp>

namespace {

using namespace edgefold;

struct options {
  std::int64_t in = 20, out = 10, features = 4, calls = 10;
  int iterations = 1, threads = num_threads();
  std::uint64_t seed = 0;
  std::string u_hat, output = "out/capsule_routing";
  bool no_figures = false;
};

void add_options(CLI::App& app, options& o) {
  auto number = [&app](const char* name, auto& variable, const char* text, std::int64_t least, std::int64_t most) {
    app.add_option(name, variable, text)
        ->check(CLI::Range(least, most))
        ->option_text("N [" + std::to_string(variable) + "]");
  };
  number("--in", o.in, "In-capsules", 1, INT32_MAX);
  number("--out", o.out, "Out-capsules", 1, INT32_MAX);
  number("--features", o.features, "Dims of a prediction", 1, INT32_MAX);
  number("--calls", o.calls, "Calls of the routing layer", 1, INT32_MAX);
  number("--iterations", o.iterations, "Routing iterations in a call", 1, INT32_MAX);
  number("--seed", o.seed, "Seed of the random predictions", 0, INT64_MAX);
  number("--threads", o.threads, "Threads; results do not depend on them", 1, 1024);
  app.add_option("--u-hat", o.u_hat, "Predictions, float32 (in * out, features), instead of random ones")
      ->option_text("FILE.npy");
  app.add_option("--output", o.output, "Folder for the results")->option_text("DIR [" + o.output + "]");
  app.add_flag("--no-figures", o.no_figures, "Write the numbers only");
}

// What the page says about the run.
examples::parameter_list parameters(const options& o) {
  using std::to_string;
  return {{"in", to_string(o.in)},
          {"out", to_string(o.out)},
          {"features", to_string(o.features)},
          {"calls", to_string(o.calls)},
          {"iterations", to_string(o.iterations)},
          o.u_hat.empty() ? std::pair("seed", to_string(o.seed)) : std::pair("u_hat", o.u_hat)};
}

bool is_finite(const tensor& t) {
  return std::all_of(t.values().begin(), t.values().end(), [](float x) { return std::isfinite(x); });
}

// Row i * out + j: what in-capsule i predicts for out-capsule j.
tensor predictions(const options& o) {
  const shape_type shape{o.in * o.out, o.features};
  if (o.u_hat.empty()) return random_normal(shape, o.seed);
  tensor u_hat = read_npy_as<float>(o.u_hat);
  check_runtime(u_hat.shape() == shape, "capsule_routing", o.u_hat, " has shape ", u_hat.shape(), ", expected ", shape,
                " for (in * out, features)");
  check_runtime(is_finite(u_hat), "capsule_routing", o.u_hat, " holds NaN or infinity, expected finite numbers");
  return u_hat;
}

// Routes o.calls times; prints and keeps what each call did.
void route(const options& o, routing_layer& layer, const tensor& u_hat, examples::routing_history& h, tensor& v) {
  const id_list all(std::vector{o.in});
  std::printf("call  mean entropy  standard deviation\n");
  for (std::int64_t k = 0; k < o.calls; ++k) {
    layer(u_hat, o.iterations);
    const tensor c = layer.g.edata["c"], capsules = layer.g.ndata["v"];
    check_runtime(is_finite(capsules), "capsule_routing", "call ", k, ": v overflows, u_hat is too large");
    const auto of_each = entropy(cast<double>(c.reshape({o.in, o.out})));
    h.entropy.mean.push_back(segment_reduce(all, of_each, reduce::mean{}).item());
    h.entropy.deviation.push_back(segment_reduce(all, of_each, reduce::std{}).item());
    std::printf("%4d  %12.6f  %18.6f\n", static_cast<int>(k), h.entropy.mean.back(), h.entropy.deviation.back());
    std::copy_n(c.data(), c.size(), h.coupling.mutable_data() + k * c.size());
    std::copy_n(capsules.data() + o.in * o.features, v.width(),
                v.mutable_data() + k * v.width());  // in-capsules come first
  }
}

void write_numbers(examples::staged_folder& folder, const examples::routing_history& h, const tensor& v,
                   const tensor& b) {
  std::ostringstream csv;
  csv << "call,mean,std\n" << std::setprecision(9);
  for (std::size_t k = 0; k < h.entropy.mean.size(); ++k)
    csv << k << ',' << h.entropy.mean[k] << ',' << h.entropy.deviation[k] << '\n';
  folder.write_text("entropy.csv", csv.str());
  write_npy(folder.path() / "coupling.npy", h.coupling);
  write_npy(folder.path() / "v.npy", v);
  write_npy(folder.path() / "b.npy", b);
  folder.publish();
}

void run(const options& o) {
  set_num_threads(o.threads);
  const examples::file_lock lock = examples::file_lock::of_folder(o.output);
  examples::staged_folder folder(o.output);
  const tensor u_hat = predictions(o);
  routing_layer layer(o.in, o.out, o.features);
  examples::routing_history history{parameters(o), tensor::uninitialized({o.calls, o.in, o.out})};
  tensor v = tensor::uninitialized({o.calls, o.out, o.features});
  route(o, layer, u_hat, history, v);
  write_numbers(folder, history, v, layer.g.edata["b"].as().reshape({o.in, o.out}));
  std::cout << "numbers: " << o.output << "/entropy.csv, coupling.npy, v.npy, b.npy\n";
  if (o.no_figures) return;
  if (!examples::draw_routing(folder.path(), history)) {
    std::cout << "figures: skipped, there is no gnuplot in PATH\n";
    return;
  }
  folder.write_text("index.html", routing_page(history));
  folder.publish();
  std::cout << "figures: " << o.output << "/index.html, entropy.svg, histogram.gif, routing.gif\n";
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app("Routing by agreement between two layers of capsules, drawn call by call.", "capsule_routing");
  add_options(app, o);
  return examples::run_program(app, argc, argv, [&] { run(o); });
}
