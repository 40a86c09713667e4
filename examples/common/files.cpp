#include <common/files.hpp>

#include <fstream>

#include <nlohmann/json.hpp>

#include <edgefold/core/io/graph_file.hpp>
#include <edgefold/core/io/npy.hpp>

namespace edgefold::examples {

basic_tensor<std::int64_t> read_integers(const std::filesystem::path& file) {
  const any_tensor t = read_npy(file);
  if (const auto* narrow = std::get_if<basic_tensor<std::int32_t>>(&t)) return cast<std::int64_t>(*narrow);
  const auto* wide = std::get_if<basic_tensor<std::int64_t>>(&t);
  check_runtime(wide != nullptr, "read_integers", file.string(), ": holds ", scalar_name(t), ", expected integers");
  return *wide;
}

graph read_pairs(const std::filesystem::path& file, std::int64_t num_vertices) {
  return read_graph(file, num_vertices);
}

std::int64_t read_count(const std::filesystem::path& file, const std::string& key) {
  std::ifstream in(file);
  check_runtime(in.good(), "read_count", file.string(), ": cannot be read");
  const auto json = nlohmann::json::parse(in, nullptr, false);
  const bool there = json.is_object() && json.contains(key) && json[key].is_number_integer() && json[key] >= 1;
  check_runtime(there, "read_count", file.string(), ": ", key, " is no number of 1 or more");
  return json[key].get<std::int64_t>();
}

}  // namespace edgefold::examples
