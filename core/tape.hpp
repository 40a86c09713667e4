/// The reverse-mode tape: one node an operation, linked to the nodes of its inputs.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace edgefold {

namespace detail {
class recording_scope {
 public:
  recording_scope(const recording_scope&) = delete;
  recording_scope& operator=(const recording_scope&) = delete;

 protected:
  explicit recording_scope(bool on);
  ~recording_scope();

 private:
  bool before_;
};
}  // namespace detail

/// While one lives, operations of its thread leave no tape behind and save nothing.
class no_grad : detail::recording_scope {
 public:
  no_grad() : recording_scope(false) {}
};
/// While one lives, operations of its thread are recorded, within a `no_grad` and within a vjp too.
class enable_grad : detail::recording_scope {
 public:
  enable_grad() : recording_scope(true) {}
};

/// Whether operations of this thread are recorded: as the innermost scope says, and true outside of all.
bool grad_enabled();

namespace detail {

/// A result of an operation, or a leaf that the user asked gradients for.
class tape_node {
 public:
  /// A node of class Node. The last handle of a long chain frees it link by link, not by a recursion as deep as the
  /// chain is long, and without asking for memory.
  template <class Node, class... Args>
  static std::shared_ptr<Node> make(Args&&... args) {
    return std::shared_ptr<Node>(new Node(std::forward<Args>(args)...), release);
  }
  tape_node(const tape_node&) = delete;
  tape_node& operator=(const tape_node&) = delete;
  virtual ~tape_node() = default;

  /// Hands the gradient that has arrived on to the inputs; a leaf keeps it.
  virtual void run() = 0;
  /// Gets what `commit` needs beyond time: it may throw, commit may not.
  virtual void prepare() = 0;
  /// Adds what arrived at a leaf to its gradient.
  virtual void commit() noexcept = 0;
  /// Forgets what has arrived.
  virtual void drop() = 0;
  /// What has arrived is kept for later, while a backward pass within a backward pass runs.
  /// @{
  virtual void set_aside() = 0;
  virtual void put_back() noexcept = 0;
  /// @}
  virtual bool is_leaf() const = 0;
  /// "float" or "double".
  virtual std::string_view scalar() const = 0;

  bool spent = false;  ///< run() has been called: the closure and the inputs are gone

  /// All nodes that `roots` depend on, roots included, later operations first. Throws where one is spent.
  static std::vector<std::shared_ptr<tape_node>> from(std::span<const std::shared_ptr<tape_node>> roots,
                                                      std::string_view operation);
  /// Whether an input is one of `nodes`. Forgets those that are not.
  /// @{
  bool reads_one_of(const std::unordered_set<const tape_node*>& nodes) const;
  void forget_inputs_but(const std::unordered_set<const tape_node*>& nodes);
  /// @}

 protected:
  explicit tape_node(std::vector<std::shared_ptr<tape_node>> inputs);
  std::vector<std::shared_ptr<tape_node>> inputs_;  // null where no gradient is asked for

 private:
  static void release(tape_node* node) noexcept;
  std::uint64_t sequence_;
  tape_node* next_ = nullptr;  // of those that nobody holds any more and that wait for their end
};

/// Runs backward from `root`, where `seed` lets a gradient arrive, to all leaves. On an exception their gradients are
/// as before.
void run_backward(const std::shared_ptr<tape_node>& root, const std::function<void()>& seed);
/// The same from several, to `targets` alone, which may be results: `take(i)` is called when all that arrives at
/// targets[i] has. Leaves keep the gradients that they have.
void run_backward_to(std::span<const std::shared_ptr<tape_node>> targets,
                     std::span<const std::shared_ptr<tape_node>> roots, const std::function<void()>& seed,
                     const std::function<void(std::size_t)>& take);

}  // namespace detail
}  // namespace edgefold
