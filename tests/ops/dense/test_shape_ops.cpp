#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <doctest/doctest.h>

#include <support/gradients.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

#include <numeric>

using namespace edgefold;
using testing::relative_difference;
using testing::same_bits;

namespace {

using array = basic_tensor<double>;
using arrays = std::vector<array>;

// 0, 1, 2, ... of any element type.
template <class T = float>
basic_tensor<T> counting(const shape_type& shape) {
  basic_tensor<T> t(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t.mutable_data()[i] = static_cast<T>(i % 100003);
  return t;
}

template <class T>
basic_tensor<T> naive_permute(const basic_tensor<T>& x, const std::vector<std::int64_t>& dims) {
  shape_type shape, place(dims.size());
  for (const std::int64_t d : dims) shape.push_back(x.shape()[static_cast<std::size_t>(d)]);
  basic_tensor<T> y(shape);
  for (std::int64_t i = 0; i < y.size(); ++i) {
    std::int64_t rest = i, at = 0;
    for (std::size_t d = dims.size(); d-- > 0; rest /= shape[d])
      place[static_cast<std::size_t>(dims[d])] = rest % shape[d];
    for (std::size_t d = 0; d < dims.size(); ++d) at = at * x.shape()[d] + place[d];
    y.mutable_data()[i] = x.data()[at];
  }
  return y;
}

template <class T>
void check_all_permutations(const shape_type& shape) {
  const auto x = counting<T>(shape);
  std::vector<std::int64_t> dims(shape.size());
  std::iota(dims.begin(), dims.end(), 0);
  do {
    CAPTURE(to_string(shape));
    CAPTURE(to_string(dims));
    CHECK(same_bits(permute(x, dims), naive_permute(x, dims)));
  } while (std::next_permutation(dims.begin(), dims.end()));
}

}  // namespace

TEST_CASE("shape_ops: concat along each dim, and slices of it") {
  for (std::int64_t dim = 0; dim < 3; ++dim) {
    std::vector<array> parts;
    for (const std::int64_t n : {2, 0, 5, 1}) {
      shape_type shape{3, 4, 2};
      shape[static_cast<std::size_t>(dim)] = n;
      parts.push_back(random_normal<double>(shape, static_cast<std::uint64_t>(n)));
    }
    const array all = concat(parts, dim);
    CHECK(same_bits(all, concat(parts, dim - 3)));
    shape_type shape{3, 4, 2};
    shape[static_cast<std::size_t>(dim)] = 8;
    CHECK(all.shape() == shape);
    CHECK(same_bits(slice(all, dim, 0, 2), parts[0]));
    CHECK(same_bits(slice(all, dim, 2, 2), parts[1]));
    CHECK(same_bits(slice(all, dim - 3, 2, 7), parts[2]));
    CHECK(same_bits(slice(all, dim, 7, 8), parts[3]));
  }
  CHECK(
      same_bits(concat({tensor({2, 1}, {1, 2}), tensor({2, 2}, {3, 4, 5, 6})}, 1), tensor({2, 3}, {1, 3, 4, 2, 5, 6})));
  CHECK(same_bits(concat({basic_tensor<bool>({1}, {true}), basic_tensor<bool>({2})}, 0),
                  basic_tensor<bool>({3}, {true, false, false})));
}

TEST_CASE("shape_ops: a slice is no view") {
  tensor x = counting({4, 3});
  const tensor y = slice(x, 0, 1, 3);
  CHECK_FALSE(y.shares_storage_with(x));
  CHECK(same_bits(y, tensor({2, 3}, {3, 4, 5, 6, 7, 8})));
}

TEST_CASE("shape_ops: rows by number") {
  const tensor x = counting({5, 2});
  CHECK(same_bits(gather_rows(x, {4, 0, 4}), tensor({3, 2}, {8, 9, 0, 1, 8, 9})));
  CHECK(gather_rows(counting({5, 2, 3}), {}).shape() == shape_type{0, 2, 3});
  CHECK(same_bits(gather_rows(counting<std::int64_t>({5}), std::vector<std::int64_t>{3, 1}),
                  basic_tensor<std::int64_t>({2}, {3, 1})));
  CHECK(same_bits(scatter_rows(tensor({3, 2}, {1, 2, 10, 20, 100, 200}), {3, 0, 3}, 4),
                  tensor({4, 2}, {10, 20, 0, 0, 0, 0, 101, 202})));
  CHECK(same_bits(scatter_rows(basic_tensor<std::int32_t>({3}, {1, 2, 3}), {0, 0, 1}, 2),
                  basic_tensor<std::int32_t>({2}, {3, 3})));
  CHECK(same_bits(scatter_rows(tensor({0, 2}), {}, 3), tensor({3, 2})));
  CHECK(scatter_rows(tensor({0, 2}), {}, 0).shape() == shape_type{0, 2});
}

TEST_CASE("shape_ops: rows are added where ids say") {
  for (const std::int64_t rows : {3, 1000, 40'000}) {
    CAPTURE(rows);
    const tensor x = random_uniform({20'000, 37}, 1);
    const auto ids = random_integers({20'000}, rows, 2);
    array expected({rows, 37});
    for (std::int64_t i = 0; i < x.rows(); ++i)
      for (std::int64_t j = 0; j < 37; ++j)
        expected.mutable_data()[ids.at(i) * 37 + j] += static_cast<double>(x.at(i, j));
    const tensor sums = scatter_rows(x, ids, rows);
    CHECK(relative_difference(sums, cast<float>(expected)) < 1e-6);
    testing::check_thread_counts([&] { return scatter_rows(x, ids, rows); });
    CHECK(same_bits(scatter_rows(x, cast<std::int32_t>(ids), rows), sums));
  }
}

TEST_CASE("shape_ops: every permutation of dims") {
  for (const shape_type& shape : {shape_type{7}, {3, 5}, {1, 6, 1}, {4, 1, 9}, {2, 3, 4, 5}, {9, 8, 17}, {1, 1}}) {
    check_all_permutations<float>(shape);
    check_all_permutations<double>(shape);
    check_all_permutations<bool>(shape);
  }
  check_all_permutations<std::int32_t>({33, 2, 300});
  check_all_permutations<std::int64_t>({270, 5, 17});
  check_all_permutations<float>({0, 3, 2});
}

TEST_CASE("shape_ops: transpose") {
  const tensor x = random_normal({600, 301}, 1);
  CHECK(same_bits(transpose(x, 0, 1), naive_permute(x, {1, 0})));
  CHECK(same_bits(transpose(x, -1, 0), transpose(x, 0, 1)));
  CHECK(same_bits(transpose(x, 1, 1), x));
  CHECK_FALSE(transpose(x, 1, 1).shares_storage_with(x));
  const tensor y = random_normal({3, 4, 5, 6}, 2);
  CHECK(same_bits(transpose(y, 1, -1), permute(y, {0, 3, 2, 1})));
}

TEST_CASE("shape_ops: gradients") {
  const auto x = random_normal<double>({4, 3, 2}, 1), y = random_normal<double>({4, 2, 2}, 2);
  CHECK_GRADIENTS([](const arrays& in) { return concat(in, 1); }, {x, y});
  CHECK_GRADIENTS([](const arrays& in) { return concat({in[0], in[0]}, 0); }, {x});
  for (std::int64_t dim = 0; dim < 3; ++dim)
    CHECK_GRADIENTS([=](const arrays& in) { return slice(in[0], dim, 1, 2); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return gather_rows(in[0], {3, 1, 1, 3, 1}); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return scatter_rows(in[0], {2, 0, 2, 5}, 7); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return permute(in[0], {2, 0, 1}); }, {x});
  CHECK_GRADIENTS([](const arrays& in) { return transpose(in[0], 0, 2); }, {x});
}

TEST_CASE("shape_ops: what is not differentiated gets no gradient, ids that change are an error") {
  tensor x = random_normal({2, 3}, 1), y = random_normal({2, 3}, 2);
  y.set_requires_grad();
  concat({x, y}, 0).backward(counting({4, 3}));
  CHECK_FALSE(x.grad().defined());
  CHECK(same_bits(y.grad(), tensor({2, 3}, {6, 7, 8, 9, 10, 11})));
  basic_tensor<std::int64_t> ids({2}, {0, 1});
  const tensor z = gather_rows(y, ids);
  ids.mutable_data()[0] = 1;
  CHECK_THROWS_SAYING(z.backward(z.detach()), std::invalid_argument, "[backward] a tensor of shape (2)");
}

TEST_CASE("shape_ops: of ids in the caller's memory a copy is kept for the gradient") {
  std::vector<std::int32_t> ids{0, 1};
  const auto view = basic_tensor<std::int32_t>::wrap(ids.data(), {2}, nullptr);
  tensor x = random_normal({2, 3}, 1);
  x.set_requires_grad();
  const tensor gathered = gather_rows(x, view), scattered = scatter_rows(x, view, 2);
  ids = {1'000'000'000, -1'000'000'000};
  gathered.backward(counting({2, 3}));
  scattered.backward(counting({2, 3}));
  for (int i = 0; i < 6; ++i) CHECK(x.grad().at(i / 3, i % 3) == 2 * counting({2, 3}).at(i / 3, i % 3));
}

TEST_CASE("shape_ops: the same for any number of threads") {
  const tensor x = random_normal({300, 40, 50}, 1);
  testing::check_thread_counts([&] { return permute(x, {2, 0, 1}); });
  testing::check_thread_counts([&] { return permute(x, {1, 0, 2}); });
  testing::check_thread_counts([&] { return concat({x, x}, 1); });
  testing::check_thread_counts([&] { return slice(x, 2, 3, 40); });
  testing::check_thread_counts([&] { return gather_rows(x, random_integers({500}, 300, 2)); });
}

TEST_CASE("shape_ops: misuse") {
  const tensor x({2, 3});
  CHECK_THROWS_SAYING(concat(std::vector<tensor>(), 0), std::invalid_argument, "[concat] an empty list");
  CHECK_THROWS_SAYING(concat({x, tensor({2, 4})}, 0), std::invalid_argument,
                      "[concat] shapes (2, 3) and (2, 4) differ not only in dim 0");
  CHECK_THROWS_SAYING(concat({x, tensor({2})}, 1), std::invalid_argument, "shapes (2, 3) and (2) differ");
  CHECK_THROWS_SAYING(concat({x, x}, 2), std::invalid_argument, "[concat] there is no dim 2 in shape (2, 3)");
  CHECK_THROWS_SAYING(concat({x, tensor()}, 0), std::invalid_argument, "[concat] an operand is a tensor without");
  CHECK_THROWS_SAYING(slice(x, 1, 2, 4), std::invalid_argument, "[slice] [2, 4) is no part of dim 1 of shape (2, 3)");
  CHECK_THROWS_SAYING(slice(x, 1, -1, 2), std::invalid_argument, "[-1, 2) is no part");
  CHECK_THROWS_SAYING(slice(x, 1, 2, 1), std::invalid_argument, "[2, 1) is no part");
  CHECK_THROWS_SAYING(slice(tensor(), 0, 0, 0), std::invalid_argument, "[slice] an operand is a tensor without");
  CHECK_THROWS_SAYING(gather_rows(x, {0, 2}), std::invalid_argument, "[gather_rows] id 1 is 2");
  CHECK_THROWS_SAYING(gather_rows(tensor(), {0}), std::invalid_argument, "[gather_rows] x is a tensor without");
  CHECK_THROWS_SAYING(scatter_rows(x, {0}, 5), std::invalid_argument, "[scatter_rows] 1 ids for the 2 rows of x");
  CHECK_THROWS_SAYING(scatter_rows(x, {0, -1}, 5), std::invalid_argument, "[scatter_rows] id 1 is -1");
  CHECK_THROWS_SAYING(scatter_rows(x, {0, 1}, -5), std::invalid_argument, "expected from 0 to 2^31 - 1 rows, got -5");
  CHECK_THROWS_SAYING(scatter_rows(tensor(), {0}, 5), std::invalid_argument, "x is a tensor without storage");
  CHECK_THROWS_SAYING(permute(x, {0}), std::invalid_argument,
                      "[permute] dims (0) do not name each dim of shape (2, 3) once");
  CHECK_THROWS_SAYING(permute(x, {0, -2}), std::invalid_argument, "dims (0, -2) do not name each dim");
  CHECK_THROWS_SAYING(permute(x, {0, 3}), std::invalid_argument, "[permute] there is no dim 3 in shape (2, 3)");
  CHECK_THROWS_SAYING(permute(tensor(), {}), std::invalid_argument, "[permute]");
  CHECK_THROWS_SAYING(transpose(x, 0, 2), std::invalid_argument, "[transpose] there is no dim 2 in shape (2, 3)");
  CHECK_THROWS_SAYING(transpose(tensor(), 0, 0), std::invalid_argument, "without storage");
}
