/// Any built-in message with any shipped reducer on a graph from files, timed.
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>

#include <common/named_pass.hpp>
#include <common/program.hpp>
#include <common/progress.hpp>
#include <edgefold/core/io/graph_file.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/random.hpp>

using namespace edgefold;
using namespace edgefold::examples;

namespace {

struct options {
  std::string graph, message, reduce, output;
  std::optional<std::string> lhs, rhs;
  std::int64_t vertices = -1, features = 16;
  std::uint64_t seed = 0;
  int repeat = 5, threads = num_threads();
};

constexpr const char* notes =
    "Messages: copy_u, copy_v, copy_e, and {u,v,e}_{add,sub,mul,div,dot}_{u,v,e} of two unlike sides: u is the\n"
    "source of an edge, v its destination, e the edge itself. Reducers: sum, mean, max, min, prod, var, std,\n"
    "log_sum_exp, softmax, power_mean, median, quantile, any, all; none gives the message of every edge. softmax (its\n"
    "beta), power_mean (its power; messages that are not positive give nan) and quantile take a number: quantile:0.9.\n"
    "The time is that of the pass alone, on edges grouped by destination beforehand. GB/s counts the row of each\n"
    "operand for every edge (wherever it comes from, memory or cache) and the result once; ids are not counted.";

void add_options(CLI::App& app, options& o) {
  app.footer(notes);
  app.add_option("--graph", o.graph,
                 "edge list (.txt .csv .tsv), matrix (.mtx), (E, 2) integers (.npy) or data-set folder")
      ->type_name("PATH")
      ->required();
  app.add_option("--vertices", o.vertices, "how many, where the file does not say it")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--message", o.message, "see below")->type_name("NAME")->required();
  app.add_option("--reduce", o.reduce, "see below")->type_name("NAME")->required();
  app.add_option("--lhs", o.lhs,
                 "left operand: a file with a row for each vertex or edge of its side, of any shape that "
                 "broadcasts; or a column that the graph came with (feat, label, weight); else normal(0,1)")
      ->type_name("FILE.npy");
  app.add_option("--rhs", o.rhs, "right operand, likewise")->type_name("FILE.npy");
  app.add_option("--features", o.features, "width of operands that are drawn")
      ->type_name("WIDTH")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of operands that are drawn")->type_name("SEED")->capture_default_str();
  app.add_option("--output", o.output, "where to write the result")->type_name("FILE.npy");
  app.add_option("--repeat", o.repeat, "passes to take the median time of")
      ->type_name("K")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--threads", o.threads)->type_name("N")->check(CLI::Range(1, 1024))->capture_default_str();
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class T>
double median_of(std::vector<T> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return (static_cast<double>(values[(n - 1) / 2]) + static_cast<double>(values[n / 2])) / 2;
}

/// The operand that the command line says, as floats.
tensor operand_for(const graph& g, side where, const std::optional<std::string>& given, const options& o,
                   std::uint64_t stream) {
  const frame& columns = where == side::src ? g.srcdata : where == side::dst ? g.dstdata : g.edata;
  if (!given) return random_normal({columns.num_rows(), o.features}, o.seed, stream);
  const bool is_file = std::filesystem::path(*given).extension() == ".npy";
  const any_tensor found = is_file ? read_npy(*given) : columns.get(*given);
  return std::visit([](const auto& t) { return cast<float>(t); }, found);
}

void print_graph(const graph& g, double seconds) {
  std::vector<std::int64_t> degrees;
  const edge_groups& in = g.topology().in_edges();
  for (std::int64_t v = 0; v < in.num_groups; ++v) degrees.push_back(in.degree(v));
  if (g.is_bipartite()) std::cout << "vertices    " << g.num_src() << " sources, " << g.num_dst() << " destinations\n";
  else std::cout << "vertices    " << g.num_vertices() << '\n';
  const auto zero = std::ranges::count(degrees, 0);
  if (degrees.empty()) degrees.push_back(0);
  const auto [least, greatest] = std::ranges::minmax(degrees);
  std::cout << "edges       " << g.num_edges() << "\nin-degrees  least " << least << std::setprecision(12)
            << ", median " << median_of(degrees) << ", greatest " << greatest << ", zero at " << zero << " vertices\n"
            << std::fixed << std::setprecision(3) << "reading     " << seconds << " s\n";
}

void print_result(const any_tensor& result, std::int64_t operand_width, std::int64_t edges,
                  const std::vector<double>& times) {
  const auto result_bytes =
      std::visit([](const auto& t) { return static_cast<double>(t.size()) * sizeof(*t.data()); }, result);
  const double bytes = static_cast<double>(operand_width * edges) * sizeof(float) + result_bytes;
  const double seconds = median_of(times);
  std::cout << "output      " << to_string(shape_of(result)) << ' ' << scalar_name(result) << "\ntime        "
            << std::fixed << std::setprecision(3) << seconds * 1e3 << " ms, the median of " << times.size() << ", "
            << std::setprecision(2) << bytes / seconds * 1e-9 << " GB/s\n";
}

void pass_messages(const options& o) {
  progress step;
  const named_message message = find_message(o.message);
  const named_reducer reducer = find_reducer(o.reduce);
  check(message.is_binary() || !o.rhs, "message", o.message, " has one operand, --rhs is a second");
  set_num_threads(o.threads);

  step.show("reading " + o.graph);
  const auto start = std::chrono::steady_clock::now();
  const graph g = read_graph(o.graph, o.vertices);
  g.topology().in_edges();  // grouped on first use, which is not to be part of the first pass
  const double reading = seconds_since(start);

  step.show("operands");
  const tensor lhs = operand_for(g, message.lhs, o.lhs, o, 0);
  const tensor rhs = message.is_binary() ? operand_for(g, message.rhs, o.rhs, o, 1) : tensor();
  any_tensor result;
  std::vector<double> times;
  for (int pass = 1; pass <= o.repeat; ++pass) {
    step.show("pass " + std::to_string(pass) + " of " + std::to_string(o.repeat));
    result = any_tensor();  // its memory is given back before the clock runs
    const auto begin = std::chrono::steady_clock::now();
    result = run_pass(g, message, reducer, lhs, rhs);
    times.push_back(seconds_since(begin));
  }
  if (!o.output.empty()) write_npy(o.output, result);
  step.clear();
  print_graph(g, reading);
  print_result(result, lhs.width() + rhs.width(), g.num_edges(), times);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Passes messages along the edges of a graph from a file, and folds them at their destinations.",
               "message_passing");
  options o;
  add_options(app, o);
  return run_program(app, argc, argv, [&] { pass_messages(o); });
}
