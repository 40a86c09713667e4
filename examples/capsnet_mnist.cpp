// CapsNet (Sabour, Frosst, Hinton 2017) learns the digits of MNIST: capsules routed by message passing, trained from
// end to end. Writes its scores, a checkpoint after each epoch, and figures.
#include <cmath>
#include <cstdio>
#include <optional>

#include <common/capsnet_figures.hpp>
#include <common/capsnet_options.hpp>
#include <common/capsnet_views.hpp>
#include <common/digit_batches.hpp>
#include <common/program.hpp>
#include <common/staged_folder.hpp>
#include <common/training_progress.hpp>
#include <edgefold/models/train/lr_schedule.hpp>
#include <edgefold/models/train/optim.hpp>

namespace {

using namespace edgefold;
using namespace edgefold::examples;

tensor loss_of(const capsnet& net, const tensor& capsules, const digit_set& batch) {
  if (!net.decoder) return capsnet_loss(capsules, batch.labels);
  return capsnet_loss(capsules, batch.labels, net.reconstruct(capsules, batch.labels), batch.images);
}

// A training run between two epochs.
struct training {
  capsnet net;
  adam optimiser;
  std::vector<epoch_metrics> epochs{};  // done

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

// One epoch: each batch moves the weights once.
epoch_metrics train(const capsnet_run& o, const digit_set& set, training& t) {
  const auto epoch = static_cast<std::int64_t>(t.epochs.size());
  const digit_batches batches(set, o.batch, o.shift, o.seed, epoch);
  training_progress progress(t.title(o), set.size());
  score_counter scores;
  t.optimiser.lr = exponential_lr{o.lr, o.decay}(epoch);
  for (std::int64_t step = 0; step < batches.count(); ++step) {
    const digit_set batch = batches[step];
    const tensor capsules = t.net.capsules(batch.images), loss = loss_of(t.net, capsules, batch);
    check_loss(loss.item(), o, t, "at step " + std::to_string(step + 1));
    t.optimiser.zero_grad();
    loss.backward();
    t.optimiser.step();
    scores.add(loss.item(), batch.labels, predicted_classes(capsules));
    progress.show(scores.images(), scores.result().loss);
  }
  return {scores.result(), {}, static_cast<double>(set.size()) / progress.seconds(), progress.seconds()};
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
  std::int64_t* const counts = result.confusion.data();
  for (std::int64_t first = 0; first < set.size(); first += o.batch) {
    const digit_set batch = slice(set, first, o.batch);
    const tensor capsules = net.capsules(batch.images);
    const basic_tensor<std::int64_t> predicted = predicted_classes(capsules);
    for (std::int64_t i = 0; i < batch.size(); ++i) ++counts[batch.labels.at(i) * num_digits + predicted.at(i)];
    scores.add(loss_of(net, capsules, batch).item(), batch.labels, predicted);
    progress.show(scores.images(), scores.result().loss);
  }
  result.total = scores.result();
  result.seconds = progress.seconds();
  return result;
}

// Takes from the checkpoint what this run is to go on with; of an evaluation, the weights alone.
void load(const capsnet_run& o, const option_values& options, training& t) {
  const checkpoint c = read_checkpoint(o.checkpoint);
  check_options(o.checkpoint, c, options);
  check_runtime(o.evaluate || c.epochs() <= o.epochs, "checkpoint", o.checkpoint, ": has done ", c.epochs(),
                " epochs, more than --epochs ", o.epochs);
  try {
    load_state_dict(t.net, c.model);
    if (o.resume) t.optimiser.load_state(c.optimizer);
  } catch (const std::invalid_argument& e) {
    check_runtime(false, "checkpoint", o.checkpoint, ": is of another model: ", e.what());
  }
  t.epochs = epochs_of(c.scores);
  recall_times(o.output, t.epochs);
}

void save(const capsnet_run& o, const option_values& options, const training& t) {
  write_metrics(o.output, t.epochs);
  write_checkpoint(o.checkpoint, {state_dict(t.net), t.optimiser.state(), scores_of(t.epochs), options});
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
    save(o, options, t);
  }
  write_metrics(o.output, t.epochs);  // also where nothing was left to train
  std::printf("numbers: %s/metrics.csv, %s\n", o.output.c_str(), o.checkpoint.c_str());
  if (o.no_figures) return;
  if (!last) last = test(o, data.test, t.net);
  draw(o, options, data.test, t, *last);
}

void run(capsnet_run& o) {
  check_usage(o);
  set_num_threads(o.threads);
  const digit_data data = load_digits(o);
  const option_values options = o.evaluate ? model_options(o) : run_options(o, data);
  training t(o);
  if (o.resume || o.evaluate) load(o, options, t);
  std::printf("parameters       %9lld\n", static_cast<long long>(num_parameters(t.net)));
  if (!o.evaluate) std::printf("training images  %9lld\n", static_cast<long long>(data.train.size()));
  std::printf("test images      %9lld\n", static_cast<long long>(data.test.size()));
  if (o.resume) std::printf("epochs done      %9zu\n", t.epochs.size());
  std::fflush(stdout);
  if (o.evaluate) return evaluate(o, data.test, t);
  for (const auto& folder : {std::filesystem::path(o.output), std::filesystem::path(o.checkpoint).parent_path()})
    staged_folder probe(folder.empty() ? "." : folder);  // says now, not after an epoch, that it cannot be written to
  run_epochs(o, options, data, t);
}

}  // namespace

int main(int argc, char** argv) {
  capsnet_run o;
  CLI::App app("CapsNet learns the digits of MNIST, or others of its format, or some that it draws itself.",
               "capsnet_mnist");
  add_options(app, o);
  return run_program(app, argc, argv, [&] { run(o); });
}
