// Every message, reducer and broadcast shape against DGL 2.1: what an archive holds says what is computed.
#include <edgefold/core/io/npz.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/shared.hpp>
#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using arrays = std::map<std::string, any_tensor>;

constexpr double message_tolerance = 1e-5;

side side_of(char letter) { return letter == 'u' ? side::src : letter == 'v' ? side::dst : side::edge; }

operand<float> operand_of(const arrays& a, const std::string& which, char letter) {
  return {side_of(letter), std::get<tensor>(a.at(which + "_" + letter)), ""};
}

graph graph_of(const arrays& a) {
  using ids = basic_tensor<std::int64_t>;
  return graph::from_coo(std::get<ids>(a.at("src")), std::get<ids>(a.at("dst")),
                         std::get<ids>(a.at("num_nodes")).item());
}

template <class M>
tensor reduced(const graph& g, const M& m, const std::string& reducer) {
  if (reducer == "edge") return apply_edges(g, m);
  if (reducer == "sum") return update_all(g, m, reduce::sum{});
  if (reducer == "mean") return update_all(g, m, reduce::mean{});
  if (reducer == "max") return update_all(g, m, reduce::max{});
  REQUIRE(reducer == "min");
  return update_all(g, m, reduce::min{});
}

// "u_add_v__sum": left side, operation, right side, reducer; "copy_u__sum".
tensor computed(const graph& g, const arrays& a, const std::string& name) {
  const std::string reducer = name.substr(name.find("__") + 2);
  if (name.starts_with("copy_")) return reduced(g, copy(operand_of(a, "lhs", name[5])), reducer);
  const auto left = operand_of(a, "lhs", name[0]), right = operand_of(a, "rhs", name[6]);
  const std::string operation = name.substr(2, 3);
  if (operation == "add") return reduced(g, add(left, right), reducer);
  if (operation == "sub") return reduced(g, sub(left, right), reducer);
  if (operation == "mul") return reduced(g, mul(left, right), reducer);
  if (operation == "div") return reduced(g, div(left, right), reducer);
  REQUIRE(operation == "dot");
  return reduced(g, dot(left, right), reducer);
}

// Gradients of sum(result * upstream) with respect to both operands; how many the archive has.
int check_gradients(const graph& g, arrays a, const std::string& key) {
  int gradients = 0;
  std::vector<std::pair<std::string, tensor>> operands;
  const bool binary = !key.starts_with("copy_");
  auto leaf = [&](const std::string& name) {
    tensor t = std::get<tensor>(a.at(name)).clone();
    a.at(name) = t.set_requires_grad();
    return t;
  };
  operands.emplace_back("L", leaf(std::string("lhs_") + key[binary ? 0 : 5]));
  if (binary) operands.emplace_back("R", leaf(std::string("rhs_") + key[6]));
  const tensor out = computed(g, a, key);
  std::string shape;
  for (std::size_t d = 1; d < out.shape().size(); ++d) shape += (d > 1 ? "x" : "") + std::to_string(out.shape()[d]);
  out.backward(std::get<tensor>(a.at((key.ends_with("__edge") ? "up_e_" : "up_n_") + shape)));
  for (const auto& [letter, t] : operands) {
    const auto expected = a.find(key + "_d_" + letter);
    if (expected == a.end()) continue;
    CAPTURE(expected->first);
    CHECK(relative_difference(t.grad(), std::get<tensor>(expected->second)) <= message_tolerance);
    ++gradients;
  }
  return gradients;
}

void check_archive(const std::string& name, int expected_results) {
  const std::filesystem::path path = shared_file("reference/" + name + ".npz");
  if (path.empty()) return;
  const arrays a = read_npz(path);
  const graph g = graph_of(a);
  int results = 0, gradients = 0;
  for (const auto& entry : a) {  // (clang 14 lets no lambda capture a structured binding, and CAPTURE is one)
    const std::string& key = entry.first;
    if (key.find("__") == std::string::npos || key.find("_d_") != std::string::npos) continue;  // inputs, gradients
    CAPTURE(key);
    CHECK(relative_difference(computed(g, a, key), std::get<tensor>(entry.second)) <= message_tolerance);
    ++results;
    gradients += check_gradients(g, a, key);
  }
  CHECK(results == expected_results);
  CHECK(gradients == 2 * expected_results - 8);  // the copies have one operand
}

// 24 binary messages (30 with dot, where the last dims are equal) and the copies: of u and e by each of four reducers,
// of u, v and e on the edges.
constexpr int without_dot = 5 * 24 + 4 * 2, with_dot = 5 * 30 + 4 * 2;

TEST_CASE("reference: messages, small graph, same shapes") { check_archive("messages_small_same", with_dot); }
TEST_CASE("reference: messages, small graph, both broadcast") { check_archive("messages_small_bcast", without_dot); }
TEST_CASE("reference: messages, small graph, scalar right") { check_archive("messages_small_scalar", without_dot); }
TEST_CASE("reference: messages, small graph, heads") { check_archive("messages_small_heads", without_dot); }
TEST_CASE("reference: messages, mid graph, same shapes") { check_archive("messages_mid_same", with_dot); }
TEST_CASE("reference: messages, mid graph, both broadcast") { check_archive("messages_mid_bcast", without_dot); }
TEST_CASE("reference: messages, mid graph, scalar right") { check_archive("messages_mid_scalar", without_dot); }
TEST_CASE("reference: messages, mid graph, heads") { check_archive("messages_mid_heads", without_dot); }

}  // namespace
}  // namespace edgefold
