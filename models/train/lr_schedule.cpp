#include <edgefold/models/train/lr_schedule.hpp>

#include <edgefold/core/error.hpp>

#include <cmath>
#include <numbers>

namespace edgefold {
namespace {

void check_epoch(std::int64_t epoch, std::string_view schedule) {
  check(epoch >= 0, schedule, "epoch is ", epoch, ", expected at least 0");
}

}  // namespace

double step_lr::operator()(std::int64_t epoch) const {
  check_epoch(epoch, "step_lr");
  check(step_size >= 1, "step_lr", "step_size is ", step_size, ", expected at least 1");
  const std::int64_t steps = epoch / step_size;
  return lr0 * std::pow(gamma, static_cast<double>(steps));
}

double exponential_lr::operator()(std::int64_t epoch) const {
  check_epoch(epoch, "exponential_lr");
  return lr0 * std::pow(gamma, static_cast<double>(epoch));
}

double cosine_lr::operator()(std::int64_t epoch) const {
  check_epoch(epoch, "cosine_lr");
  check(total >= 1, "cosine_lr", "total is ", total, ", expected at least 1");
  if (epoch >= total) return lr_min;
  const double share = static_cast<double>(epoch) / static_cast<double>(total);
  return lr_min + (lr0 - lr_min) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

}  // namespace edgefold
