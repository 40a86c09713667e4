#!/usr/bin/env bash
# command_line.sh PROGRAM options|folder: the command line of a program that takes no options, or one folder.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"

case $part in
  options)
    if ! "$program" --help >printed 2>errors || [[ -s errors ]]; then fail '--help fails'; fi
    # CLI11 2.6 leaves the word Usage out.
    grep -qE "^(Usage: )?${program##*/} \[OPTIONS\]" printed || fail "--help says: $(cat printed)"
    refused '--nonsense' --nonsense
    refused 'more' more
    ;;
  folder)
    refused 'expected one argument'
    refused 'there is no folder "missing"' missing
    : >file
    refused 'there is no folder "file"' file
    ;;
  *) echo "usage: command_line.sh PROGRAM options|folder" >&2 && exit 2 ;;
esac
((failures == 0))
