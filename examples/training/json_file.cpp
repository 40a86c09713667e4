#include <training/json_file.hpp>

#include <nlohmann/json.hpp>

#include <common/staged_folder.hpp>
#include <edgefold/core/error.hpp>

namespace edgefold::examples {

void write_json(const std::filesystem::path& file, const std::vector<std::pair<std::string, double>>& values) {
  check_runtime(!is_directory(file), "write_json", file.string(), ": is a folder");
  nlohmann::ordered_json json;
  for (const auto& [key, value] : values) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) json[key] = whole;
    else json[key] = value;
  }
  staged_folder folder(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
  folder.write_text(file.filename().string(), json.dump(2) + '\n');
  folder.publish();
}

}  // namespace edgefold::examples
