#include <training/checkpoint.hpp>

#include <algorithm>
#include <string_view>

#include <edgefold/core/io/safetensors.hpp>

namespace edgefold::examples {
namespace {

constexpr std::string_view program = "capsnet_mnist", version = "2", option = "option.";

/// A tensor of doubles; without storage where there is none.
basic_tensor<double> doubles(const state_map& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  const auto* const t = found == tensors.end() ? nullptr : std::get_if<basic_tensor<double>>(&found->second);
  return t ? *t : basic_tensor<double>();
}

/// The value of a key, "" where there is none.
std::string value_of(const option_values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? "" : found->second;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& file, const checkpoint& c) {
  state_map tensors = join({{"model", c.model}, {"optimizer", c.optimizer}});
  tensors.emplace("scores", c.scores);
  if (c.running.defined()) tensors.emplace("running", c.running);
  option_values metadata{{"program", std::string(program)}, {"version", std::string(version)}};
  for (const auto& [name, value] : c.options) metadata.emplace(std::string(option) + name, value);
  write_safetensors(file, tensors, metadata);
}

checkpoint read_checkpoint(const std::filesystem::path& file) {
  check_runtime(std::filesystem::exists(file), "checkpoint", file.string(), ": there is no such file");
  const safetensors_file read = read_safetensors(file);
  check_runtime(value_of(read.metadata, "program") == program, "checkpoint", file.string(), ": is no checkpoint of ",
                program);
  const std::string written = value_of(read.metadata, "version");
  check_runtime(written == version || written == "1", "checkpoint", file.string(), ": is of version \"", written,
                "\", expected 1 or ", version);
  checkpoint c{part(read.tensors, "model"),
               part(read.tensors, "optimizer"),
               doubles(read.tensors, "scores"),
               doubles(read.tensors, "running"),
               {}};
  check_runtime(!c.running.defined() || (c.running.shape() == shape_type{5} &&
                                         std::ranges::all_of(c.running.values(), [](double x) { return x >= 0; })),
                "checkpoint", file.string(), ": \"running\" is no double (5) from 0 on");
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
