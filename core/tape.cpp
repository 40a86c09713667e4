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

bool grad_enabled() { return recording; }

namespace detail {

recording_scope::recording_scope(bool on) : before_(std::exchange(recording, on)) {}
recording_scope::~recording_scope() { recording = before_; }

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

std::vector<std::shared_ptr<tape_node>> tape_node::from(std::span<const std::shared_ptr<tape_node>> roots,
                                                        std::string_view operation) {
  std::vector<std::shared_ptr<tape_node>> all;
  std::unordered_set<const tape_node*> known;
  for (const auto& root : roots)
    if (known.insert(root.get()).second) all.push_back(root);
  for (std::size_t i = 0; i < all.size(); ++i) {
    check(!all[i]->spent, operation, "an earlier backward() has freed a part of this tape: run the operations again");
    for (const auto& input : all[i]->inputs_)
      if (input && known.insert(input.get()).second) {
        auto next = input;  // push_back may move what `input` refers to
        all.push_back(std::move(next));
      }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->sequence_ > b->sequence_; });
  return all;
}

bool tape_node::reads_one_of(const std::unordered_set<const tape_node*>& nodes) const {
  return std::any_of(inputs_.begin(), inputs_.end(), [&](const auto& input) { return nodes.contains(input.get()); });
}
void tape_node::forget_inputs_but(const std::unordered_set<const tape_node*>& nodes) {
  for (auto& input : inputs_)
    if (!nodes.contains(input.get())) input = nullptr;
}

namespace {

// The nodes of a backward pass: at its end nothing waits at them, or what an outer pass left there.
class pass {
 public:
  pass(std::span<const std::shared_ptr<tape_node>> roots, std::string_view operation)
      : nodes(tape_node::from(roots, operation)) {
    try {
      if (depth > 0)
        for (; aside_ < nodes.size(); ++aside_) nodes[aside_]->set_aside();
    } catch (...) {
      put_back();
      throw;
    }
    ++depth;
  }
  pass(const pass&) = delete;
  pass& operator=(const pass&) = delete;
  ~pass() {
    --depth;
    for (const auto& n : nodes) n->drop();
    put_back();
  }

  const std::vector<std::shared_ptr<tape_node>> nodes;

 private:
  void put_back() noexcept {
    for (std::size_t i = 0; i < aside_; ++i) nodes[i]->put_back();
  }
  static thread_local int depth;  // passes that run
  std::size_t aside_ = 0;
};
thread_local int pass::depth = 0;

}  // namespace

void run_backward(const std::shared_ptr<tape_node>& root, const std::function<void()>& seed) {
  const no_grad scope;
  const pass p({&root, 1}, "backward");
  seed();
  for (const auto& n : p.nodes) n->run();
  for (const auto& n : p.nodes) n->prepare();
  for (const auto& n : p.nodes) n->commit();
}

void run_backward_to(std::span<const std::shared_ptr<tape_node>> targets,
                     std::span<const std::shared_ptr<tape_node>> roots, const std::function<void()>& seed,
                     const std::function<void(std::size_t)>& take) {
  const no_grad scope;
  const pass p(roots, "grad");
  std::unordered_set<const tape_node*> wanted;  // the targets, and what lies between them and the roots
  for (const auto& t : targets) wanted.insert(t.get());
  for (auto n = p.nodes.rbegin(); n != p.nodes.rend(); ++n)
    if ((*n)->reads_one_of(wanted)) wanted.insert(n->get());
  seed();
  for (const auto& n : p.nodes) {
    for (std::size_t i = 0; i < targets.size(); ++i)
      if (targets[i] == n) take(i);
    if (!n->reads_one_of(wanted)) continue;
    n->forget_inputs_but(wanted);
    n->run();
  }
}

}  // namespace detail
}  // namespace edgefold
