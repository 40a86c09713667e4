#include <common/checkpoint.hpp>

#include <string_view>

#include <edgefold/core/io/safetensors.hpp>

namespace edgefold::examples {
namespace {

constexpr std::string_view program = "capsnet_mnist", version = "1", option = "option.";

/// The value of a key, "" where there is none.
std::string value_of(const option_values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? "" : found->second;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& file, const checkpoint& c) {
  state_map tensors = join({{"model", c.model}, {"optimizer", c.optimizer}});
  tensors.emplace("scores", c.scores);
  option_values metadata{{"program", std::string(program)}, {"version", std::string(version)}};
  for (const auto& [name, value] : c.options) metadata.emplace(std::string(option) + name, value);
  write_safetensors(file, tensors, metadata);
}

checkpoint read_checkpoint(const std::filesystem::path& file) {
  check_runtime(std::filesystem::exists(file), "checkpoint", file.string(), ": there is no such file");
  const safetensors_file read = read_safetensors(file);
  check_runtime(value_of(read.metadata, "program") == program, "checkpoint", file.string(), ": is no checkpoint of ",
                program);
  check_runtime(value_of(read.metadata, "version") == version, "checkpoint", file.string(), ": is of version \"",
                value_of(read.metadata, "version"), "\", expected ", version);
  checkpoint c{part(read.tensors, "model"), part(read.tensors, "optimizer"), {}, {}};
  const auto scores = read.tensors.find("scores");
  if (scores != read.tensors.end())
    if (const auto* t = std::get_if<basic_tensor<double>>(&scores->second)) c.scores = *t;
  check_runtime(c.scores.num_dims() == 2 && c.scores.shape()[1] == 4, "checkpoint", file.string(),
                ": \"scores\" is missing or no double (epochs, 4)");
  for (const auto& [key, value] : read.metadata)
    if (key.starts_with(option)) c.options.emplace(key.substr(option.size()), value);
  return c;
}

void check_options(const std::filesystem::path& file, const checkpoint& c, const option_values& expected) {
  for (const auto& [name, value] : expected) {
    const std::string there = value_of(c.options, name);
    check_runtime(there == value, "checkpoint", file.string(), ": was made with ", name, " \"", there, "\", not \"",
                  value, "\"");
  }
}

}  // namespace edgefold::examples
