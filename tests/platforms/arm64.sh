#!/usr/bin/env bash
# arm64.sh: on Debian for x86-64, as root: cross-compiles for arm64 in build/arm64, and runs tests and programs under qemu.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/.ci/packages.sh"
cd "$root"

# Hours under the emulator, or nothing that depends on the processor: programs trained, scripts that call the compiler of this machine.
left_out='^(examples: |ops: |layout|install|docs|stress)'

dpkg --add-architecture arm64
apt-get update
packages=(g++-aarch64-linux-gnu qemu-user-static cmake ninja-build ccache pkg-config)
for package in "${library_packages[@]}" "${example_packages[@]}" "${test_packages[@]}"; do
  if [[ $package == *-dev && $(apt-cache show --no-all-versions "$package") != *$'\nArchitecture: all\n'* ]]; then package+=:arm64; fi
  packages+=("$package")
done
need "${packages[@]}"

build=$root/build/arm64
cmake --preset release -B "$build" --toolchain "$root/tests/platforms/arm64.cmake" -DEDGEFOLD_BUILD_TESTS=ON -DEDGEFOLD_BUILD_EXAMPLES=ON
cmake --build "$build" -j "$(job_count)"
ctest --test-dir "$build" -j "$(job_count)" --output-on-failure -E "$left_out"

# What quickstart prints, the tutorial's routing to 1e-5, and a data set.
ctest --test-dir "$build" --output-on-failure -R '^examples: (quickstart|capsule_routing, (numbers|data)|message_passing, data)$'
