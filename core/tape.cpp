#include <edgefold/core/tape.hpp>

#include <edgefold/core/error.hpp>

#include <algorithm>
#include <atomic>
#include <unordered_set>
#include <utility>

namespace edgefold {
namespace {

thread_local bool recording = true;
std::atomic<std::uint64_t> next_sequence{0};

}  // namespace

no_grad::no_grad() : before_(std::exchange(recording, false)) {}
no_grad::~no_grad() { recording = before_; }
bool grad_enabled() { return recording; }

namespace detail {

tape_node::tape_node(std::vector<std::shared_ptr<tape_node>> inputs)
    : inputs_(std::move(inputs)), sequence_(next_sequence.fetch_add(1, std::memory_order_relaxed)) {}

// The end of a node releases its inputs: those wait in a list until it is over.
void tape_node::release(tape_node* node) noexcept {
  static thread_local tape_node* waiting = nullptr;
  static thread_local bool running = false;
  node->next_ = waiting;
  waiting = node;
  if (running) return;
  running = true;
  while (waiting) {
    tape_node* const last = waiting;
    waiting = last->next_;
    delete last;
  }
  running = false;
}

std::vector<std::shared_ptr<tape_node>> tape_node::from(const std::shared_ptr<tape_node>& root) {
  std::vector<std::shared_ptr<tape_node>> all{root};
  std::unordered_set<const tape_node*> known{root.get()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    check(!all[i]->spent, "backward", "an earlier backward() has freed a part of this tape: run the operations again");
    for (const auto& input : all[i]->inputs_)
      if (input && known.insert(input.get()).second) {
        auto next = input;  // push_back may move what `input` refers to
        all.push_back(std::move(next));
      }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->sequence_ > b->sequence_; });
  return all;
}

void run_backward(const std::shared_ptr<tape_node>& root) {
  const no_grad scope;
  std::vector<std::shared_ptr<tape_node>> nodes;
  try {
    nodes = tape_node::from(root);
    for (const auto& n : nodes) n->run();
    for (const auto& n : nodes) n->prepare();
  } catch (...) {
    root->drop();
    for (const auto& n : nodes) n->drop();
    throw;
  }
  for (const auto& n : nodes) n->commit();
}

}  // namespace detail
}  // namespace edgefold
