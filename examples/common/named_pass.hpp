/// One pass of messages, the message and the reducer chosen by name when the program runs. The side of an operand is a
/// run-time value of every kernel, and so is here the operation; what the library has kernels of is not compiled again.
#pragma once
#include <optional>
#include <tuple>

#include <common/named_message.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold::examples {

/// A reducer's name, and the number that softmax, power_mean and quantile can be given.
struct named_reducer {
  std::string name;
  std::optional<double> number;
};

template <class Reducer>
struct reducer_entry {
  std::string_view name;
  Reducer reducer;
};
template <class Reducer>
reducer_entry<Reducer> entry(std::string_view name, Reducer reducer) {
  return {name, reducer};
}

inline const auto shipped_reducers = std::make_tuple(
    entry("sum", reduce::sum{}), entry("mean", reduce::mean{}), entry("max", reduce::max{}),
    entry("min", reduce::min{}), entry("prod", reduce::prod{}), entry("var", reduce::var{}),
    entry("std", reduce::std{}), entry("log_sum_exp", reduce::log_sum_exp{}), entry("softmax", reduce::softmax{}),
    entry("power_mean", reduce::power_mean{}), entry("median", reduce::median{}), entry("quantile", reduce::quantile{}),
    entry("any", reduce::any{}), entry("all", reduce::all{}));

/// Calls `f` with the entry of each reducer.
template <class F>
void for_each_reducer(F&& f) {
  std::apply([&](const auto&... each) { (f(each), ...); }, shipped_reducers);
}

/// Sets a reducer's number; false where it has none.
template <class Reducer>
bool set_number(Reducer& r, double number) {
  if constexpr (requires { r.beta; }) r.beta = number;
  else if constexpr (requires { r.p; }) r.p = number;
  else if constexpr (requires { r.q; }) r.q = number;
  else return false;
  return true;
}

/// Reads NAME or NAME:NUMBER; throws std::invalid_argument for a name that is neither shipped nor `none`.
inline named_reducer find_reducer(const std::string& text) {
  const std::size_t colon = text.find(':');
  named_reducer found{text.substr(0, colon), {}};
  if (colon != std::string::npos) {
    std::size_t used = 0;
    try {
      found.number = std::stod(text.substr(colon + 1), &used);
    } catch (const std::logic_error&) {  // what std::stod says is no help
    }
    check(used > 0 && colon + 1 + used == text.size(), "reduce", "\"", text, "\": no number after the colon");
  }
  bool known = found.name == "none", takes_number = false;
  std::string names = "none";
  for_each_reducer([&](auto each) {
    names.append(", ").append(each.name);
    if (each.name == found.name) known = true, takes_number = set_number(each.reducer, 1);
  });
  check(known, "reduce", "no reducer is called \"", found.name, "\", there are ", names);
  check(!found.number || takes_number, "reduce", "\"", text, "\": ", found.name, " takes no number");
  return found;
}

/// Whether the library has the kernels of named messages with this reducer.
template <class Reducer>
inline constexpr bool in_library = std::same_as<Reducer, reduce::sum> || std::same_as<Reducer, reduce::mean> ||
                                   std::same_as<Reducer, reduce::max> || std::same_as<Reducer, reduce::min>;

/// `named` and `own` are the same messages; `own` has the kernels of other reducers compiled here, and no backward
/// pass.
template <class Named, class Own>
any_tensor run_pass(const graph& g, const Named& named, const Own& own, const named_reducer& r) {
  if (r.name == "none") return apply_edges(g, named);
  any_tensor out;
  for_each_reducer([&](auto each) {
    if (each.name != r.name) return;
    if (r.number) set_number(each.reducer, *r.number);
    if constexpr (in_library<decltype(each.reducer)>) out = update_all(g, named, each.reducer);
    else out = update_all(g, no_gradient(own), each.reducer);
  });
  return out;
}

/// Arithmetic of two operands, chosen when the program runs.
struct arithmetic {
  char operation;
  template <class T>
  T operator()(const T& a, const T& b) const {
    switch (operation) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      default:
        return a / b;
    }
  }
};

/// Operands in the order of the message's name.
struct operand_pair {
  operand<float> lhs, rhs;
};

struct functor_entry {
  std::string_view name;
  any_tensor (*run)(const graph&, const operand_pair&, const named_reducer&);
};

template <char Operation, class Make>
constexpr functor_entry make_functor(std::string_view name, Make) {
  return {name, [](const graph& g, const operand_pair& x, const named_reducer& r) {
            return run_pass(g, Make{}(x), message(arithmetic{Operation}, x.lhs, x.rhs), r);
          }};
}
template <class Make>
constexpr functor_entry make_functor(std::string_view name, Make) {
  return {name, [](const graph& g, const operand_pair& x, const named_reducer& r) {
            return run_pass(g, Make{}(x), Make{}(x), r);
          }};
}
inline constexpr functor_entry functors[] = {
    make_functor("copy", [](const operand_pair& x) { return copy(x.lhs); }),
    make_functor<'+'>("add", [](const operand_pair& x) { return add(x.lhs, x.rhs); }),
    make_functor<'-'>("sub", [](const operand_pair& x) { return sub(x.lhs, x.rhs); }),
    make_functor<'*'>("mul", [](const operand_pair& x) { return mul(x.lhs, x.rhs); }),
    make_functor<'/'>("div", [](const operand_pair& x) { return div(x.lhs, x.rhs); }),
    make_functor("dot", [](const operand_pair& x) { return dot(x.lhs, x.rhs); })};

/// The messages of `m` reduced by `r` (or one row an edge: `none`); rhs is not looked at by a copy.
inline any_tensor run_pass(const graph& g, const named_message& m, const named_reducer& r, const tensor& lhs,
                           const tensor& rhs) {
  const auto found = std::ranges::find(functors, m.functor, &functor_entry::name);
  check(found != std::end(functors), "message", "no functor is called ", m.functor);
  return found->run(g, {{m.lhs, lhs, ""}, {m.rhs, rhs, ""}}, r);
}

}  // namespace edgefold::examples
