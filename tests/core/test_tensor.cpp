#include <doctest/doctest.h>

#include <edgefold/core/tensor.hpp>

#include <support/property.hpp>
#include <support/tensors.hpp>

using namespace edgefold;
using namespace edgefold::testing;

TEST_CASE("shape, rows, width and size") {
  const tensor t({2, 3, 4});
  CHECK(t.shape() == shape_type{2, 3, 4});
  CHECK(t.rows() == 2);
  CHECK(t.width() == 12);
  CHECK(t.size() == 24);
  CHECK(t.num_dims() == 3);
  CHECK(tensor({5}).width() == 1);
  CHECK(tensor({0, 3}).size() == 0);
  CHECK(tensor({0, 3}).width() == 3);
  CHECK(tensor({3, 0}).size() == 0);
}

TEST_CASE("a default tensor has nothing") {
  const tensor t;
  CHECK_FALSE(t.defined());
  CHECK(t.data() == nullptr);
  CHECK(t.rows() == 0);
  CHECK(t.size() == 0);
  CHECK(t.values().empty());
  CHECK_FALSE(t.clone().defined());
  CHECK_THROWS_SAYING(t.item(), std::invalid_argument, "item() needs exactly one element");
  CHECK_THROWS_SAYING(t.reshape({0}), std::invalid_argument, "[reshape]");
}

TEST_CASE("new tensors are zero, full and ones are not, memory is aligned") {
  // Freed memory that is not zero makes it likely that a missing fill would show.
  for (int round = 0; round < 3; ++round) {
    tensor dirty = full({1000}, 7.0F);
    CHECK(dirty.at(999) == 7);
    dirty = tensor();
    const tensor t({1000});
    CHECK(std::all_of(t.values().begin(), t.values().end(), [](float x) { return x == 0; }));
  }
  CHECK(ones<std::int64_t>({2, 2}).at(1, 1) == 1);
  CHECK(same_bits(zeros_like(full<double>({2, 3}, 4.0)), zeros<double>({2, 3})));
  CHECK(same_bits(ones_like(basic_tensor<bool>({2})), full<bool>({2}, true)));
  for (std::int64_t n : {0, 1, 17, 600'000}) {
    const tensor t = tensor::uninitialized({n});
    CHECK(reinterpret_cast<std::uintptr_t>(t.data()) % 64 == 0);
  }
}

TEST_CASE("full: a number that the type cannot hold is refused") {
  CHECK(full<std::int64_t>({1}, 3.0).item() == 3);
  CHECK(full<std::int64_t>({1}, -0x1p63).item() == INT64_MIN);
  CHECK(full<float>({1}, 1e300).item() == INFINITY);
  CHECK(full<bool>({1}, 1).item());
  const auto refused = [](auto make, const char* part) { CHECK_THROWS_SAYING(make(), std::invalid_argument, part); };
  refused([] { return full<std::int64_t>({1}, 1e300); }, "[full] value is 1e+300, which int64 cannot hold");
  refused([] { return full<std::int64_t>({1}, 0x1p63); }, "which int64 cannot hold");
  refused([] { return full<std::int64_t>({1}, UINT64_MAX); }, "[full] value is 18446744073709551615, which int64");
  refused([] { return full<std::int32_t>({1}, std::int64_t{1} << 31); }, "[full] value is 2147483648, which int32");
  refused([] { return full<std::int32_t>({1}, NAN); }, "[full] value is nan, which int32 cannot hold");
  refused([] { return full<std::int32_t>({1}, .5F); }, "[full] value is 0.5, which int32 cannot hold");
  refused([] { return full<bool>({1}, 2); }, "[full] value is 2, which bool cannot hold");
}

TEST_CASE("values are in row-major order") {
  const tensor t({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(t.at(0, 2) == 3);
  CHECK(t.at(1, 0) == 4);
  CHECK(t.data()[5] == 6);
  const std::vector<double> v{1, 2};
  CHECK(basic_tensor<double>({2, 1}, v).at(1) == 2);
  CHECK(tensor({1, 1}, {8}).item() == 8);
}

TEST_CASE("a copy aliases, a clone does not") {
  tensor a({2}, {1, 2});
  const tensor alias = a, apart = a.clone();
  a.mutable_data()[0] = 10;
  CHECK(alias.at(0) == 10);
  CHECK(apart.at(0) == 1);
  CHECK(alias.shares_storage_with(a));
  CHECK_FALSE(apart.shares_storage_with(a));
}

TEST_CASE("the version counts accesses that may write, for all who share the storage") {
  tensor a({2, 2}, {1, 2, 3, 4});
  const tensor alias = a, view = a.reshape({4}), apart = a.clone();
  const auto before = a.version(), others = apart.version();
  static_cast<void>(alias.at(0, 0));
  static_cast<void>(alias.values());
  static_cast<void>(alias.matrix().sum());
  CHECK(a.version() == before);
  a.mutable_data()[0] = 1;
  CHECK(alias.version() == before + 1);
  CHECK(view.version() == before + 1);
  a.mutable_array() += 1;
  CHECK(alias.version() == before + 2);
  CHECK(apart.version() == others);
}

TEST_CASE("reshape shares the storage, and one dim may be open") {
  tensor a({2, 6});
  tensor b = a.reshape({3, -1, 2});
  CHECK(b.shape() == shape_type{3, 2, 2});
  CHECK(b.width() == 4);
  b.mutable_data()[11] = 5;
  CHECK(a.at(1, 5) == 5);
  CHECK(a.shape() == shape_type{2, 6});
  CHECK(a.reshape({-1}).rows() == 12);
  CHECK(tensor({0, 3}).reshape({-1, 3}).rows() == 0);
  CHECK_THROWS_SAYING(a.reshape({5, -1}), std::invalid_argument, "[reshape] shape (2, 6)");
  CHECK_THROWS_SAYING(a.reshape({13}), std::invalid_argument, "(13)");
  CHECK_THROWS_SAYING(a.reshape({-1, -1}), std::invalid_argument, "negative");
  CHECK_THROWS_SAYING(a.reshape({}), std::invalid_argument, "[reshape]");
  CHECK(a.shape() == shape_type{2, 6});
}

TEST_CASE("wrap uses the caller's buffer and keeps its owner alive") {
  auto owner = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3, 4, 5, 6});
  const std::weak_ptr<std::vector<float>> watch = owner;
  float* data = owner->data();
  tensor t = tensor::wrap(data, {3, 2}, std::move(owner));
  CHECK(t.at(2, 1) == 6);
  t.mutable_data()[0] = 9;
  CHECK((*watch.lock())[0] == 9);
  const tensor copy = t;
  t = tensor();
  CHECK_FALSE(watch.expired());
  CHECK(copy.at(0) == 9);

  float own[2] = {1, 2};
  CHECK(tensor::wrap(own, {2}, nullptr).data() == own);
  CHECK(tensor::wrap(nullptr, {0, 4}, nullptr).size() == 0);
  CHECK_THROWS_SAYING(tensor::wrap(nullptr, {1}, nullptr), std::invalid_argument, "no buffer for shape (1)");
}

TEST_CASE("Eigen matrices come and go") {
  using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::MatrixXf columns = Eigen::MatrixXf::Random(4, 3);
  const tensor copied = tensor::from(columns);
  CHECK(copied.shape() == shape_type{4, 3});
  CHECK(copied.at(1, 2) == columns(1, 2));
  CHECK(copied.matrix() == columns);

  row_major rows = columns;
  const float* address = rows.data();
  const tensor moved = tensor::from(std::move(rows));
  CHECK(moved.data() == address);
  CHECK(moved.matrix() == columns);
  const row_major kept = columns;
  const tensor apart = tensor::from(kept);
  CHECK(apart.data() != kept.data());
  CHECK(apart.matrix() == kept);

  const tensor expression = tensor::from(2 * columns.topRows(2));
  CHECK(expression.at(1, 1) == 2 * columns(1, 1));
  CHECK(basic_tensor<double>::from(columns).at(3, 0) == static_cast<double>(columns(3, 0)));
  CHECK(tensor::from(columns.array() + 1).at(0, 0) == columns(0, 0) + 1);
  CHECK(tensor::from(Eigen::VectorXf(Eigen::VectorXf::Ones(5))).shape() == shape_type{5, 1});
}

TEST_CASE("matrix() and array() view the storage as rows by width") {
  tensor t({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  t.mutable_matrix().row(1) *= 10;
  CHECK(same_bits(t, tensor({2, 2, 2}, {1, 2, 3, 4, 50, 60, 70, 80})));
  t.mutable_array().col(3) = -1;
  CHECK(t.at(0, 3) == -1);
  CHECK(t.at(1, 3) == -1);
  CHECK(t.array().rows() == 2);
  CHECK(tensor({0, 4}).matrix().cols() == 4);
}

TEST_CASE("cast converts as static_cast does, and shares where there is nothing to convert") {
  const basic_tensor<double> d({2, 2}, {1.9, -1.9, 0, 3});
  CHECK(same_bits(cast<std::int32_t>(d), basic_tensor<std::int32_t>({2, 2}, {1, -1, 0, 3})));
  CHECK(same_bits(cast<bool>(d), basic_tensor<bool>({2, 2}, {true, true, false, true})));
  CHECK(cast<double>(d).shares_storage_with(d));
}

TEST_CASE("cast refuses a tensor without storage") {
  CHECK_THROWS_SAYING(cast<double>(tensor()), std::invalid_argument, "[cast] t is a tensor without storage");
}

TEST_CASE("bad shapes and elements are refused") {
  CHECK_THROWS_SAYING(tensor({-1, 2}), std::invalid_argument, "[tensor] a dim is negative in shape (-1, 2)");
  CHECK_THROWS_SAYING(tensor(shape_type{}), std::invalid_argument, "a shape needs at least one dim");
  const std::int64_t big = std::int64_t{1} << 40;
  CHECK_THROWS_SAYING(tensor({big, big}), std::invalid_argument, "more than 2^63 elements");
  CHECK_THROWS_SAYING(tensor({big << 21, 2}), std::invalid_argument, "does not fit the address space");
  CHECK_THROWS_SAYING(tensor({2, 2}, {1, 2, 3}), std::invalid_argument, "shape (2, 2) holds 4 values, got 3");
  const tensor t({2, 3});
  CHECK_THROWS_SAYING(t.at(2, 0), std::invalid_argument, "element (2, 0) is outside of shape (2, 3)");
  CHECK_THROWS_SAYING(t.at(0, 3), std::invalid_argument, "element (0, 3)");
  CHECK_THROWS_SAYING(t.at(-1), std::invalid_argument, "element (-1, 0)");
  CHECK_THROWS_SAYING(t.item(), std::invalid_argument, "the shape is (2, 3)");
}

TEST_CASE("any values survive a round trip through clone, reshape and Eigen") {
  check_property([] {
    const auto rows = *rc::gen::inRange<std::int64_t>(0, 6), width = *rc::gen::inRange<std::int64_t>(1, 6);
    const auto values =
        *rc::gen::container<std::vector<double>>(static_cast<std::size_t>(rows * width), rc::gen::arbitrary<double>());
    const basic_tensor<double> t({rows, width}, values);
    RC_ASSERT(same_bits(t, t.clone()));
    RC_ASSERT(same_bits(t, t.reshape({width, -1}).reshape({rows, width})));
    const Eigen::MatrixXd columns = t.matrix();
    RC_ASSERT(same_bits(t, basic_tensor<double>::from(columns)));
    RC_ASSERT(std::equal(values.begin(), values.end(), t.values().begin(), t.values().end()));
  });
}

TEST_CASE("with_last_dim: another last dim, where there is one") {
  CHECK(with_last_dim({3, 4}, 1) == shape_type{3, 1});
  CHECK(with_last_dim({3}, 7) == shape_type{7});
  CHECK(with_last_dim({}, 7).empty());
}
