/// Which sanitizer the tests run under: 0 or 1 each. Its malloc does not count, and gives back late.
#pragma once

#if defined(__has_feature)
#define EDGEFOLD_TEST_ASAN __has_feature(address_sanitizer)
#define EDGEFOLD_TEST_TSAN __has_feature(thread_sanitizer)
#else
#ifdef __SANITIZE_ADDRESS__
#define EDGEFOLD_TEST_ASAN 1
#else
#define EDGEFOLD_TEST_ASAN 0
#endif
#ifdef __SANITIZE_THREAD__
#define EDGEFOLD_TEST_TSAN 1
#else
#define EDGEFOLD_TEST_TSAN 0
#endif
#endif
