/// The reverse-mode tape: one node an operation, linked to the nodes of its inputs.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace edgefold {

/// While one lives, operations of its thread leave no tape behind and save nothing.
class no_grad {
 public:
  no_grad();
  ~no_grad();
  no_grad(const no_grad&) = delete;
  no_grad& operator=(const no_grad&) = delete;

 private:
  bool before_;
};

/// Whether operations of this thread are recorded: true outside of every `no_grad`.
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
  virtual bool is_leaf() const = 0;
  /// "float" or "double".
  virtual std::string_view scalar() const = 0;

  bool spent = false;  ///< run() has been called: the closure and the inputs are gone

  /// All nodes that `root` depends on, root included, later operations first. Throws where one is spent.
  static std::vector<std::shared_ptr<tape_node>> from(const std::shared_ptr<tape_node>& root);

 protected:
  explicit tape_node(std::vector<std::shared_ptr<tape_node>> inputs);
  std::vector<std::shared_ptr<tape_node>> inputs_;  // null where no gradient is asked for

 private:
  static void release(tape_node* node) noexcept;
  std::uint64_t sequence_;
  tape_node* next_ = nullptr;  // of those that nobody holds any more and that wait for their end
};

/// Runs backward from `root`, where a gradient has arrived. On an exception the gradients of the leaves are as before.
void run_backward(const std::shared_ptr<tape_node>& root);

}  // namespace detail
}  // namespace edgefold
