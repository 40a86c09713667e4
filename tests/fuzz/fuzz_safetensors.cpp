// Any bytes either make tensors or an exception.
#include <edgefold/core/io/safetensors.hpp>

#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    static_cast<void>(edgefold::parse_safetensors(std::as_bytes(std::span(data, size))));
  } catch (const std::runtime_error&) {
  }
  return 0;
}
