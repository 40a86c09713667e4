// The same computation with several numbers of threads.
#pragma once
#include <edgefold/core/parallel.hpp>

#include <support/tensors.hpp>

namespace edgefold::testing {

// Sets the number of threads; at the end of the scope it is the caller's again.
struct thread_scope {
  explicit thread_scope(int n) { set_num_threads(n); }
  ~thread_scope() { set_num_threads(0); }
  thread_scope(const thread_scope&) = delete;
  thread_scope& operator=(const thread_scope&) = delete;
};

// Checks that `compute()` gives the same bits with 1, 2, 3 and 8 threads.
template <class Compute>
void check_thread_counts(const Compute& compute) {
  const auto alone = [&] {
    const thread_scope one(1);
    return compute();
  }();
  for (int n : {2, 3, 8}) {
    const thread_scope some(n);
    CAPTURE(n);
    CHECK(same_bits(compute(), alone));
  }
}

}  // namespace edgefold::testing
