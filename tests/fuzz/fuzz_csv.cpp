// Two tables, cut at the first zero byte, with ids of either kind and numbers of any type: either a graph, whose edges
// all stand between its vertices, or an exception.
#include <edgefold/core/io/csv.hpp>

#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t cut = std::min(text.find('\0'), text.size());
  try {
    const auto [g, names] = edgefold::parse_csv(text.substr(0, cut), text.substr(std::min(cut + 1, text.size())),
                                                {.named = (data[0] & 1) != 0,
                                                 .separator = ",;\t|"[data[0] >> 1 & 3],
                                                 .numbers = static_cast<edgefold::number_type>(data[0] >> 3 & 3)});
    if (!names.empty() && std::ssize(names) != g.num_vertices()) __builtin_trap();
    for (std::int64_t e = 0; e < g.num_edges(); ++e)
      if (g.source(e) >= g.num_src() || g.target(e) >= g.num_dst()) __builtin_trap();
  } catch (const std::runtime_error&) {
  }
  return 0;
}
