// Memory that runs out when it is told to: every allocation of the program, of whichever thread and library.
#pragma once
#include <cstdint>

namespace stress {

enum class failing : std::uint8_t { once, from_then_on };

// Lets the `point`-th allocation from now on fail, counted from 1 over all threads, and perhaps all after it.
void start_failing(failing how, std::int64_t point);
// No allocation fails any longer. Whether one did.
bool stop_failing();

// The function with which oneTBB starts its threads, null before it has; no allocation on its behalf fails.
void* thread_starter();
void set_thread_starter(void* function);

}  // namespace stress
