#include <edgefold/models/train/lr_schedule.hpp>

#include <support/tensors.hpp>

#include <vector>

namespace edgefold {
namespace {

// The expected numbers are those of torch.optim.lr_scheduler.
template <class Schedule>
void check_schedule(const Schedule& schedule, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(schedule(static_cast<std::int64_t>(i)) == doctest::Approx(expected[i]).epsilon(1e-12));
}

TEST_CASE("lr_schedule: the three, as torch has them") {
  check_schedule(step_lr{0.2, 3, 0.5}, {0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025});
  CHECK(step_lr{1, 2}(4) == doctest::Approx(0.01));
  check_schedule(exponential_lr{0.2, 0.9}, {0.2, 0.18, 0.162, 0.1458, 0.13122, 0.118098});
  check_schedule(cosine_lr{0.2, 10, 0.01},
                 {0.2, 0.1953503690480396, 0.18185661446562001, 0.16083959896778496, 0.13435661446562, 0.105,
                  0.07564338553437999, 0.04916040103221506, 0.028143385534380005, 0.014649630951960414, 0.01});
}

TEST_CASE("lr_schedule: a cosine stays down") {
  const cosine_lr schedule{0.2, 10, 0.01};
  CHECK(schedule(10) == 0.01);
  CHECK(schedule(1000) == 0.01);
  CHECK(cosine_lr{0.5, 3}(3) == 0);
}

TEST_CASE("lr_schedule: misuse") {
  CHECK_THROWS_SAYING(step_lr({1, 0})(1), std::invalid_argument, "[step_lr] step_size is 0, expected at least 1");
  CHECK_THROWS_SAYING(cosine_lr({1, 0})(1), std::invalid_argument, "[cosine_lr] total is 0, expected at least 1");
  CHECK_THROWS_SAYING(exponential_lr({1, 0.5})(-1), std::invalid_argument, "[exponential_lr] epoch is -1");
  CHECK_THROWS_SAYING(step_lr({1, 1})(-1), std::invalid_argument, "[step_lr] epoch is -1, expected at least 0");
  CHECK_THROWS_SAYING(cosine_lr({1, 1})(-1), std::invalid_argument, "[cosine_lr] epoch is -1, expected at least 0");
}

}  // namespace
}  // namespace edgefold
