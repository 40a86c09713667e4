/// Messages: a functor of the features that an edge and its ends have, and the built-in ones.
#pragma once
#include <edgefold/ops/message/builtin.hpp>
#include <edgefold/ops/message/message.hpp>
