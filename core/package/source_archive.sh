#!/usr/bin/env bash
# source_archive.sh ARCHIVE: the files of the tree as ARCHIVE (NAME.tar.gz), in a folder NAME. The same files give the same bytes.
set -euo pipefail
if (($# != 1)) || [[ $1 != *.tar.gz || ! -d $(dirname "$1") ]]; then
  echo "source_archive: usage: source_archive.sh NAME.tar.gz, in a folder that is there" >&2
  exit 2
fi
archive=$(realpath "$1")
name=$(basename "$1" .tar.gz)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
files=$(core/package/tree_files.sh)  # before there is one more
trap 'rm -f "$archive.part"' EXIT
tar -c -T <(echo "$files") --transform "s|^|$name/|" --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
  --mtime="@${SOURCE_DATE_EPOCH:-0}" | gzip -9n >"$archive.part"
mv "$archive.part" "$archive"
