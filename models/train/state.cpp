#include <edgefold/models/train/state.hpp>

#include <algorithm>
#include <set>

namespace edgefold {
namespace {

std::string in_quotes(const std::string& name) { return '"' + name + '"'; }

any_tensor clone(const any_tensor& t) {
  return std::visit([](const auto& x) -> any_tensor { return x.detach().clone(); }, t);
}

const void* address(const any_tensor& t) {
  return std::visit([](const auto& x) -> const void* { return x.data(); }, t);
}

// "" where `given` may be written into `wanted`.
std::string misfit(const std::string& name, const any_tensor& wanted, const any_tensor& given) {
  if (given.index() != wanted.index())
    return in_quotes(name) + " is " + std::string(scalar_name(given)) + ", expected " +
           std::string(scalar_name(wanted));
  if (shape_of(given).empty()) return in_quotes(name) + " has no storage";
  if (shape_of(given) == shape_of(wanted)) return "";
  return in_quotes(name) + " has shape " + to_string(shape_of(given)) + ", expected " + to_string(shape_of(wanted));
}

// The first ones, separated by semicolons.
std::string listed(const std::vector<std::string>& texts) {
  constexpr std::size_t most = 10;
  std::string all;
  for (std::size_t i = 0; i < std::min(most, texts.size()); ++i) all += (i > 0 ? "; " : "") + texts[i];
  return texts.size() > most ? all + "; and " + std::to_string(texts.size() - most) + " more" : all;
}

}  // namespace

state_map clone(const state_map& state) {
  state_map copies;
  for (const auto& [name, t] : state) copies.emplace(name, clone(t));
  return copies;
}

state_map join(const std::map<std::string, state_map>& parts) {
  state_map whole;
  for (const auto& [part_name, state] : parts)
    for (const auto& [name, t] : state) {
      const auto [place, is_new] = whole.emplace(part_name + '.' + name, t);
      check(is_new, "join", "two tensors would be called ", in_quotes(place->first));
    }
  return whole;
}

state_map part(const state_map& state, std::string_view name) {
  const std::string prefix = std::string(name) + '.';
  state_map found;
  for (auto at = state.lower_bound(prefix); at != state.end() && at->first.starts_with(prefix); ++at)
    found.emplace(at->first.substr(prefix.size()), at->second);
  return found;
}

namespace detail {

std::string misfits(const named_tensors& to, const state_map& from, unmatched_names* unmatched) {
  std::vector<std::string> texts;
  std::set<std::string_view> known;
  for (const auto& [name, wanted] : to) {
    known.insert(name);
    const auto given = from.find(name);
    if (given != from.end()) {
      std::string text = misfit(name, wanted, given->second);
      if (!text.empty()) texts.push_back(std::move(text));
    } else if (unmatched) {
      unmatched->missing.push_back(name);
    } else {
      texts.push_back(in_quotes(name) + " is missing");
    }
  }
  for (const auto& [name, given] : from)
    if (known.contains(name)) continue;
    else if (unmatched) unmatched->unexpected.push_back(name);
    else texts.push_back(in_quotes(name) + " is unexpected");
  return listed(texts);
}

void copy_values(const named_tensors& to, const state_map& from) {
  std::set<const void*> written;
  for (const auto& [name, t] : to) written.insert(address(t));
  std::vector<std::pair<any_tensor, any_tensor>> pairs;
  for (const auto& [name, t] : to) {
    const auto given = from.find(name);
    if (given == from.end() || address(given->second) == address(t)) continue;
    // What is about to be overwritten under another name is read first.
    pairs.emplace_back(t, written.contains(address(given->second)) ? clone(given->second) : given->second);
  }
  for (auto& [t, given] : pairs)
    std::visit(
        [&source = given]<class T>(basic_tensor<T>& x) {
          const std::span<const T> values = std::get<basic_tensor<T>>(source).values();
          std::copy(values.begin(), values.end(), x.mutable_data());
        },
        t);
}

}  // namespace detail
}  // namespace edgefold
