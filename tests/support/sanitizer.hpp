/// Which sanitizer the tests run under: 0 or 1 each. Its malloc does not count, and gives back late.
#pragma once

// g++ says it by a macro of its own, clang by a question that others define as always 0.
#ifdef __SANITIZE_ADDRESS__
#define EDGEFOLD_TEST_ASAN 1
#elif defined(__has_feature)
#define EDGEFOLD_TEST_ASAN __has_feature(address_sanitizer)
#else
#define EDGEFOLD_TEST_ASAN 0
#endif

#ifdef __SANITIZE_THREAD__
#define EDGEFOLD_TEST_TSAN 1
#elif defined(__has_feature)
#define EDGEFOLD_TEST_TSAN __has_feature(thread_sanitizer)
#else
#define EDGEFOLD_TEST_TSAN 0
#endif
