#include <training/training_metrics.hpp>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <sstream>

#include <common/staged_folder.hpp>

namespace edgefold::examples {
namespace {

/// The columns that equal runs have in common.
std::string begin_of_row(std::size_t epoch, const epoch_metrics& m) {
  std::ostringstream s;
  s << std::setprecision(9) << epoch + 1 << ',' << m.train.loss << ',' << m.train.accuracy << ',' << m.test.loss << ','
    << m.test.accuracy << ',';
  return s.str();
}

}  // namespace

void score_counter::add(double loss, const basic_tensor<std::int64_t>& labels,
                        const basic_tensor<std::int64_t>& predicted) {
  const std::int64_t n = labels.rows();
  for (std::int64_t i = 0; i < n; ++i) right_ += labels.at(i) == predicted.at(i);
  loss_ += loss * static_cast<double>(n);
  images_ += n;
}

score score_counter::result() const {
  const double n = static_cast<double>(std::max<std::int64_t>(images_, 1));
  return {loss_ / n, 100 * static_cast<double>(right_) / n};
}

std::array<double, 3> score_counter::state() const {
  return {static_cast<double>(images_), static_cast<double>(right_), loss_};
}

void score_counter::load_state(const std::array<double, 3>& state) {
  images_ = static_cast<std::int64_t>(state[0]);
  right_ = static_cast<std::int64_t>(state[1]);
  loss_ = state[2];
}

basic_tensor<double> to_tensor(const running_epoch& epoch) {
  if (epoch.steps == 0) return {};
  const auto [images, right, loss] = epoch.scores.state();
  return {{5}, {static_cast<double>(epoch.steps), images, right, loss, epoch.seconds}};
}

running_epoch running_epoch_of(const basic_tensor<double>& state) {
  running_epoch epoch;
  if (!state.defined()) return epoch;
  epoch.steps = static_cast<std::int64_t>(state.at(0));
  epoch.scores.load_state({state.at(1), state.at(2), state.at(3)});
  epoch.seconds = state.at(4);
  return epoch;
}

basic_tensor<double> scores_of(const std::vector<epoch_metrics>& epochs) {
  std::vector<double> values;
  for (const epoch_metrics& m : epochs)
    values.insert(values.end(), {m.train.loss, m.train.accuracy, m.test.loss, m.test.accuracy});
  return {{static_cast<std::int64_t>(epochs.size()), 4}, values};
}

std::vector<epoch_metrics> epochs_of(const basic_tensor<double>& scores) {
  std::vector<epoch_metrics> epochs;
  for (std::int64_t i = 0; i < scores.rows(); ++i)
    epochs.push_back({{scores.at(i, 0), scores.at(i, 1)}, {scores.at(i, 2), scores.at(i, 3)}});
  return epochs;
}

void write_metrics(const std::filesystem::path& folder, const std::vector<epoch_metrics>& epochs) {
  std::ostringstream csv;
  csv << "epoch,train_loss,train_accuracy,test_loss,test_accuracy,images_per_second,seconds\n";
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    csv << begin_of_row(i, epochs[i]) << std::setprecision(6);
    if (epochs[i].seconds > 0) csv << epochs[i].images_per_second << ',' << epochs[i].seconds << '\n';
    else csv << ",\n";
  }
  staged_folder staged(folder);
  staged.write_text("metrics.csv", csv.str());
  staged.publish();
}

void recall_times(const std::filesystem::path& folder, std::vector<epoch_metrics>& epochs) {
  std::ifstream csv(folder / "metrics.csv");
  std::string row;
  std::getline(csv, row);  // the names
  for (std::size_t i = 0; i < epochs.size() && std::getline(csv, row); ++i) {
    const std::string begin = begin_of_row(i, epochs[i]);
    if (!row.starts_with(begin)) return;
    char comma = 0;
    std::istringstream times(row.substr(begin.size()));
    times >> epochs[i].images_per_second >> comma >> epochs[i].seconds;
    if (!times) epochs[i].images_per_second = epochs[i].seconds = 0;
  }
}

}  // namespace edgefold::examples
