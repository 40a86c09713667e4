/// Modules: plain structs that name their tensors, so that optimisers and files find them.
#pragma once
#include <concepts>
#include <filesystem>
#include <set>
#include <type_traits>

#include <edgefold/models/train/state.hpp>

namespace edgefold {

class module_visitor;

/// A struct that names its parts:
///
///     struct linear {
///       tensor weight, bias;
///       void visit(auto& v) { v("weight", weight); v("bias", bias); }
///     };
///
/// Any signature that takes a module_visitor& will do. `visit` must not change the module.
template <class M>
concept module_like = requires(std::remove_const_t<M>& m, module_visitor& v) {
  m.visit(v);
};

/// One that may be changed.
template <class M>
concept mutable_module = module_like<M> && !std::is_const_v<M>;

/// What `visit` gets; it collects what a module holds, with names that a dot joins: "layers.0.weight".
class module_visitor {
 public:
  /// Visits all of `m`.
  template <module_like M>
  static module_visitor of(const M& m) {
    module_visitor v;
    v.enter(m);
    return v;
  }

  /// A parameter (a float tensor), a module, or a list or std::optional of them; the parts of a list are called 0, 1,
  /// ... A tensor without storage is left out. Throws for a name that has been given before, or is empty.
  template <class Part>
  void operator()(std::string_view name, const Part& part);

  /// A tensor that is state, but not trained: a running mean.
  template <element T>
  void buffer(std::string_view name, const basic_tensor<T>& t) {
    add(name, t, false);
  }

  /// A tensor that a module holds.
  struct entry {
    std::string name;  ///< the whole one: "layers.0.weight"
    any_tensor value;  ///< a handle to the module's own
    bool trained;      ///< a parameter; else a buffer
  };
  const std::vector<entry>& tensors() const { return tensors_; }          ///< in the order of visiting
  const std::vector<bool*>& training_flags() const { return training_; }  ///< the members `bool training`

 private:
  template <class M>
  void enter(const M& m) {
    auto& open = const_cast<M&>(m);  // one `visit` serves all; only set_training writes, which takes no constant
    // (Of `open.training` g++ 14 says that it is there in every module.)
    if constexpr (requires { requires std::same_as<decltype(M::training), bool>; }) training_.push_back(&open.training);
    open.visit(*this);
  }
  std::string claim(std::string_view name);  // the whole name
  void add(std::string_view name, any_tensor t, bool trained);

  std::string prefix_;
  std::set<std::string> names_;
  std::vector<entry> tensors_;
  std::vector<bool*> training_;
};

template <class Part>
void module_visitor::operator()(std::string_view name, const Part& part) {
  if constexpr (std::same_as<Part, tensor>) {
    add(name, part, true);
  } else if constexpr (requires { part.has_value(); }) {
    if (part.has_value()) (*this)(name, *part);
  } else {
    const std::size_t outer = prefix_.size();
    prefix_ = claim(name) + '.';
    if constexpr (module_like<Part>) {
      enter(part);
    } else if constexpr (requires { part.begin() != part.end(); }) {
      std::size_t i = 0;
      for (const auto& each : part) (*this)(std::to_string(i++), each);
    } else {
      static_assert(module_like<Part>,
                    "a part of a module is a float tensor, a module, or a list or std::optional of them; a struct is a "
                    "module if it has `void visit(auto& v)`; a tensor of another type is v.buffer(name, t)");
    }
    prefix_.resize(outer);
  }
}

namespace detail {

std::vector<std::pair<std::string, tensor>> named_parameters(const module_visitor& v);
std::vector<tensor> parameters(const module_visitor& v);
void require_grad(const module_visitor& v, bool wanted);
state_map state_dict(const module_visitor& v);
unmatched_names load_state_dict(const module_visitor& v, const state_map& state, bool strict);
unmatched_names load_model(const std::filesystem::path& path, const module_visitor& v, bool strict);
void save_model(const std::filesystem::path& path, const module_visitor& v,
                const std::map<std::string, std::string>& metadata);

}  // namespace detail

/// The parameters, in the order of visiting: handles to the module's own tensors. One that stands under two names
/// (tied weights) has the first only. Here and below: throws where names are given twice.
template <module_like M>
std::vector<std::pair<std::string, tensor>> named_parameters(const M& m) {
  return detail::named_parameters(module_visitor::of(m));
}
/// The same without names: what an optimiser takes.
template <module_like M>
std::vector<tensor> parameters(const M& m) {
  return detail::parameters(module_visitor::of(m));
}
/// Elements of all parameters.
template <module_like M>
std::int64_t num_parameters(const M& m) {
  std::int64_t n = 0;
  for (const tensor& t : parameters(m)) n += t.size();
  return n;
}
/// Forgets the gradients of all parameters.
template <mutable_module M>
void zero_grad(M& m) {
  for (tensor& t : parameters(m)) t.zero_grad();
}
/// Asks for gradients of all parameters, or no longer. Throws where one is the result of an operation; then nothing
/// has changed.
template <mutable_module M>
void require_grad(M& m, bool wanted = true) {
  detail::require_grad(module_visitor::of(m), wanted);
}
/// Sets the member `bool training` of the module and of all in it that have one.
template <mutable_module M>
void set_training(M& m, bool training) {
  const auto v = module_visitor::of(m);
  for (bool* flag : v.training_flags()) *flag = training;
}

/// Parameters and buffers by name, off the tape: handles, which see what is trained later. `clone` keeps what is.
template <module_like M>
state_map state_dict(const M& m) {
  return detail::state_dict(module_visitor::of(m));
}
/// Copies the values of `state` into the module's tensors, so that optimisers and other handles see them. Throws, with
/// the names, where a shape or a scalar type is another and, if `strict`, where a name has no partner; then nothing has
/// changed.
template <mutable_module M>
unmatched_names load_state_dict(M& m, const state_map& state, bool strict = true) {
  return detail::load_state_dict(module_visitor::of(m), state, strict);
}

/// Writes the state to a .safetensors file. One of torch's modules with the same names and shapes loads it.
template <module_like M>
void save_model(const std::filesystem::path& path, const M& m,
                const std::map<std::string, std::string>& metadata = {}) {
  detail::save_model(path, module_visitor::of(m), metadata);
}
/// `load_state_dict` from such a file; throws std::runtime_error where the file does not fit the module.
template <mutable_module M>
unmatched_names load_model(const std::filesystem::path& path, M& m, bool strict = true) {
  return detail::load_model(path, module_visitor::of(m), strict);
}

}  // namespace edgefold
