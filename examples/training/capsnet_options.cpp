#include <training/capsnet_options.hpp>

#include <charconv>
#include <cmath>

#include <training/digits.hpp>

namespace edgefold::examples {
namespace {

std::string text_of(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

}  // namespace

void add_options(CLI::App& app, capsnet_run& o) {
  auto number = [&app](const char* name, auto& variable, const char* text, std::int64_t least, std::int64_t most) {
    app.add_option(name, variable, text)
        ->check(CLI::Range(least, most))
        ->option_text(std::cmp_less(variable, least) ? "N" : "N [" + std::to_string(variable) + "]");
  };
  app.add_option("--data", o.data, "Folder with the four IDX files of MNIST, gzipped or not")->option_text("DIR");
  app.add_flag("--synthetic", o.synthetic, "Digits that the program draws, instead of --data");
  number("--epochs", o.epochs, "Passes over the training images", 1, 1'000'000);
  number("--batch", o.batch, "Images of a step", 1, INT32_MAX);
  number("--iterations", o.iterations, "Routing iterations", 1, 1'000'000);
  app.add_flag("--shared-logits", o.shared_logits, "Route a batch as one, instead of each image for itself");
  app.add_flag("--no-reconstruction", o.no_reconstruction, "Without the decoder");
  app.add_option("--lr", o.lr, "Learning rate of Adam")->option_text("X [0.001]");
  app.add_option("--decay", o.decay, "Factor of the learning rate from epoch to epoch")->option_text("X [0.9]");
  number("--shift", o.shift, "Training images are moved by up to so many pixels", 0, digit_side);
  number("--seed", o.seed, "Seed of the weights, the order and the shifts", 0, INT64_MAX);
  number("--limit-train", o.limit_train, "Only the first training images", 1, INT64_MAX);
  number("--limit-test", o.limit_test, "Only the first test images", 1, INT64_MAX);
  app.add_option("--checkpoint", o.checkpoint, "Where the run is kept")
      ->option_text("FILE [checkpoint.safetensors in the output folder]");
  auto* resume = app.add_flag("--resume", o.resume, "Go on with the run of the checkpoint");
  app.add_flag("--evaluate", o.evaluate, "Only test the network of the checkpoint")->excludes(resume);
  app.add_option("--output", o.output, "Folder for the results")->option_text("DIR [" + o.output + "]");
  app.add_flag("--no-figures", o.no_figures, "Write the numbers only");
  number("--threads", o.threads, "Threads; results do not depend on them", 1, 1024);
}

void check_usage(capsnet_run& o) {
  check(o.data.empty() == o.synthetic, "capsnet_mnist", "expected --data DIR or --synthetic, one of them");
  check(o.lr > 0 && std::isfinite(o.lr), "capsnet_mnist", "--lr is ", o.lr, ", expected a number above 0");
  check(o.decay > 0 && o.decay <= 1, "capsnet_mnist", "--decay is ", o.decay, ", expected a number from 0 to 1, not 0");
  if (o.checkpoint.empty()) o.checkpoint = o.output + "/checkpoint.safetensors";
  check_checkpoint(o);
}

void check_checkpoint(const capsnet_run& o) {
  const bool is_there = std::filesystem::exists(o.checkpoint);
  check_runtime(is_there || !(o.resume || o.evaluate), "capsnet_mnist", o.checkpoint,
                ": there is no such checkpoint to ", o.resume ? "resume" : "evaluate");
  check_runtime(!is_there || o.resume || o.evaluate, "capsnet_mnist", o.checkpoint,
                " is there already: --resume goes on with it, --checkpoint names another file");
}

option_values model_options(const capsnet_run& o) {
  return {{"iterations", std::to_string(o.iterations)},
          {"shared-logits", o.shared_logits ? "yes" : "no"},
          {"reconstruction", o.no_reconstruction ? "no" : "yes"}};
}

option_values run_options(const capsnet_run& o, std::int64_t training_images, std::int64_t test_images) {
  using std::to_string;
  option_values options{{"seed", to_string(o.seed)},
                        {"batch", to_string(o.batch)},
                        {"lr", text_of(o.lr)},
                        {"decay", text_of(o.decay)},
                        {"shift", to_string(o.shift)},
                        {"data", o.synthetic ? "synthetic" : "files"},
                        {"training images", to_string(training_images)},
                        {"test images", to_string(test_images)}};
  options.merge(model_options(o));
  return options;
}

}  // namespace edgefold::examples
