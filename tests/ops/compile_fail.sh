#!/usr/bin/env bash
# What must not compile, and the sentence that the compiler must say about it.
# usage: compile_fail.sh COMPILER INCLUDE_FOLDERS (separated by ;)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/own_compiler.sh" "$@"
flags=(-std=c++20 -fsyntax-only -march=native "${includes[@]}")
failures=0

# What every program includes; g++ parses it once.
cat >"$scratch/all.hpp" <<CODE
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/segment.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
using namespace edgefold;
struct no_step {
  template <class T> struct state { T value; };
  template <class T> state<T> init() const { return {T(0)}; }
  template <class T> T finish(const state<T>& s, const T&) const { return s.value; }
};
template <int Case>
struct wrong_fold {  // 1: an int in the state, 2: finish is void, 3: finish is a plain number, 4: step is void, 5: a value
  template <class T> struct plain { T value; };
  template <class T> struct counting { T value; int n; };
  template <class T> using state = std::conditional_t<Case == 1, counting<T>, plain<T>>;
  template <class T> state<T> init() const { return {T(0)}; }
  template <class T> auto step(const state<T>& s, const T& m) const {
    if constexpr (Case == 4) return void();
    else if constexpr (Case == 5) return s.value + m;
    else return state<T>{s.value + m};
  }
  template <class T> auto finish(const state<T>& s, const T&) const {
    if constexpr (Case == 2) return void();
    else if constexpr (Case == 3) return 1.5;
    else return s.value;
  }
};
struct in_place : no_step {
  template <class T> void step(state<T>& s, const T& m) const { s.value += m; }
};
struct no_merge : no_step {
  using pivot = reduce::mean;
  template <class T> state<T> init(const T&) const { return {T(0)}; }
  template <class T> state<T> step(const state<T>& s, const T& m) const { return {s.value + m}; }
};
CODE
"$compiler" "${flags[@]/-fsyntax-only/-c}" -x c++-header "$scratch/all.hpp" -o "$scratch/all.hpp.gch"

# The program around a line that uses g, x (float), d (double) and i (int64).
compile() {
  cat >"$scratch/case.cpp" <<CODE
#include "all.hpp"
void f(const graph& g, const tensor& x, const basic_tensor<double>& d, const basic_tensor<std::int64_t>& i) {
  $1
}
CODE
  "$compiler" "${flags[@]}" "$scratch/case.cpp" >"$scratch/said" 2>&1
}

accepts() {
  compile "(void)g; (void)x; (void)d; (void)i; $1" && return 0
  echo "compile_fail: should compile: $1" >&2
  grep -m 3 error "$scratch/said" >&2 || true
  failures=$((failures + 1))
}

refuses() {  # code, part of what is said in the first error, or in so many
  if compile "(void)g; (void)x; (void)d; (void)i; $1"; then
    echo "compile_fail: should not compile: $1" >&2
  elif said=$(grep -m "${3:-1}" error: "$scratch/said" || true) && [[ $said != *"$2"* ]]; then
    echo "compile_fail: $1: does not say \"$2\" but" >&2
    grep -m 3 error "$scratch/said" >&2 || true
  else
    return 0
  fi
  failures=$((failures + 1))
}

# Without these the refusals below would prove nothing.
accepts 'update_all(g, message([](auto a, auto b) { return where(a < b, a, b); }, src(x), dst(x)), reduce::sum{});'
accepts 'update_all(g, message(scalar([](float a) { if (a < 1) return a; return 2.f; }), src(x)), reduce::sum{});'
accepts 'edge_softmax(g, d);'
accepts 'update_all(g, copy_u(x), wrong_fold<0>{});'
accepts 'update_all(g, copy_u(x), reduce::mailbox([](const auto& m) { return m.colwise().sum() - m.row(0); }));'
accepts 'apply_edges(g, message_rows(2, [](const auto& u) { return 2 * u.head(2).array().square().matrix(); }, src(x)));'
accepts 'apply_edges(g, message([](auto a) { return where(a > 0, 1, 0); }, src(x)));'
accepts 'apply_edges(g, message([](auto a) { return a * where(a > 0, 0.5, -1); }, src(x)));'
accepts 'apply_edges(g, message([](auto a) { return where(a > 0, 1, 0); }, src(i)));'

where='by where(a < b, x, y)'
refuses 'apply_edges(g, message([](auto a, auto b) { if (a < b) return a; return b; }, src(x), dst(x)));' "$where"
refuses 'apply_edges(g, message([](auto a, auto b) { return a < b ? a : b; }, src(x), dst(x)));' "$where"
refuses 'apply_edges(g, message([](auto a) { while (a != 0) a = a - 1; return a; }, src(x)));' "$where"
refuses 'apply_edges(g, message([](auto a, auto b) { return where(a < b && b < 1, a, b); }, src(x), dst(x)));' "$where"
refuses 'apply_edges(g, message([](auto a, auto b) { return where(a < b || b < 1, a, b); }, src(x), dst(x)));' "$where"
refuses 'update_all(g, copy_u(x), reduce::fold<1>({0}, [](auto s, auto m) { if (s[0] < m) s[0] = m; return s; },
           [](auto s, auto) { return s[0]; }));' "$where"
refuses 'apply_edges(g, message([](auto a) { return where(a > 0, 0.5, 1); }, src(i)));' 'whole numbers have no fractions'
refuses 'message([](auto a) { return a; }, src(x), dst(x));' 'f must take as many values as there are operands'
refuses 'message([](auto a, auto b) { return a + b; }, src(x), dst(d));' 'operands of a message have unlike scalar types'
refuses 'u_add_v(x, d);' 'operands of a message have unlike scalar types'
refuses 'u_mul_e("h", i);' 'operands of a message have unlike scalar types'
refuses 'apply_edges(g, message([](auto) {}, src(x)));' 'must return a value made of its arguments'
refuses 'apply_edges(g, message([](auto) { return 1.0; }, src(x)));' 'must return a value made of its arguments'
refuses 'update_all(g, copy_u(x), wrong_fold<1>{});' "state<T> holds values of T and nothing else"
refuses 'update_all(g, copy_u(x), wrong_fold<2>{});' 'must return a value made of its arguments'
refuses 'update_all(g, copy_u(x), wrong_fold<3>{});' 'must return a value made of its arguments'
refuses 'update_all(g, copy_u(x), reduce::mailbox([](const auto& m) { return m.sum(); }));' 'returns an Eigen expression: a row vector' 2
local_matrix='[](const auto& u) { Eigen::MatrixXf own = Eigen::MatrixXf::Identity(2, 2); return u * own; }'
refuses "apply_edges(g, message_rows(2, $local_matrix, src(x)));" 'end it with .eval()'
refuses 'update_all(g, copy_u(x), reduce::mailbox([](const auto& m) { Eigen::MatrixXf own = m; return own.colwise().sum(); }));' 'end it with .eval()'
refuses 'update_all(g, copy_u(x), no_step{});' 'a reducer needs template <class T> struct state'
step='step must return the next state'
refuses 'update_all(g, copy_u(x), wrong_fold<4>{});' "$step"
refuses 'update_all(g, copy_u(x), wrong_fold<5>{});' "$step"
refuses 'update_all(g, copy_u(x), in_place{});' "$step"
step='step(array, message) must return the next array'
refuses 'update_all(g, copy_u(x), reduce::fold<1>({0}, [](auto s, auto m) { s[0] += m; }, [](auto s, auto) { return s[0]; }));' "$step"
refuses 'update_all(g, copy_u(x), reduce::fold<1>({0}, [n = 0](auto s, auto m) mutable { ++n; s[0] += m; return s; },
           [](auto s, auto) { return s[0]; }));' "$step"
refuses 'update_all(g, copy_u(x), no_merge{});' 'a reducer with a pivot needs merge(a, b)'
refuses 'apply_edges(g, message([n = 0](auto a) mutable { ++n; return a; }, src(x)));' 'no `mutable` lambda'
rows='says whose rows it has: src(x), dst(x), edge(x) or shared(x)'
refuses 'update_all(g, message([](auto a) { return a; }, x), reduce::sum{});' "$rows"
refuses 'message([](auto a, auto b) { return a + b; }, src(x), x);' "$rows"
refuses 'message(src(x), [](auto a) { return a; });' 'message(f, operands...): first f, then operands'
refuses 'apply_edges(g, message_rows(2, [](const auto& u) { return u.eval(); }, x));' "$rows"
order='first a graph, then a message'
refuses 'update_all(g, reduce::sum{}, copy_u(x));' "$order"
refuses 'update_all(copy_u(x), g, reduce::sum{});' "$order"
refuses 'update_all(g, x, reduce::sum{});' "$order"
refuses 'graph own; own.update_all(reduce::sum{}, copy_u("h"), "out");' "$order"
refuses 'apply_edges(copy_u(x), g);' "$order"
refuses 'apply_edges(g, x);' "$order"
refuses 'update_all(g, copy_u(i), reduce::multi(reduce::sum{}, reduce::mean{}));' 'must give the same element type'
refuses 'tensor t = ones({2}); t.data()[0] = 1;' 'read-only'
not_assignable='lvalue required'
if compile 'static_assert(std::is_reference_v<decltype(x.matrix()(0, 0))>);'; then not_assignable='read-only'  # Eigen 5
elif "$compiler" -dM -E -x c++ /dev/null | grep -q __clang__; then not_assignable='expression is not assignable'; fi
refuses 'tensor t = ones({2}); t.matrix()(0, 0) = 1;' "$not_assignable"
refuses 'edge_softmax(g, i);' 'a softmax needs float or double scores'
accepts 'leaky_relu(x); elu(d); exp(d); relu(i); abs(i); clamp_min(i, 2); -i;'
for name in leaky_relu elu exp log sqrt rsqrt tanh sigmoid softplus; do
  refuses "$name(i);" "$name needs float or double values"
done
for call in 'abs(b)' 'relu(b)' 'clamp_min(b, 1)' 'sum_last(b)'; do
  refuses "const basic_tensor<bool> b({1, 1}); $call;" "${call%%(*} of bools is none: cast them"
done
((failures == 0))
