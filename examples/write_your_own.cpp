// A network of your own, from nothing to trained, which docs/write_your_own.md walks through.
#include <cstdio>

#include <edgefold/edgefold.hpp>

using namespace edgefold;

// A reducer that does not ship: the root mean square of what arrives.
struct rms {
  template <class T>
  struct state {
    T squares;
  };
  // clang-format off
  template <class T> state<T> init() const { return {T(0)}; }
  template <class T> state<T> step(const state<T>& s, const T& m) const { return {s.squares + m * m}; }
  template <class T> T finish(const state<T>& s, const T& degree) const { return sqrt(s.squares / degree + 1e-6); }
  // clang-format on
};

// How much of a neighbour's features passes depends on both ends and on a learned gate: three operands, one functor.
const auto gated = [](auto u, auto v, auto gate) { return u * sigmoid(gate * (u + v)); };

template <class T>
auto gather(const graph& g, const basic_tensor<T>& h, const basic_tensor<T>& gate) {
  return update_all(g, message(gated, src(h), dst(h), edgefold::shared(gate)),
                    reduce::multi(reduce::mean{}, reduce::max{}, rms{}));
}

struct network {
  linear in, mix, out;
  tensor gate;
  network(std::int64_t width, std::int64_t hidden, std::int64_t classes)
      : in(width, hidden, 0, 0), mix(4 * hidden, hidden, 0, 2), out(hidden, classes, 0, 4), gate(ones({1, hidden})) {
    require_grad(*this);
  }
  void visit(auto& v) { v("in", in), v("mix", mix), v("out", out), v("gate", gate); }
  tensor operator()(const graph& g, const tensor& x, double drop, std::uint64_t step) const {
    tensor h = relu(in(dropout(x, drop, 1, 2 * step)));
    h = relu(mix(concat({h, gather(g, h, gate)}, 1)));
    return out(dropout(h, drop, 1, 2 * step + 1));
  }
};

int main(int argc, char** argv) try {
  check(argc == 2, "write_your_own", "expected one argument: the folder of a data set");
  const std::string folder = argv[1];
  check(std::filesystem::is_directory(folder), "write_your_own", "there is no folder \"", folder, "\"");
  const graph g = read_graph(folder);
  tensor x = g.ndata["feat"];
  x = x / clamp_min(sum_last(x), 1);
  const auto labels = g.ndata["label"].as<std::int64_t>().reshape({-1});
  const auto train = read_npy_as<std::int64_t>(folder + "/train_idx.npy"),
             test = read_npy_as<std::int64_t>(folder + "/test_idx.npy");

  // Is the gradient that nobody wrote right? In double, against differences.
  const graph small({{0, 1}, {2, 1}, {1, 0}, {2, 0}, {3, 2}}, 4);
  const auto checked = grad_check([&](const auto& in) { return gather(small, in[0], in[1]); },
                                  {random_normal<double>({4, 5}, 1), random_normal<double>({1, 5}, 2)});
  std::printf("gradients agree: %s\n", checked ? "yes" : checked.where.c_str());

  network net(x.width(), 32, 1 + *std::max_element(labels.values().begin(), labels.values().end()));
  adam optimizer(parameters(net), {.lr = 0.01, .weight_decay = 5e-4});
  for (std::uint64_t epoch = 0; epoch < 100; ++epoch) {
    const tensor loss = cross_entropy(gather_rows(net(g, x, 0.5, epoch), train), gather_rows(labels, train));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
  const no_grad scope;
  const auto predicted = argmax_last(gather_rows(net(g, x, 0, 0), test)), expected = gather_rows(labels, test);
  double right = 0;
  for (std::int64_t i = 0; i < test.size(); ++i) right += predicted.at(i) == expected.at(i);
  std::printf("test accuracy: %.1f %%\n", 100 * right / static_cast<double>(test.size()));
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 2;
}
