#include <edgefold/models/train/optim.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/for_packs.hpp>
#include <edgefold/core/simd/math.hpp>

#include <algorithm>
#include <cmath>

namespace edgefold {
namespace {

using numbers = pack<float>;
using impl::load, impl::store;

// Calls body(i, lanes) for packs that cover [0, n): element i and those behind it in the pack.
template <class Body>
void sweep(std::int64_t n, const Body& body) {
  parallel_for(n, 1 << 15, [&](std::int64_t begin, std::int64_t end) { impl::for_packs<float>(begin, end, body); });
}

void check_share(double value, std::string_view name, std::string_view optimiser) {
  check(value >= 0 && value < 1, optimiser, name, " is ", value, ", expected at least 0 and less than 1");
}
void check_not_negative(double value, std::string_view name, std::string_view optimiser) {
  check(value >= 0 && std::isfinite(value), optimiser, name, " is ", value, ", expected at least 0");
}

void check_parameters(const std::vector<tensor>& parameters, std::string_view optimiser) {
  check(!parameters.empty(), optimiser, "there are no parameters");
  std::vector<const void*> nodes;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& node = detail::tape_access<float>::node(parameters[i]);
    check(node != nullptr, optimiser, "parameter ", i, " of shape ", parameters[i].shape(),
          " requires no gradient: require_grad(module), or set_requires_grad() of the tensor");
    check(node->is_leaf(), optimiser, "parameter ", i, " is the result of an operation");
    nodes.push_back(node.get());
  }
  std::sort(nodes.begin(), nodes.end());
  check(std::adjacent_find(nodes.begin(), nodes.end()) == nodes.end(), optimiser, "a parameter is given twice");
}

}  // namespace

optimizer::optimizer(std::string name, std::vector<tensor> parameters, double learning_rate)
    : lr(learning_rate), name_(std::move(name)), parameters_(std::move(parameters)) {
  check_rate(lr);
  check_parameters(parameters_, name_);
}

void optimizer::check_rate(double rate) const { check_not_negative(rate, "lr", name_); }

void optimizer::step() {
  check_rate(lr);
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (const tensor gradient = parameters_[i].grad(); gradient.defined()) update(i, parameters_[i], gradient);
}

void optimizer::zero_grad() {
  for (tensor& p : parameters_) p.zero_grad();
}

named_tensors optimizer::slots(std::size_t) const { return {}; }

named_tensors optimizer::all_slots() const {
  named_tensors all;
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    for (auto& [name, t] : slots(i)) all.emplace_back(std::to_string(i) + '.' + name, std::move(t));
  return all;
}

state_map optimizer::state() const {
  state_map all{{"lr", basic_tensor<double>({1}, {lr})}};
  for (auto& slot : all_slots()) all.insert(std::move(slot));
  return all;
}

void optimizer::load_state(const state_map& state) {
  named_tensors all = all_slots();
  basic_tensor<double> rate({1});
  all.emplace_back("lr", rate);
  const std::string wrong = detail::misfits(all, state, nullptr);
  check(wrong.empty(), name_, "state: ", wrong);
  check_rate(std::get<basic_tensor<double>>(state.at("lr")).item());
  for (const auto& [name, t] : state)
    if (const auto* count = std::get_if<basic_tensor<std::int64_t>>(&t))
      check(std::ranges::all_of(count->values(), [](std::int64_t n) { return n >= 0; }), name_, "state: \"", name,
            "\" is negative");
  detail::copy_values(all, state);
  lr = rate.item();
}

sgd::sgd(std::vector<tensor> parameters, sgd_options options)
    : optimizer("sgd", std::move(parameters), options.lr), options_(options) {
  check_share(options.momentum, "momentum", "sgd");
  check_not_negative(options.weight_decay, "weight_decay", "sgd");
  check(!options.nesterov || options.momentum > 0, "sgd", "nesterov needs a momentum");
  if (options.momentum > 0)
    for (const tensor& p : this->parameters()) buffers_.push_back(zeros_like(p));
}

void sgd::update(std::size_t i, tensor& p, const tensor& gradient) {
  const double rate = lr, momentum = options_.momentum, decay = options_.weight_decay;
  const bool nesterov = options_.nesterov;
  float* const to = p.mutable_data();
  const float* const from = gradient.data();
  if (buffers_.empty()) {
    return sweep(p.size(), [=](std::int64_t k, const auto& lanes) {
      const numbers x = load(to + k, lanes);
      store(to + k, x - rate * (load(from + k, lanes) + decay * x), lanes);
    });
  }
  float* const buffer = buffers_[i].mutable_data();
  sweep(p.size(), [=](std::int64_t k, const auto& lanes) {
    const numbers x = load(to + k, lanes), g = load(from + k, lanes) + decay * x;
    const numbers b = momentum * load(buffer + k, lanes) + g;
    store(buffer + k, b, lanes);
    store(to + k, x - rate * (nesterov ? g + momentum * b : b), lanes);
  });
}

named_tensors sgd::slots(std::size_t i) const {
  if (buffers_.empty()) return {};
  return {{"momentum_buffer", buffers_[i]}};
}

adam::adam(std::vector<tensor> parameters, adam_options options)
    : adam("adam", std::move(parameters), options, false) {}

adam::adam(const std::string& name, std::vector<tensor> parameters, adam_options options, bool decoupled)
    : optimizer(name, std::move(parameters), options.lr), options_(options), decoupled_(decoupled) {
  check_share(options.beta1, "beta1", name);
  check_share(options.beta2, "beta2", name);
  check_not_negative(options.eps, "eps", name);
  check_not_negative(options.weight_decay, "weight_decay", name);
  for (const tensor& p : this->parameters())
    moments_.push_back({zeros_like(p), zeros_like(p), basic_tensor<std::int64_t>(shape_type{1})});
}

void adam::update(std::size_t i, tensor& p, const tensor& gradient) {
  moments& state = moments_[i];
  const auto t = static_cast<double>(++*state.step.mutable_data());
  const double rate = lr / (1 - std::pow(options_.beta1, t)), root = std::sqrt(1 - std::pow(options_.beta2, t));
  const double rest1 = 1 - options_.beta1, beta2 = options_.beta2, rest2 = 1 - beta2, eps = options_.eps;
  const double coupled = decoupled_ ? 0 : options_.weight_decay;
  const double kept = decoupled_ ? 1 - lr * options_.weight_decay : 1;
  float *const to = p.mutable_data(), *const first = state.first.mutable_data(),
               *const second = state.second.mutable_data();
  const float* const from = gradient.data();
  sweep(p.size(), [=](std::int64_t k, const auto& lanes) {
    const numbers x = load(to + k, lanes), g = load(from + k, lanes) + coupled * x;
    const numbers m0 = load(first + k, lanes), m = m0 + rest1 * (g - m0);
    const numbers v = beta2 * load(second + k, lanes) + rest2 * g * g;
    store(first + k, m, lanes);
    store(second + k, v, lanes);
    store(to + k, kept * x - rate * (m / (sqrt(v) / root + eps)), lanes);
  });
}

named_tensors adam::slots(std::size_t i) const {
  return {{"exp_avg", moments_[i].first}, {"exp_avg_sq", moments_[i].second}, {"step", moments_[i].step}};
}

adamw::adamw(std::vector<tensor> parameters, adamw_options o)
    : adam("adamw", std::move(parameters), {o.lr, o.beta1, o.beta2, o.eps, o.weight_decay}, true) {}

}  // namespace edgefold
