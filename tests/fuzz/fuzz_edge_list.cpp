// Any text either makes a graph, whose edges all stand between its vertices, or an exception.
#include <edgefold/core/io/edge_list.hpp>

#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto g = edgefold::parse_edge_list({reinterpret_cast<const char*>(data), size});
    for (std::int64_t e = 0; e < g.num_edges(); ++e)
      if (g.source(e) >= g.num_src() || g.target(e) >= g.num_dst()) __builtin_trap();
  } catch (const std::runtime_error&) {
  }
  return 0;
}
