#!/usr/bin/env bash
# core.sh: what each commit has to pass on a second system: the library, three programs and the tests of core, warnings as errors.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/.ci/packages.sh"
need "${build_packages[@]}" "${library_packages[@]}" "${example_packages[@]}" "${test_packages[@]}"
cd "$root"
programs=(quickstart capsule_routing inference)
cmake --preset release "${warnings_as_errors[@]}"
cmake --build --preset release -j "$(job_count)" --target edgefold_core test_core "${programs[@]}"
names=$(IFS='|' && echo "${programs[*]}")
ctest --preset release -j "$(job_count)" -R "^(core/|examples: ($names)(,|$))" "$@"
