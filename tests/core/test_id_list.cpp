#include <doctest/doctest.h>

#include <edgefold/core/id_list.hpp>

#include <support/tensors.hpp>

using namespace edgefold;

TEST_CASE("ids come from lists, vectors and tensors of 32 and 64 bits") {
  const std::vector<std::int64_t> wide{5, std::int64_t{1} << 40};
  const id_list lists[] = {{3, 1}, std::vector<std::int32_t>{3, 1}, basic_tensor<std::int64_t>({2}, {3, 1})};
  for (const id_list& l : lists) {
    CHECK(l.size() == 2);
    CHECK(l[0] == 3);
    CHECK(l[1] == 1);
    CHECK(l.to_int32().at(1) == 1);
    CHECK(l.to_int64().at(0) == 3);
  }
  CHECK(id_list(wide)[1] == wide[1]);
  CHECK(id_list().size() == 0);
}

TEST_CASE("a tensor of ids is not copied") {
  const basic_tensor<std::int32_t> t({3}, {0, 1, 2});
  CHECK(id_list(t).to_int32().shares_storage_with(t));
  CHECK_FALSE(id_list(t).to_int64().shares_storage_with(cast<std::int64_t>(t)));
}

TEST_CASE("check_range accepts what is in range and names the first id that is not") {
  const id_list ids{0, 4, 2, 5, -1};
  CHECK_NOTHROW(id_list({0, 4}).check_range(5, "here", "thing"));
  CHECK_NOTHROW(id_list().check_range(0, "here", "thing"));
  CHECK_THROWS_SAYING(ids.check_range(5, "here", "thing"), std::invalid_argument,
                      "[here] thing 3 is 5, expected an id from 0 to 4");
}

TEST_CASE("check_distinct names the first id that is given twice") {
  CHECK_NOTHROW(id_list({0, 4, 2}).check_distinct(5, "here", "thing"));
  CHECK_NOTHROW(id_list().check_distinct(0, "here", "thing"));
  CHECK_THROWS_SAYING(id_list({0, 4, 2, 4, 0}).check_distinct(5, "here", "thing"), std::invalid_argument,
                      "[here] thing 4 is given twice");
}

TEST_CASE("take gives ids that nobody else writes to: moved in, or copied") {
  const auto taken = [](basic_tensor<std::int32_t> t) { return id_list(std::move(t)).take_int32(); };
  basic_tensor<std::int32_t> alone({2}, {3, 4}), kept({2}, {3, 4});
  const std::int32_t* const p = alone.data();
  CHECK(taken(std::move(alone)).values().data() == p);
  CHECK_FALSE(taken(kept).shares_storage_with(kept));
  CHECK_FALSE(taken(kept.reshape({1, 2})).shares_storage_with(kept));
  std::int32_t of_caller[] = {3, 4};
  for (const auto& t : {basic_tensor<std::int32_t>::wrap(of_caller, {2}, nullptr),
                        basic_tensor<std::int32_t>::wrap(of_caller, {2}, std::make_shared<int>())}) {
    basic_tensor<std::int32_t> view = t;
    CHECK(taken(std::move(view)).values().data() != of_caller);
  }
  CHECK(taken(basic_tensor<std::int32_t>::wrap(of_caller, {2}, std::make_shared<int>())).values().data() != of_caller);
  CHECK(testing::same_bits(id_list({3, 4}).take_int64(), basic_tensor<std::int64_t>({2}, {3, 4})));
  CHECK(id_list(basic_tensor<std::int64_t>()).take().size() == 0);
}
