/// Optimisers: each step moves parameters along their gradients, by torch's formulas and under torch's names.
#pragma once
#include <edgefold/models/train/state.hpp>

namespace edgefold {

/// What the optimisers share; one of your own derives from it and writes `update`.
///
///     adam opt(parameters(net), {.lr = 1e-3});
///     opt.zero_grad(); loss(net).backward(); opt.step();
class optimizer {
 public:
  optimizer(const optimizer&) = delete;
  optimizer& operator=(const optimizer&) = delete;
  virtual ~optimizer() = default;

  /// Updates the parameters that have a gradient; the others and their state stay as they are. Counts as a write into
  /// them, and leaves no tape. Bits do not depend on the number of threads. Throws unless `lr` is
  /// finite and at least 0.
  void step();
  /// Forgets the gradients of the parameters.
  void zero_grad();

  /// What a later `step` depends on: "lr" (double, (1)) and, for parameter i of the list, its tensors by torch's names:
  /// "i.momentum_buffer", or "i.exp_avg", "i.exp_avg_sq" and "i.step" (int64, (1): how often it was updated). Handles,
  /// which see later steps; `clone` keeps what is.
  state_map state() const;
  /// Copies such a state into this optimiser, which must be of the same kind for parameters of the same shapes; throws,
  /// with the names, where one is missing, unexpected or another in shape or type; then nothing has changed.
  void load_state(const state_map& state);

  const std::vector<tensor>& parameters() const { return parameters_; }  ///< in the order given

  double lr;  ///< the learning rate: may be set between steps

 protected:
  /// Errors call it `name`. Throws for no parameters, one that is given twice, is no leaf that requires a gradient (see
  /// `require_grad`), and a learning rate that is not finite or less than 0.
  optimizer(std::string name, std::vector<tensor> parameters, double learning_rate);
  optimizer(optimizer&&) = default;  ///< for derived classes, which can be moved

  /// Moves p, which is parameter i, for its gradient.
  virtual void update(std::size_t i, tensor& p, const tensor& gradient) = 0;
  /// The state of parameter i by name: handles, whose shapes never change. None unless overridden.
  virtual named_tensors slots(std::size_t i) const;

 private:
  named_tensors all_slots() const;
  void check_rate(double rate) const;

  std::string name_;
  std::vector<tensor> parameters_;
};

/// Options of `sgd`.
struct sgd_options {
  double lr = 1e-3;         ///< `optimizer::lr` at the start
  double momentum = 0;      ///< how much of b stays in each step
  double weight_decay = 0;  ///< how much of p is added to its gradient
  bool nesterov = false;    ///< p moves by the b that the same gradient would make next
};

/// Stochastic gradient descent. With g' = g + weight_decay p and b = momentum b + g', from b = 0 on: p -= lr b, or with
/// `nesterov` p -= lr (g' + momentum b) (Sutskever et al. 2013).
class sgd final : public optimizer {
 public:
  /// Throws, beyond what `optimizer` does, for a momentum outside of [0, 1), a weight decay that is negative or
  /// not finite, and nesterov without a momentum.
  explicit sgd(std::vector<tensor> parameters, sgd_options options = {});

 private:
  void update(std::size_t i, tensor& p, const tensor& gradient) override;
  named_tensors slots(std::size_t i) const override;
  sgd_options options_;
  std::vector<tensor> buffers_;  // none without a momentum
};

/// Options of `adam`.
struct adam_options {
  double lr = 1e-3;         ///< `optimizer::lr` at the start
  double beta1 = 0.9;       ///< how much of m stays in each step
  double beta2 = 0.999;     ///< how much of v stays in each step
  double eps = 1e-8;        ///< added to the root
  double weight_decay = 0;  ///< how much of p is added to its gradient
};

/// Adam (Kingma, Ba 2015). With g' = g + weight_decay p, m = beta1 m + (1 - beta1) g', v = beta2 v + (1 - beta2) g'^2
/// and t steps so far: p -= lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps).
/// v is a float: infinite once a gradient is above 1.8e19, and then the parameter moves no more (clip_grad_norm
/// before).
class adam : public optimizer {
 public:
  /// Throws, beyond what `optimizer` does, for a beta outside of [0, 1), and an eps or a weight decay that is
  /// negative or not finite.
  explicit adam(std::vector<tensor> parameters, adam_options options = {});

 protected:
  /// Errors call it `name`. If `decoupled`, weight decay does not go through the moments: `adamw`.
  adam(const std::string& name, std::vector<tensor> parameters, adam_options options, bool decoupled);

 private:
  struct moments {
    tensor first, second;
    basic_tensor<std::int64_t> step;
  };
  void update(std::size_t i, tensor& p, const tensor& gradient) override;
  named_tensors slots(std::size_t i) const override;
  adam_options options_;
  bool decoupled_;
  std::vector<moments> moments_;
};

/// Options of `adamw`.
struct adamw_options {
  double lr = 1e-3;            ///< `optimizer::lr` at the start
  double beta1 = 0.9;          ///< how much of m stays in each step
  double beta2 = 0.999;        ///< how much of v stays in each step
  double eps = 1e-8;           ///< added to the root
  double weight_decay = 0.01;  ///< how much of p, times lr, is taken from it in each step
};

/// Adam whose weight decay does not go through the moments: p -= lr weight_decay p, then Adam's step without it
/// (Loshchilov, Hutter 2019). Throws as `adam`.
class adamw final : public adam {
 public:
  /// `parameters` as `optimizer` takes them: leaves that require a gradient, each once.
  explicit adamw(std::vector<tensor> parameters, adamw_options options = {});
};

}  // namespace edgefold
