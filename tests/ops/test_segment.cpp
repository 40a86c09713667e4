// Reductions and softmax over consecutive rows.
#include <edgefold/ops/message/builtin.hpp>
#include <edgefold/ops/segment.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

TEST_CASE("segment_reduce by hand: empty segments at all places") {
  const tensor x({5, 2}, {1, 10, 2, 20, 3, 30, 4, 40, 5, 50});
  const id_list lengths{0, 2, 0, 3, 0};
  CHECK(same_bits(segment_reduce(lengths, x, reduce::sum{}), tensor({5, 2}, {0, 0, 3, 30, 0, 0, 12, 120, 0, 0})));
  CHECK(same_bits(segment_reduce(lengths, x, reduce::max{.empty = -1}),
                  tensor({5, 2}, {-1, -1, 2, 20, -1, -1, 5, 50, -1, -1})));
  CHECK(same_bits(segment_reduce(lengths, x, reduce::median{}), tensor({5, 2}, {0, 0, 1.5f, 15, 0, 0, 4, 40, 0, 0})));
  CHECK(segment_reduce(lengths, x, reduce::multi(reduce::sum{}, reduce::min{})).shape() == shape_type{5, 4});
  CHECK(segment_reduce({5}, x.reshape({5, 1, 2}), reduce::mean{}).shape() == shape_type{1, 1, 2});
  CHECK(segment_reduce(id_list(), tensor({0, 3}), reduce::sum{}).shape() == shape_type{0, 3});
  CHECK(same_bits(segment_reduce({0, 0}, tensor({0, 3}), reduce::prod{}), ones({2, 3})));
}

// A segment is a vertex whose edges are its rows.
TEST_CASE("property: segments are a graph in compressed order") {
  check_property([] {
    const auto lengths =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 6)).as("lengths");
    std::vector<std::int32_t> owner;
    for (std::size_t s = 0; s < lengths.size(); ++s)
      owner.insert(owner.end(), static_cast<std::size_t>(lengths[s]), static_cast<std::int32_t>(s));
    const graph g = graph::bipartite(std::vector<std::int32_t>(owner.size(), 0), owner, 1, std::ssize(lengths));
    shape_type shape = random_dims();
    shape.insert(shape.begin(), g.num_edges());
    const tensor x = random_normal(shape, 1);
    const naive_rows m = as_doubles(x);
    const auto check = [&](const auto& r, const naive_reducer& oracle) {
      RC_ASSERT(difference(segment_reduce(lengths, x, r), naive_reduce(g, m, 0, oracle)) <= 1e-5);
    };
    check(reduce::sum{}, oracle::sum);
    check(reduce::std{}, oracle::std);
    check(reduce::log_sum_exp{}, oracle::log_sum_exp);
    RC_ASSERT(same_bits(segment_softmax(lengths, x), edge_softmax(g, x)));
  });
}

TEST_CASE("segments have no vertices: operands of theirs are refused") {
  for (const tensor& x : {tensor({0, 3}), tensor({2, 3}), tensor({1, 3})}) {
    CHECK_THROWS_SAYING(segment_reduce({2}, copy_u(x), reduce::sum{}), std::invalid_argument,
                        "[segment_reduce] src(operand 0) has rows of vertices, where there are none");
    CHECK_THROWS_SAYING(segment_reduce({2, 0}, add(edge(tensor({2, 3})), dst(x)), reduce::max{}), std::invalid_argument,
                        "[segment_reduce] dst(operand 1) has rows of vertices");
  }
  CHECK_THROWS_SAYING(segment_reduce({2}, copy_u("h"), reduce::sum{}), std::invalid_argument, "src(\"h\")");
  CHECK_THROWS_SAYING(segment_reduce({2}, copy_e("h"), reduce::sum{}), std::invalid_argument,
                      "names a column where there is no graph");
}

TEST_CASE("segment_softmax by hand") {
  const tensor out = segment_softmax({2, 0, 1}, tensor({3, 1}, {0, std::log(4.f), 3}));
  CHECK(out.at(0) == doctest::Approx(0.2));
  CHECK(out.at(1) == doctest::Approx(0.8));
  CHECK(out.at(2) == 1);
}

}  // namespace
}  // namespace edgefold
