// Any text, with weights of any type asked for, either makes a graph, whose edges all stand between its vertices, or an
// exception.
#include <edgefold/core/io/edge_list.hpp>

#include <stdexcept>

using edgefold::number_type;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto type : {number_type::as_written, number_type::int64, number_type::float32, number_type::float64})
    try {
      const auto g = edgefold::parse_edge_list(text, -1, "text", type);
      for (std::int64_t e = 0; e < g.num_edges(); ++e)
        if (g.source(e) >= g.num_src() || g.target(e) >= g.num_dst()) __builtin_trap();
    } catch (const std::runtime_error&) {
    }
  return 0;
}
