#!/usr/bin/env bash
# tree_files.sh: the files of the tree, also those not committed yet; where git does not know, all but what a build or a program makes.
set -euo pipefail
CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.."
list() {
  git -c safe.directory="$PWD" ls-files -z --cached --others --exclude-standard 2>/dev/null | grep -z . ||
    find . \( -path './build*' -o -path './out*' -o -path ./.git \) -prune -o -type f -printf '%P\0'
}
list | while IFS= read -r -d '' file; do if [[ -e $file && ! -e ${file%%/*}/CMakeCache.txt ]]; then printf '%s\n' "$file"; fi; done | LC_ALL=C sort
