/// A training run in a file: all that is needed to go on as if it had never stopped.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include <edgefold/models/train/state.hpp>

namespace edgefold::examples {

/// Names and values of the options of a run.
using option_values = std::map<std::string, std::string>;

/// In a safetensors file: the tensors of `model` and `optimizer` under these names and a dot, `scores` and `running` as
/// themselves; program, version and options as metadata. Version 1 had no `running`.
struct checkpoint {
  state_map model, optimizer;
  basic_tensor<double> scores;   ///< (epochs done, 4), of training_metrics.hpp
  basic_tensor<double> running;  ///< (5), of an epoch that has begun, of training_metrics.hpp; else without storage
  option_values options;         ///< that the result depends on

  std::int64_t epochs() const { return scores.rows(); }
};

/// Writes the file: whole or not at all, replacing what was there.
void write_checkpoint(const std::filesystem::path& file, const checkpoint& c);

/// Throws std::runtime_error for what is missing, damaged, no checkpoint of this program, or of another version.
checkpoint read_checkpoint(const std::filesystem::path& file);

/// Throws std::runtime_error, with both values, where one of the options `expected` is another in the checkpoint `c`,
/// read from `file`.
void check_options(const std::filesystem::path& file, const checkpoint& c, const option_values& expected);

}  // namespace edgefold::examples
