/// The state of a model or of an optimiser: tensors by name, as files keep them.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <edgefold/core/frame.hpp>

namespace edgefold {

/// Tensors by name: what write_safetensors takes, and read_safetensors gives as `tensors`.
using state_map = std::map<std::string, any_tensor>;

/// The same in an order of its own.
using named_tensors = std::vector<std::pair<std::string, any_tensor>>;

/// Copies with storage of their own: the state as it is now, whatever is trained afterwards.
state_map clone(const state_map& state);

/// Several states as one: tensor "weight" of part "model" is called "model.weight". Throws where two get one name.
state_map join(const std::map<std::string, state_map>& parts);

/// A part of what `join` made: the tensors whose names begin with `name` and a dot, without that. Maybe none.
state_map part(const state_map& state, std::string_view name);

/// What `load_state_dict` that is not strict left alone.
struct unmatched_names {
  std::vector<std::string> missing;     ///< the model has them, the state does not
  std::vector<std::string> unexpected;  ///< the state has them, the model does not
};

namespace detail {

/// What keeps `from` from being copied into `to`, "" where nothing does. Names without a partner go to `unmatched` if
/// that is given, else they count too.
std::string misfits(const named_tensors& to, const state_map& from, unmatched_names* unmatched);

/// Writes the values of `from`, of which there are no misfits, into the tensors of those names.
void copy_values(const named_tensors& to, const state_map& from);

}  // namespace detail
}  // namespace edgefold
