#!/usr/bin/env bash
# Every function that a functor may call, and the reducers made of them, compile without optimisation for each instruction
# set, forward and backward; and compute what the C library does where this machine has the set.
# usage: unoptimized.sh COMPILER INCLUDE_FOLDERS (separated by ;) LIBRARY
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/own_compiler.sh" "$@"

cat >"$scratch/functions.cpp" <<'CODE'
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/tensor/elementwise.hpp>
#include <edgefold/ops/update_all.hpp>

#include <cmath>
#include <iostream>

using namespace edgefold;

int failures = 0;

// f of the numbers from .1 to 2, and its gradient, against `exact` in double and its differences.
template <class T, class F, class Exact>
void compare(const char* name, const F& f, const Exact& exact) {
  basic_tensor<T> x({1, 20});
  for (int k = 0; k < 20; ++k) x.mutable_data()[k] = static_cast<T>(.1 * (k + 1) - 1e-3);
  x.set_requires_grad();
  const basic_tensor<T> y = elementwise(f, x);
  y.backward(ones<T>({1, 20}));
  const basic_tensor<T> slope = x.grad();
  for (int k = 0; k < 20; ++k) {
    const double at = x.detach().data()[k], here = exact(at), h = 1e-6, d = (exact(at + h) - exact(at - h)) / (2 * h);
    if (std::abs(y.data()[k] - here) <= 1e-5 && std::abs(slope.data()[k] - d) <= 1e-4 * (1 + std::abs(d))) continue;
    std::cerr << name << '(' << at << ") is " << y.data()[k] << ", expected " << here << "; its derivative "
              << slope.data()[k] << ", expected " << d << '\n';
    ++failures;
    return;
  }
}

template <class T>
void functions() {
#define COMPARE(name) compare<T>(#name, [](const auto& x) { return name(x); }, [](double x) { return std::name(x); })
  COMPARE(exp), COMPARE(log), COMPARE(log1p), COMPARE(expm1), COMPARE(tanh), COMPARE(sqrt), COMPARE(sin), COMPARE(cos);
  COMPARE(abs), COMPARE(erf), COMPARE(atan), COMPARE(sinh), COMPARE(cosh), COMPARE(cbrt);
#undef COMPARE
  compare<T>("rsqrt", [](const auto& x) { return rsqrt(x); }, [](double x) { return 1 / std::sqrt(x); });
  compare<T>("pow", [](const auto& x) { return pow(x, 2.5) + pow(2, x) + pow(x, x); },
             [](double x) { return std::pow(x, 2.5) + std::pow(2, x) + std::pow(x, x); });
  compare<T>("hypot, atan2, fmod", [](const auto& x) { return hypot(x, 3) * atan2(x, 2) + fmod(7, x + 2); },
             [](double x) { return std::hypot(x, 3) * std::atan2(x, 2) + std::fmod(7, x + 2); });
  compare<T>("asin, acos", [](const auto& x) { return asin(x / 2) + 2 * acos(x / 3); },
             [](double x) { return std::asin(x / 2) + 2 * std::acos(x / 3); });
  compare<T>("gelu, silu", [](const auto& x) { return gelu(x) + silu(x) + sign(x) + floor(x / 3); },
             [](double x) { return x * std::erfc(-x * std::sqrt(.5)) / 2 + x / (1 + std::exp(-x)) + 1; });
  compare<T>("sigmoid", [](const auto& x) { return sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); });
  compare<T>("softplus", [](const auto& x) { return softplus(x); }, [](double x) { return std::log1p(std::exp(x)); });
  compare<T>("elu", [](const auto& x) { return elu(-x, 2); }, [](double x) { return 2 * std::expm1(-x); });
  compare<T>("leaky_relu", [](const auto& x) { return leaky_relu(-x, .2) + relu(x); }, [](double x) { return .8 * x; });
  compare<T>("min, max", [](const auto& x) { return min(x, 1) + 2 * max(1, x); },
             [](double x) { return std::min(x, 1.) + 2 * std::max(1., x); });
  compare<T>("where", [](const auto& x) { return x * where((x < .5) | !(x < 1), 1, 0); },
             [](double x) { return x < .5 || !(x < 1) ? x : 0; });
}

// Messages 1 and 2 at one vertex.
template <class T, class R>
void reduces_to(const char* name, double expected, const R& reducer) {
  const graph g({{0, 1}, {1, 1}});
  basic_tensor<T> x({2, 1}, {1, 2});
  x.set_requires_grad();
  const auto y = update_all(g, message([](const auto& a) { return exp(log(a)); }, src(x)), reducer);
  y.backward(ones<T>({2, 1}));
  if (std::abs(y.data()[1] - expected) <= 1e-5 && std::isfinite(x.grad().data()[0])) return;
  std::cerr << name << " is " << y.data()[1] << ", expected " << expected << '\n';
  ++failures;
}

template <class T>
void reducers() {
  const double e = std::exp(1), e2 = e * e;
  reduces_to<T>("log_sum_exp", std::log(e + e2), reduce::log_sum_exp{});
  reduces_to<T>("softmax", (e + 2 * e2) / (e + e2), reduce::softmax{});
  reduces_to<T>("power_mean", std::cbrt(4.5), reduce::power_mean{3});
  reduces_to<T>("sum", 3, reduce::sum{});
  reduces_to<T>("mean", 1.5, reduce::mean{});
  reduces_to<T>("max", 2, reduce::max{});
  reduces_to<T>("prod", 2, reduce::prod{});
  reduces_to<T>("std", .5, reduce::std{});
  reduces_to<T>("median", 1.5, reduce::median{});
}

int main() {
  functions<float>(), functions<double>();
  reducers<float>(), reducers<double>();
  return failures ? 1 : 0;
}
CODE

failures=0
instruction_sets "$compiler"
for set in "${sets[@]}"; do
  if ! "$compiler" -std=c++20 -O0 "-march=$set" "${includes[@]}" -c "$scratch/functions.cpp" -o "$scratch/functions.o" 2>"$scratch/said"; then
    echo "$set: does not compile:" >&2
    grep -m 5 error "$scratch/said" >&2 || true
    failures=$((failures + 1))
  elif ! runs_here "$set"; then
    echo "$set: compiled; this machine cannot run it"
  elif ! link "$scratch/functions" "$scratch/functions.o" || ! "$scratch/functions"; then
    echo "$set: fails" >&2
    failures=$((failures + 1))
  fi
done
((failures == 0))
