#!/usr/bin/env bash
# source_archive.sh ARCHIVE: the files of the tree as ARCHIVE (NAME.tar.gz), in a folder NAME. The same files give the same bytes.
set -euo pipefail
archive=$(realpath "$1")
name=$(basename "$1" .tar.gz)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
core/package/tree_files.sh | tar -c -T - --transform "s|^|$name/|" --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
  --mtime="@${SOURCE_DATE_EPOCH:-0}" | gzip -9n >"$archive.part"
mv "$archive.part" "$archive"
