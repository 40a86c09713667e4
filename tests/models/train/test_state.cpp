#include <edgefold/models/train/state.hpp>

#include <core/io/io_support.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

bool same_state(const state_map& a, const state_map& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && same_any(x.second, y.second); });
}

TEST_CASE("state: joined and taken apart") {
  const state_map model{{"weight", ones({2})}, {"a.bias", zeros({1})}};
  const state_map steps{{"step", basic_tensor<std::int64_t>({1}, {3})}};
  const state_map all = join({{"model", model}, {"optim", steps}});
  CHECK(same_state(all, {{"model.a.bias", zeros({1})},
                         {"model.weight", ones({2})},
                         {"optim.step", basic_tensor<std::int64_t>({1}, {3})}}));
  CHECK(same_state(part(all, "model"), model));
  CHECK(same_state(part(all, "optim"), steps));
  CHECK(same_state(part(all, "model.a"), {{"bias", zeros({1})}}));
  CHECK(part(all, "mod").empty());
  CHECK(std::get<tensor>(all.at("model.weight")).shares_storage_with(std::get<tensor>(model.at("weight"))));
  CHECK_THROWS_SAYING(join({{"a", {{"b.c", ones({1})}}}, {"a.b", {{"c", ones({1})}}}}), std::invalid_argument,
                      "[join] two tensors would be called \"a.b.c\"");
}

TEST_CASE("state: a clone stays what it was") {
  tensor t = ones({2});
  t.set_requires_grad();
  const state_map state{{"t", t}, {"flag", basic_tensor<bool>({1}, {true})}};
  const state_map kept = clone(state);
  t.mutable_data()[0] = 7;
  CHECK(same_state(kept, {{"flag", basic_tensor<bool>({1}, {true})}, {"t", ones({2})}}));
  CHECK_FALSE(std::get<tensor>(kept.at("t")).requires_grad());
}

}  // namespace
}  // namespace edgefold
