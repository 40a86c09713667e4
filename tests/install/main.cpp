// What a user writes: a message and a reducer of their own, and everything that crosses into the compiled library.
#include <edgefold/edgefold.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <vector>

using namespace edgefold;

// The mean of the messages' logarithms.
struct log_mean {
  template <class T>
  struct state {
    T sum;
  };
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.sum + log(m)};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return s.sum / degree;
  }
};

namespace {

constexpr std::int64_t width = 37;  // full vectors and a rest, whatever their length
int failures = 0;

void expect(bool ok, const char* what) {
  if (ok) return;
  std::cerr << "wrong: " << what << '\n';
  ++failures;
}

bool close(float a, double b) { return std::abs(static_cast<double>(a) - b) <= 1e-5 * std::max(1.0, std::abs(b)); }

graph small_graph() {
  graph g({{0, 1}, {0, 2}, {2, 1}});
  tensor h({3, width});
  for (int v = 0; v < 3; ++v) h.mutable_matrix().row(v).setLinSpaced(1.0f + static_cast<float>(v), 9.0f);
  g.ndata["h"] = h;
  g.edata["w"] = tensor({3, 1}, {0.5f, 2.0f, 3.0f});
  return g;
}

void test_eigen() {
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows(3, 5);
  for (int i = 0; i < 15; ++i) rows.data()[i] = static_cast<float>(i);
  const float* memory = rows.data();
  tensor t = tensor::from(std::move(rows));
  expect(t.data() == memory, "a row-major matrix that is moved in is not copied");
  const Eigen::VectorXf lengths = t.matrix().rowwise().squaredNorm();
  expect(close(tensor::from(lengths).at(2), 100 + 121 + 144 + 169 + 196), "an expression of a map");
  tensor filled = full<float>({4, 3}, 2.0f);
  filled.mutable_array() += 1;
  expect(filled.clone().reshape({2, -1}).matrix().sum() == 36, "writing through a map, clone, reshape");
}

void test_columns_and_files() {
  graph g = small_graph();
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("edgefold-consumer-" + std::to_string(getpid()) + ".npy");
  write_npy(file, tensor(g.ndata["h"]));
  const tensor back = read_npy_as<float>(file);
  std::filesystem::remove(file);
  expect(back.matrix() == tensor(g.ndata["h"]).matrix(), "a column written and read again");
  try {
    g.ndata["h"] = zeros({4, 1});
    expect(false, "a column of too many rows is refused");
  } catch (const std::invalid_argument&) {
  }
}

void test_parallel() {
  std::vector<std::int64_t> squares(100'000);
  parallel_for(100'000, 1'000, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) squares[static_cast<std::size_t>(i)] = i * i;
  });
  expect(squares[99'999] == std::int64_t{99'999} * 99'999, "parallel_for");
}

void test_messages() {
  const graph g = small_graph();
  const tensor h = g.ndata["h"], w = g.edata["w"];
  const tensor out = update_all(g, message([](auto x, auto y) { return x * y + 1; }, src(h), edge(w)), log_mean{});
  for (std::int64_t f = 0; f < width; ++f) {
    const double h0 = h.at(0, f), h2 = h.at(2, f);
    expect(out.at(0, f) == 0, "a node without in-edges");
    expect(close(out.at(1, f), (std::log(h0 * 0.5 + 1) + std::log(h2 * 3 + 1)) / 2), "two messages");
    expect(close(out.at(2, f), std::log(h0 * 2 + 1)), "one message");
  }
  const tensor sums = update_all(g, u_mul_e(h, w), reduce::sum{});
  expect(close(sums.at(1, 5), h.at(0, 5) * 0.5 + h.at(2, 5) * 3.0), "a built-in message and reducer");
  const tensor share = edge_softmax(g, w);
  expect(close(share.at(0) + share.at(2), 1) && share.at(1) == 1, "edge_softmax");
}

// The gradients of a sum of results by h at vertex 0, feature f: of named functors, whose kernels are the library's,
// and of one's own.
void test_gradients() {
  const graph g = small_graph();
  tensor h = tensor(g.ndata["h"]).clone();
  const tensor w = g.edata["w"], seed = ones({3, width});
  h.set_requires_grad();
  update_all(g, u_mul_e(h, w), reduce::sum{}).backward(seed);
  for (std::int64_t f = 0; f < width; ++f) expect(close(h.grad().at(0, f), 0.5 + 2), "the gradient of a named pair");
  h.zero_grad();
  update_all(g, message([](auto x, auto y) { return x * y + 1; }, src(h), edge(w)), log_mean{}).backward(seed);
  for (std::int64_t f = 0; f < width; ++f) {
    const double h0 = h.at(0, f);
    expect(close(h.grad().at(0, f), 0.5 / (h0 * 0.5 + 1) / 2 + 2 / (h0 * 2 + 1)),
           "the gradient of a functor of one's own");
  }
}

}  // namespace

int main() {
  test_eigen();
  test_columns_and_files();
  test_parallel();
  test_messages();
  test_gradients();
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
