// Any bytes either make arrays or an exception.
#include <edgefold/core/io/npy.hpp>

#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    static_cast<void>(edgefold::parse_npy(std::as_bytes(std::span(data, size))));
  } catch (const std::runtime_error&) {
  }
  return 0;
}
