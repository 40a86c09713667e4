/// The built-in messages by DGL's names.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include <edgefold/core/error.hpp>
#include <edgefold/ops/message/operand.hpp>

namespace edgefold::examples {

/// `u_mul_e`: the functor's name, and whose rows its operands are. A copy has no right operand.
struct named_message {
  std::string name, functor;
  side lhs, rhs;
  bool is_binary() const { return functor != "copy"; }
};

/// The three copies and the thirty of two operands.
inline std::vector<named_message> built_in_messages() {
  constexpr std::pair<char, side> ends[] = {{'u', side::src}, {'v', side::dst}, {'e', side::edge}};
  std::vector<named_message> all;
  for (const auto& [letter, where] : ends) all.push_back({std::string("copy_") + letter, "copy", where, where});
  for (const char* functor : {"add", "sub", "mul", "div", "dot"})
    for (const auto& [left, lhs] : ends)
      for (const auto& [right, rhs] : ends)
        if (left != right) all.push_back({std::string{left, '_'} + functor + '_' + right, functor, lhs, rhs});
  return all;
}

/// Names for the error that says what there is: "a, b, c".
template <class List>
std::string names_of(const List& list) {
  std::string names;
  for (const auto& each : list) names.append(names.empty() ? "" : ", ").append(each.name);
  return names;
}

/// Throws std::invalid_argument for a name that is not among them.
inline named_message find_message(const std::string& name) {
  const std::vector<named_message> all = built_in_messages();
  const auto found = std::ranges::find(all, name, &named_message::name);
  check(found != all.end(), "message", "no message is called \"", name, "\", there are ", names_of(all));
  return *found;
}

}  // namespace edgefold::examples
