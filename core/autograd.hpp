/// How an operation gets its gradient: it records a function from the gradient of its result to those of its inputs.
#pragma once
#include <concepts>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold {
namespace detail {

template <class T>
struct tape_access {
  static const std::shared_ptr<tape_node>& node(const basic_tensor<T>& t) {
    static const std::shared_ptr<tape_node> none;
    return t.body_ ? t.body_->node : none;
  }
  /// Whether nobody else has a handle to the storage.
  static bool alone(const basic_tensor<T>& t) {
    return t.body_ && t.body_.use_count() == 1 && t.body_->storage.use_count() == 1 &&
           t.body_->storage->owner.use_count() == 1;
  }
  /// Whether every write into the storage is counted by its version.
  static bool watched(const basic_tensor<T>& t) {
    return !t.body_ || t.body_->storage->writable != detail::writers::anyone;
  }
  /// Whether nobody but the holder of `t` can write into the storage.
  static bool exclusive(const basic_tensor<T>& t) { return watched(t) && (alone(t) || constant(t)); }
  static bool constant(const basic_tensor<T>& t) {
    return t.body_ && t.body_->storage->writable == detail::writers::nobody;
  }
  /// To be called where nobody writes into the storage any more.
  static void make_constant(basic_tensor<T>& t) { t.body_->storage->writable = detail::writers::nobody; }
  static void set_node(basic_tensor<T>& t, const std::shared_ptr<tape_node>& node) { t.body_->node = node; }
};

/// Adds b to a, element by element.
template <std::floating_point T>
void accumulate(basic_tensor<T>& a, const basic_tensor<T>& b);

}  // namespace detail

namespace detail {
template <class T>
class grad_node;
}

/// The inputs of a recorded operation, in the order in which `record` was given them.
class vjp_inputs {
 public:
  /// Made by backward(): the nodes on the tape, null where no gradient is asked for. They must outlive this.
  explicit vjp_inputs(const std::vector<std::shared_ptr<detail::tape_node>>& nodes) : nodes_(nodes) {}
  /// Is the gradient of input i asked for? What is not need not be computed.
  bool wants(std::size_t i) const { return at(i) != nullptr; }
  /// Adds `g`, of the input's type and shape, to the gradient of input i; nothing where it is not asked for. Throws for
  /// another type or shape, and, as the others, where there is no input i.
  template <std::floating_point T>
  void add(std::size_t i, const basic_tensor<T>& g) const;
  /// What has arrived at input i so far, to be added to in place instead of by `add`; without storage where nothing
  /// has, or where somebody else sees it.
  template <std::floating_point T>
  basic_tensor<T> so_far(std::size_t i) const;

 private:
  detail::tape_node* at(std::size_t i) const {
    check(i < nodes_.size(), "backward", "there is no input ", i, ", the operation was recorded with ", nodes_.size());
    return nodes_[i].get();
  }
  template <std::floating_point T>
  detail::grad_node<T>* node(std::size_t i) const;
  const std::vector<std::shared_ptr<detail::tape_node>>& nodes_;
};

/// A vector-Jacobian product: gets the gradient of the result, adds those of the inputs.
template <class T>
using vjp_function = std::function<void(const basic_tensor<T>& gradient, const vjp_inputs& inputs)>;

namespace detail {

template <class T>
class grad_node final : public tape_node {
 public:
  /// A leaf.
  explicit grad_node(shape_type shape) : tape_node({}), shape_(std::move(shape)) {}
  /// A result.
  grad_node(shape_type shape, vjp_function<T> vjp, std::vector<std::shared_ptr<tape_node>> inputs)
      : tape_node(std::move(inputs)), shape_(std::move(shape)), vjp_(std::move(vjp)), result_(true) {}

  void add(const basic_tensor<T>& g);
  basic_tensor<T> so_far() const { return tape_access<T>::alone(arrived_) ? arrived_ : basic_tensor<T>(); }
  void run() override;
  void prepare() override;
  void commit() noexcept override;
  void drop() override { arrived_ = {}; }
  void set_aside() override { aside_.push_back(std::exchange(arrived_, {})); }
  void put_back() noexcept override {
    arrived_ = std::move(aside_.back());
    aside_.pop_back();
  }
  const basic_tensor<T>& arrived() const { return arrived_; }
  bool is_leaf() const override { return !result_; }
  std::string_view scalar() const override { return scalar_name<T>(); }

  basic_tensor<T> gradient;  ///< of a leaf

 private:
  shape_type shape_;
  vjp_function<T> vjp_;
  bool result_ = false;
  basic_tensor<T> arrived_;
  std::vector<basic_tensor<T>> aside_;  // of the passes that this one runs within
};

extern template class grad_node<float>;
extern template class grad_node<double>;

}  // namespace detail

template <std::floating_point T>
detail::grad_node<T>* vjp_inputs::node(std::size_t i) const {
  detail::tape_node* const n = at(i);
  if (n)
    check(n->scalar() == scalar_name<T>(), "backward", "a gradient of ", scalar_name<T>(), " was given to input ", i,
          ", which is ", n->scalar());
  return static_cast<detail::grad_node<T>*>(n);
}

template <std::floating_point T>
void vjp_inputs::add(std::size_t i, const basic_tensor<T>& g) const {
  if (auto* const n = node<T>(i)) n->add(g);
}

template <std::floating_point T>
basic_tensor<T> vjp_inputs::so_far(std::size_t i) const {
  const auto* const n = node<T>(i);
  return n ? n->so_far() : basic_tensor<T>();
}

/// A tensor kept for the backward pass: off the tape, and read only while nobody has written to it. Of integers, which
/// say where to read and write, in memory of the caller's, where writes are not seen, a copy is kept.
template <element T>
class saved {
 public:
  /// Keeps `t`, and the number of writes into it so far.
  explicit saved(const basic_tensor<T>& t)
      : value_(std::integral<T> && !detail::tape_access<T>::watched(t) ? t.clone() : t.detach()),
        version_(value_.version()) {}
  /// The tensor; throws where it has been written to since.
  const basic_tensor<T>& get() const {
    check(value_.version() == version_, "backward", "a tensor of shape ", value_.shape(),
          " that an operation saved for its gradient has been written to since: write to a clone(), read through a "
          "constant tensor");
    return value_;
  }

 private:
  basic_tensor<T> value_;
  std::uint32_t version_;
};

/// Whether an operation on `inputs` is to be recorded.
template <element... T>
bool needs_grad(const basic_tensor<T>&... inputs) {
  return grad_enabled() && (inputs.requires_grad() || ...);
}

/// Puts `result`, just computed from `inputs`, on the tape with its vector-Jacobian product. To be called where
/// `needs_grad(inputs...)`. What the function needs it keeps as `saved`: a tensor on the tape would keep the tape
/// alive.
template <std::floating_point T, element... In>
void record(basic_tensor<T>& result, std::type_identity_t<vjp_function<T>> vjp, const basic_tensor<In>&... inputs) {
  detail::tape_access<T>::set_node(
      result, detail::tape_node::make<detail::grad_node<T>>(
                  result.shape(), std::move(vjp),
                  std::vector<std::shared_ptr<detail::tape_node>>{detail::tape_access<In>::node(inputs)...}));
}
/// The same for a list of inputs.
template <std::floating_point T, element In>
void record(basic_tensor<T>& result, std::type_identity_t<vjp_function<T>> vjp,
            const std::vector<basic_tensor<In>>& inputs) {
  std::vector<std::shared_ptr<detail::tape_node>> nodes;
  for (const auto& t : inputs) nodes.push_back(detail::tape_access<In>::node(t));
  detail::tape_access<T>::set_node(
      result, detail::tape_node::make<detail::grad_node<T>>(result.shape(), std::move(vjp), std::move(nodes)));
}

/// The caller's own gradient for a function of tensors: y = forward(inputs...), computed off the tape, and in the
/// backward pass backward(gradient of y, inputs...) gives the gradients of the inputs: a tensor where there is one
/// input, else a std::tuple of them; one without storage stands for zero.
template <class Forward, class Backward, std::floating_point... T>
auto custom_vjp(const Forward& forward, Backward backward, const basic_tensor<T>&... inputs) {
  auto y = [&] {
    const no_grad scope;
    return forward(inputs.detach()...).detach();
  }();
  if (!needs_grad(inputs...)) return y;
  using gradient = decltype(y);
  record(
      y,
      [backward, keep = std::make_tuple(saved(inputs)...)](const gradient& g, const vjp_inputs& in) {
        auto give = [&in](std::size_t i, const auto& each) {
          if (each.defined()) in.add(i, each);
        };
        auto all = std::apply([&](const auto&... s) { return backward(g, s.get()...); }, keep);
        if constexpr (requires { std::tuple_size<decltype(all)>::value; })
          [&]<std::size_t... I>(std::index_sequence<I...>) { (give(I, std::get<I>(all)), ...); }
        (std::index_sequence_for<T...>{});
        else give(0, all);
      },
      inputs...);
  return y;
}

}  // namespace edgefold
