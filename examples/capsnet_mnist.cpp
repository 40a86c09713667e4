// CapsNet (Sabour, Frosst, Hinton 2017) learns the digits of MNIST: capsules routed by message passing, trained from
// end to end. Writes its scores, a checkpoint after each epoch, and figures.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include <common/file_lock.hpp>
#include <common/program.hpp>
#include <common/progress.hpp>
#include <common/staged_folder.hpp>
#include <common/stop_signal.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/train/lr_schedule.hpp>
#include <edgefold/models/train/optim.hpp>
#include <training/capsnet_figures.hpp>
#include <training/capsnet_options.hpp>
#include <training/capsnet_views.hpp>
#include <training/synthetic_digits.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

// The images to train on (none for an evaluation) and to test on.
struct digit_data {
  digit_set train, test;
};
digit_data load_digits(const capsnet_run& o) {
  auto limited = [](std::int64_t limit, std::int64_t all) { return limit > 0 ? std::min(limit, all) : all; };
  auto load = [&](std::uint64_t part, std::string_view name, std::int64_t limit, std::int64_t drawn) {
    return o.synthetic ? synthetic_digits(limited(limit, drawn), part)
                       : read_digits(o.data, name, limited(limit, INT64_MAX));
  };
  return {o.evaluate ? digit_set{} : load(0, "train", o.limit_train, 10'000), load(1, "t10k", o.limit_test, 2'000)};
}

// What one epoch trains on: the images in a new order, in batches of o.batch (the last may be smaller), each image
// moved by up to o.shift pixels in x and y, with zeros coming in. The order and the shifts depend on the seed, the
// epoch and the image's place in the set: neither threads nor the size of a batch change what an image looks like.
class digit_batches {
 public:
  digit_batches(const digit_set& set, const capsnet_run& o, std::int64_t epoch)
      : set_(set),
        o_(o),
        stream_((std::uint64_t{1} << 32) + 2 * static_cast<std::uint64_t>(epoch)),  // the model's are below 2^32
        order_(random_permutation(set.size(), o.seed, stream_)) {
    check(o.batch <= set.size(), "capsnet_mnist", "a batch of ", o.batch, " images is larger than the data, which has ",
          set.size());
  }
  std::int64_t count() const { return (set_.size() + o_.batch - 1) / o_.batch; }
  digit_set operator[](std::int64_t batch) const {
    const std::int64_t first = batch * o_.batch, n = std::min(o_.batch, set_.size() - first);
    digit_set b{tensor::uninitialized({n, 1, digit_side, digit_side}), basic_tensor<std::int64_t>::uninitialized({n})};
    float* const pixels = b.images.mutable_data();
    std::int64_t* const labels = b.labels.mutable_data();
    parallel_for(n, 64, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const std::int64_t image = order_.data()[first + i];
        const random_words random = philox(o_.seed, static_cast<std::uint64_t>(image), stream_ + 1);
        copy_moved(set_.images.data() + image * digit_pixels, pixels + i * digit_pixels, shift(random.word[0]),
                   shift(random.word[1]));
        labels[i] = set_.labels.data()[image];
      }
    });
    return b;
  }

 private:
  // From -o.shift to o.shift, each equally likely.
  std::int64_t shift(std::uint32_t word) const {
    return static_cast<std::int64_t>((std::uint64_t{word} * static_cast<std::uint64_t>(2 * o_.shift + 1)) >> 32) -
           o_.shift;
  }
  static void copy_moved(const float* from, float* to, std::int64_t right, std::int64_t down) {
    std::fill_n(to, digit_pixels, 0.0F);
    const std::int64_t width = digit_side - std::abs(right), first = std::max<std::int64_t>(right, 0);
    if (width <= 0) return;
    for (std::int64_t y = std::max<std::int64_t>(down, 0); y < std::min(digit_side, digit_side + down); ++y)
      std::copy_n(from + (y - down) * digit_side + first - right, width, to + y * digit_side + first);
  }

  const digit_set& set_;
  const capsnet_run& o_;
  std::uint64_t stream_;
  basic_tensor<std::int64_t> order_;
};

tensor loss_of(const capsnet& net, const tensor& capsules, const digit_set& batch) {
  if (!net.decoder) return capsnet_loss(capsules, batch.labels);
  return capsnet_loss(capsules, batch.labels, net.reconstruct(capsules, batch.labels), batch.images);
}

// A training run between two steps.
struct training {
  capsnet net;
  adam optimiser;
  std::vector<epoch_metrics> epochs{};  // done
  running_epoch running{};              // the next one

  explicit training(const capsnet_run& o)
      : net({o.iterations, o.shared_logits, !o.no_reconstruction, o.seed}), optimiser(parameters(net), {.lr = o.lr}) {}

  std::string title(const capsnet_run& o) const {
    return "epoch " + std::to_string(epochs.size() + 1) + '/' + std::to_string(o.epochs);
  }
};

void check_loss(double loss, const capsnet_run& o, const training& t, const std::string& where) {
  check_runtime(std::isfinite(loss), "capsnet_mnist", "the loss is ", std::isnan(loss) ? "NaN " : "infinite ", where,
                " of ", t.title(o), ": stopped; ",
                t.epochs.empty() ? "no checkpoint was written yet"
                                 : o.checkpoint + " holds epoch " + std::to_string(t.epochs.size()));
}

// One epoch, or what is left of it: each batch moves the weights once.
epoch_metrics train(const capsnet_run& o, const digit_set& set, training& t) {
  const auto epoch = static_cast<std::int64_t>(t.epochs.size());
  const digit_batches batches(set, o, epoch);
  auto& [steps, scores, seconds] = t.running;
  training_progress progress(t.title(o), set.size(), scores.images());
  const double before = seconds;
  t.optimiser.lr = exponential_lr{o.lr, o.decay}(epoch);
  while (steps < batches.count()) {
    const digit_set batch = batches[steps];
    const tensor capsules = t.net.capsules(batch.images), loss = loss_of(t.net, capsules, batch);
    check_loss(loss.item(), o, t, "at step " + std::to_string(steps + 1));
    t.optimiser.zero_grad();
    loss.backward();
    t.optimiser.step();
    ++steps;
    scores.add(loss.item(), batch.labels, predicted_classes(capsules));
    seconds = before + progress.seconds();
    progress.show(scores.images(), scores.result().loss);
    stop_if_asked();
  }
  return {scores.result(), {}, static_cast<double>(set.size()) / seconds, seconds};
}

struct test_result {
  score total{};
  basic_tensor<std::int64_t> confusion = zeros<std::int64_t>({num_digits, num_digits});
  double seconds = 0;
};

test_result test(const capsnet_run& o, const digit_set& set, const capsnet& net) {
  const no_grad scope;
  training_progress progress("test", set.size());
  test_result result;
  score_counter scores;
  std::int64_t* const counts = result.confusion.mutable_data();
  for (std::int64_t first = 0; first < set.size(); first += o.batch) {
    const digit_set batch = slice(set, first, o.batch);
    const tensor capsules = net.capsules(batch.images);
    const basic_tensor<std::int64_t> predicted = predicted_classes(capsules);
    for (std::int64_t i = 0; i < batch.size(); ++i) ++counts[batch.labels.at(i) * num_digits + predicted.at(i)];
    scores.add(loss_of(net, capsules, batch).item(), batch.labels, predicted);
    progress.show(scores.images(), scores.result().loss);
    stop_if_asked();
  }
  result.total = scores.result();
  result.seconds = progress.seconds();
  return result;
}

// Takes from the checkpoint what this run is to go on with; of an evaluation, the weights alone.
void load(const capsnet_run& o, const option_values& options, training& t) {
  const checkpoint c = read_checkpoint(o.checkpoint);
  check_options(o.checkpoint, c, options);
  const bool begun = c.running.defined();
  check_runtime(o.evaluate || c.epochs() + begun <= o.epochs, "checkpoint", o.checkpoint, ": has done ", c.epochs(),
                " epochs", begun ? " and begun another" : "", ", more than --epochs ", o.epochs);
  try {
    load_state_dict(t.net, c.model);
    if (o.resume) t.optimiser.load_state(c.optimizer);
  } catch (const std::invalid_argument& e) {
    check_runtime(false, "checkpoint", o.checkpoint, ": is of another model: ", e.what());
  }
  t.epochs = epochs_of(c.scores);
  t.running = running_epoch_of(c.running);
  recall_times(o.output, t.epochs);
}

void save(const capsnet_run& o, const option_values& options, const training& t) {
  write_metrics(o.output, t.epochs);
  write_checkpoint(o.checkpoint,
                   {state_dict(t.net), t.optimiser.state(), scores_of(t.epochs), to_tensor(t.running), options});
}

void print(const std::string& title, const epoch_metrics& m) {
  std::printf("%s  loss %.4f, accuracy %.2f %%  test: loss %.4f, accuracy %.2f %%  %.0f images/s, %.0f s\n",
              title.c_str(), m.train.loss, m.train.accuracy, m.test.loss, m.test.accuracy, m.images_per_second,
              m.seconds);
  std::fflush(stdout);
}

parameter_list parameters_of(const option_values& options, const training& t) {
  parameter_list list{{"parameters", std::to_string(num_parameters(t.net))}};
  list.insert(list.end(), options.begin(), options.end());
  return list;
}

void draw(const capsnet_run& o, const option_values& options, const digit_set& set, const training& t,
          const test_result& last) {
  staged_folder folder(o.output);
  capsnet_results results{parameters_of(options, t), t.epochs, last.confusion,
                          coupling_entropy(t.net, slice(set, 0, 1'000), o.batch)};
  if (t.net.decoder) {
    results.reconstructions = reconstructions(t.net, slice(set, 0, 15));
    results.sweep = dimension_sweep(t.net, set);
  }
  if (!draw_capsnet(folder.path(), results)) {
    std::printf("figures: skipped, there is no gnuplot in PATH\n");
    return;
  }
  folder.write_text("index.html", capsnet_page(results));
  folder.publish();
  std::printf("figures: %s/index.html\n", o.output.c_str());
}

void evaluate(const capsnet_run& o, const digit_set& set, const training& t) {
  const score s = test(o, set, t.net).total;
  check_runtime(std::isfinite(s.loss), "capsnet_mnist", "the test loss is ", s.loss);
  std::printf("test: loss %.4f, accuracy %.2f %%\n", s.loss, s.accuracy);
}

// Writes the running epoch too, for another run to go on with.
void save_stopped(const capsnet_run& o, const option_values& options, const training& t) {
  save(o, options, t);
  std::printf("stopped: %s holds %zu epochs and %lld steps of the next\n", o.checkpoint.c_str(), t.epochs.size(),
              static_cast<long long>(t.running.steps));
}

void run_epochs(const capsnet_run& o, const option_values& options, const digit_data& data, training& t) {
  std::optional<test_result> last;
  while (t.epochs.size() < static_cast<std::size_t>(o.epochs)) {
    epoch_metrics m = train(o, data.train, t);
    last = test(o, data.test, t.net);
    check_loss(last->total.loss, o, t, "in the test");
    m.test = last->total;
    m.seconds += last->seconds;
    print(t.title(o), m);
    t.epochs.push_back(m);
    t.running = {};
    save(o, options, t);
  }
  write_metrics(o.output, t.epochs);  // also where nothing was left to train
  std::printf("numbers: %s/metrics.csv, %s\n", o.output.c_str(), o.checkpoint.c_str());
  if (o.no_figures) return;
  if (!last) last = test(o, data.test, t.net);
  draw(o, options, data.test, t, *last);
}

void print_sizes(const capsnet_run& o, const digit_data& data, const training& t) {
  std::printf("parameters       %9lld\n", static_cast<long long>(num_parameters(t.net)));
  if (!o.evaluate) std::printf("training images  %9lld\n", static_cast<long long>(data.train.size()));
  std::printf("test images      %9lld\n", static_cast<long long>(data.test.size()));
  if (o.resume) std::printf("epochs done      %9zu\n", t.epochs.size());
  if (o.resume && t.running.steps > 0) std::printf("steps of the next%9lld\n", static_cast<long long>(t.running.steps));
  std::fflush(stdout);
}

void run(capsnet_run& o) {
  check_usage(o);
  set_num_threads(o.threads);
  const digit_data data = load_digits(o);
  training t(o);
  if (o.evaluate) {
    load(o, model_options(o), t);
    print_sizes(o, data, t);
    return evaluate(o, data.test, t);
  }
  const option_values options = run_options(o, data.train.size(), data.test.size());
  const file_lock folder = file_lock::of_folder(o.output), file = file_lock::of_file(o.checkpoint);
  check_checkpoint(o);  // another run may have ended just now
  if (o.resume) load(o, options, t);
  print_sizes(o, data, t);
  hold_stop_signals();
  try {
    run_epochs(o, options, data, t);
  } catch (const stopped&) {
    save_stopped(o, options, t);
    throw;
  }
}

}  // namespace

int main(int argc, char** argv) {
  capsnet_run o;
  CLI::App app("CapsNet learns the digits of MNIST, or others of its format, or some that it draws itself.",
               "capsnet_mnist");
  add_options(app, o);
  return run_program(app, argc, argv, [&] { run(o); });
}
