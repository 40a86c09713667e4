// rapidcheck's properties as doctest checks. RC_PARAMS=reproduce=... in the environment repeats a failure.
#pragma once
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <sstream>
#include <utility>

namespace edgefold::testing {

// Runs `property` on many random inputs; fails with the smallest input for which it threw (RC_ASSERT).
template <class Property>
void check_property(Property&& property) {
  const rc::detail::TestResult result = rc::detail::checkTestable(std::forward<Property>(property));
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  CHECK_MESSAGE(result.is<rc::detail::SuccessResult>(), text.str());
}

}  // namespace edgefold::testing
