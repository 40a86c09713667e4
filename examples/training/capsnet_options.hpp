/// The command line of the CapsNet example.
#pragma once
#include <string>

#include <CLI/CLI.hpp>

#include <edgefold/core/parallel.hpp>
#include <training/checkpoint.hpp>

namespace edgefold::examples {

struct capsnet_run {
  std::string data, checkpoint, output = "out/capsnet_mnist";
  bool synthetic = false, shared_logits = false, no_reconstruction = false;
  bool resume = false, evaluate = false, no_figures = false;
  int epochs = 10, iterations = 3, threads = num_threads();
  std::int64_t batch = 128, shift = 2, limit_train = 0, limit_test = 0;  ///< a limit of 0 is none
  std::uint64_t seed = 0;
  double lr = 0.001, decay = 0.9;
};

void add_options(CLI::App& app, capsnet_run& run);

/// What the parser cannot check by itself; names the checkpoint if the user has not. Throws std::invalid_argument or
/// std::runtime_error.
void check_usage(capsnet_run& run);
/// Whether the checkpoint is there, or not, as the run wants it. Throws std::runtime_error.
void check_checkpoint(const capsnet_run& run);

/// What makes another model, under the names of the options.
option_values model_options(const capsnet_run& run);
/// All that the numbers of a run depend on.
option_values run_options(const capsnet_run& run, std::int64_t training_images, std::int64_t test_images);

}  // namespace edgefold::examples
