/// Reducers of one's own: three functions, or two where the result is a function of sums. Both run in the fused kernel,
/// beside the shipped ones that they are compared with here.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <common/print.hpp>
#include <common/program.hpp>

using namespace edgefold;
using examples::print;

namespace {

/// log(sum(exp(m))), safe from overflow: the sum is relative to the greatest message so far. It starts below any number
/// that may come, but finite: -inf - -inf would be NaN.
struct my_log_sum_exp {
  template <class T>
  struct state {
    T top, sum;
  };
  template <class T>
  state<T> init() const {
    return {T(-1e30), T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    const T top = max(s.top, m);
    return {top, s.sum * exp(s.top - top) + exp(m - top)};
  }
  template <class T>
  T finish(const state<T>& s, const T& /*degree*/) const {
    return s.top + log(s.sum);
  }
};

/// The root of the mean square: `lift` says what is added up, `lower` what is made of the sum.
struct root_mean_square {
  double empty = -1;  // what a vertex without in-edges gets; 0 unless said
  template <class T>
  T lift(const T& m) const {
    return m * m;
  }
  template <class T>
  T lower(const T& sum, const T& degree) const {
    return sqrt(sum / degree);
  }
};

void show() {
  const graph g({{0, 1}, {0, 2}, {1, 2}, {2, 0}, {3, 2}, {3, 1}});
  const tensor x({4, 3}, {1, 100, 0.5F, 2, 90, 0.25F, 3, 80, 2, 4, 101, 1.5F});

  print("my log-sum-exp", update_all(g, copy_u(x), my_log_sum_exp{}));
  print("the shipped one", update_all(g, copy_u(x), reduce::log_sum_exp{}));
  print("my root mean square", update_all(g, copy_u(x), root_mean_square{}));
  print("the shipped power mean", update_all(g, copy_u(x), reduce::power_mean{.p = 2}));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Shows reducers of one's own beside the shipped ones", "custom_reducer");
  return examples::run_program(app, argc, argv, show);
}
