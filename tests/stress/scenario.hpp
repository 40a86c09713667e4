// What the library is asked to do while memory runs out.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <edgefold/core/graph.hpp>

namespace stress {

// A number for all that is added, in order.
class digest {
 public:
  void add(const void* bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      value_ = (value_ ^ static_cast<const unsigned char*>(bytes)[i]) * 1'099'511'628'211U;  // FNV-1a
  }
  void add(std::string_view text) {
    add(text.data(), text.size());
    add(std::int64_t{-1});
  }
  void add(std::int64_t n) { add(&n, sizeof n); }
  template <edgefold::element T>
  void add(const edgefold::basic_tensor<T>& t) {
    for (const std::int64_t dim : t.shape()) add(dim);
    add(t.values().data(), t.values().size_bytes());
  }
  void add(const edgefold::any_tensor& t) {
    std::visit([this](const auto& x) { add(x); }, t);
  }
  void add(const edgefold::frame& columns) {
    for (const std::string& name : columns.names()) {
      add(name);
      add(columns.get(name));
    }
  }
  void add(const edgefold::graph& g);
  void add(const std::map<std::string, edgefold::any_tensor>& tensors) {
    for (const auto& [name, t] : tensors) {
      add(name);
      add(t);
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14'695'981'039'346'656'037U;
};

// Its constructor makes what is needed, with memory. `run` is what memory runs out in; it changes what `see` sees only
// when all is done.
class scenario {
 public:
  scenario() = default;
  scenario(const scenario&) = delete;
  scenario& operator=(const scenario&) = delete;
  virtual ~scenario() = default;
  virtual void run() = 0;
  virtual void see(digest& d) const = 0;
};

struct named_scenario {
  std::string name;
  // Gets a folder of its own, which is empty.
  std::function<std::unique_ptr<scenario>(const std::filesystem::path& folder)> make;
};

// A scenario of what is made once, and of two functions of it.
template <class State>
named_scenario a_scenario(std::string name) {
  return {std::move(name), [](const std::filesystem::path& folder) -> std::unique_ptr<scenario> {
            if constexpr (std::is_constructible_v<State, std::filesystem::path>) return std::make_unique<State>(folder);
            else return std::make_unique<State>();
          }};
}

std::vector<named_scenario> thread_scenarios();
std::vector<named_scenario> message_scenarios();
std::vector<named_scenario> training_scenarios();
std::vector<named_scenario> file_scenarios();

}  // namespace stress
