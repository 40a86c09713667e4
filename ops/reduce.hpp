/// All shipped reducers.
#pragma once
#include <edgefold/ops/reduce/basic.hpp>
#include <edgefold/ops/reduce/compose.hpp>
#include <edgefold/ops/reduce/exp.hpp>
#include <edgefold/ops/reduce/mailbox.hpp>
#include <edgefold/ops/reduce/moments.hpp>
