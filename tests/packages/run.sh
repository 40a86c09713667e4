#!/usr/bin/env bash
# run.sh debian-12|debian-13: makes packages in a root of that system and uses them in a fresh one. Needs what
# tests/platforms/run.sh needs.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
system=${1:-}
if [[ $# != 1 || ($system != debian-12 && $system != debian-13) ]]; then
  echo "packages: usage: run.sh debian-12|debian-13" >&2
  exit 2
fi
platforms=$root/build/platforms
"$root/tests/platforms/run.sh" "$system" 'bash tests/packages/make.sh'
mkdir -p "$platforms/$system-user"
flock -n "$platforms/$system-user/lock" rm -rf --one-file-system "$platforms/$system-user" || {
  echo "packages: another run uses $platforms/$system-user" >&2
  exit 2
}
EDGEFOLD_PACKAGES=$platforms/$system/root/edgefold/build/packages \
  "$root/tests/platforms/run.sh" "$system-user" 'bash tests/packages/use.sh /packages'
