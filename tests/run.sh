#!/usr/bin/env bash
# Builds the release preset and runs every test. Installs what is missing; does nothing twice.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/.ci/packages.sh"

need "${build_packages[@]}" "${library_packages[@]}" "${example_packages[@]}" "${test_packages[@]}"
cd "$root"
cmake --preset release -DEDGEFOLD_BUILD_TESTS=ON -DEDGEFOLD_BUILD_EXAMPLES=ON
cmake --build --preset release -j "$(job_count)"
ctest --preset release -j "$(job_count)" "$@"
