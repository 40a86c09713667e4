#!/usr/bin/env bash
# tree_files.sh: the files of the tree, also those not committed yet; where git does not know, all but what a build or a program makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
list() {
  git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard 2>/dev/null | grep . ||
    find . \( -path './build*' -o -path './out*' -o -path ./.git \) -prune -o -type f -printf '%P\n'
}
list | while read -r file; do if [[ -e $file ]]; then echo "$file"; fi; done | LC_ALL=C sort
