#!/usr/bin/env bash
# Builds and runs the capsule routing example with the arguments given. Installs what is missing; does nothing twice.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/.ci/packages.sh"

need "${build_packages[@]}" "${library_packages[@]}" "${example_packages[@]}"
build=$root/build/capsule_routing  # of its own: there the library is what this program needs of it
cmake -S "$root" --preset release -B "$build" -DEDGEFOLD_PROGRAM=capsule_routing
cmake --build "$build" -j "$(job_count)" --target capsule_routing
"$build/examples/capsule_routing" "$@"
