#include <edgefold/models/train/module.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/io/safetensors.hpp>

#include <algorithm>

namespace edgefold {

std::string module_visitor::claim(std::string_view name) {
  check(!name.empty(), "module", "a part of \"", prefix_.empty() ? "" : prefix_.substr(0, prefix_.size() - 1),
        "\" has no name");
  const auto [whole, is_new] = names_.insert(prefix_ + std::string(name));
  check(is_new, "module", "the name \"", *whole, "\" is given twice");
  return *whole;
}

void module_visitor::add(std::string_view name, any_tensor t, bool trained) {
  std::string whole = claim(name);
  if (!shape_of(t).empty()) tensors_.push_back({std::move(whole), std::move(t), trained});
}

namespace detail {
namespace {

bool same_tensor(const tensor& a, const tensor& b) {
  return a.shares_storage_with(b) && a.data() == b.data() && a.shape() == b.shape();
}

named_tensors all_tensors(const module_visitor& v) {
  named_tensors all;
  for (const auto& e : v.tensors()) all.emplace_back(e.name, e.value);
  return all;
}

}  // namespace

std::vector<std::pair<std::string, tensor>> named_parameters(const module_visitor& v) {
  std::vector<std::pair<std::string, tensor>> all;
  std::multimap<const float*, tensor> known;
  for (const auto& e : v.tensors()) {
    if (!e.trained) continue;
    const auto& t = std::get<tensor>(e.value);
    const auto [first, last] = known.equal_range(t.data());
    if (std::any_of(first, last, [&](const auto& k) { return same_tensor(k.second, t); })) continue;
    known.emplace(t.data(), t);
    all.emplace_back(e.name, t);
  }
  return all;
}

std::vector<tensor> parameters(const module_visitor& v) {
  std::vector<tensor> all;
  for (auto& [name, t] : named_parameters(v)) all.push_back(std::move(t));
  return all;
}

void require_grad(const module_visitor& v, bool wanted) {
  auto all = named_parameters(v);
  for (const auto& [name, t] : all) {
    const auto& node = tape_access<float>::node(t);
    check(!node || node->is_leaf(), "require_grad", "\"", name, "\" is the result of an operation");
  }
  for (auto& [name, t] : all) t.set_requires_grad(wanted);
}

state_map state_dict(const module_visitor& v) {
  state_map state;
  for (const auto& e : v.tensors())
    state.emplace(e.name, std::visit([](const auto& t) -> any_tensor { return t.detach(); }, e.value));
  return state;
}

unmatched_names load_state_dict(const module_visitor& v, const state_map& state, bool strict) {
  const named_tensors all = all_tensors(v);
  unmatched_names unmatched;
  const std::string wrong = misfits(all, state, strict ? nullptr : &unmatched);
  check(wrong.empty(), "load_state_dict", wrong);
  copy_values(all, state);
  return unmatched;
}

unmatched_names load_model(const std::filesystem::path& path, const module_visitor& v, bool strict) {
  const safetensors_file file = read_safetensors(path);
  const named_tensors all = all_tensors(v);
  unmatched_names unmatched;
  std::string wrong = misfits(all, file.tensors, strict ? nullptr : &unmatched);
  for (const auto& [name, why] : file.tensors.unreadable()) {
    check_runtime(std::ranges::find(all, name, &named_tensors::value_type::first) == all.end(), "load_model", why);
    if (!strict) unmatched.unexpected.push_back(name);
    else if (wrong.empty()) wrong = '"' + name + "\" is unexpected";
  }
  check_runtime(wrong.empty(), "load_model", path.string(), ": ", wrong);
  copy_values(all, file.tensors);
  return unmatched;
}

void save_model(const std::filesystem::path& path, const module_visitor& v,
                const std::map<std::string, std::string>& metadata) {
  write_safetensors(path, state_dict(v), metadata);
}

}  // namespace detail
}  // namespace edgefold
