#!/usr/bin/env bash
# run.sh SYSTEM [COMMAND]: makes a root of that system under build/platforms/, copies the tree into it as a fresh checkout and
# runs there the two commands of README.md; for arm64, arm64.sh. With COMMAND it runs that instead, in a copy that keeps its build/.
# SYSTEM: debian-12, debian-13, testing, debian-12-clang, debian-13-clang, arm64; debian-12-user, debian-13-user for packages.
#
# Needs root, debootstrap and some GB. The root stays for the next run; `rm -r` of its folder makes it anew. Packages come from
# where this machine's apt gets those of Debian, by its proxies and passwords. EDGEFOLD_SHARED and
# EDGEFOLD_PACKAGES are seen inside as /shared and /packages, read-only.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lacks() { echo "platforms: $1" >&2 && exit 2; }

system=${1:-} command=${2:-} environment=()
case $system in
  debian-12 | debian-12-clang | debian-12-user) suite=bookworm ;;
  debian-13 | debian-13-clang | debian-13-user) suite=trixie ;;
  testing) suite=testing ;;
  arm64) suite=bookworm ;;
  *) lacks "usage: run.sh debian-12|debian-13|testing|debian-12-clang|debian-13-clang|debian-12-user|debian-13-user|arm64 [COMMAND]" ;;
esac
(($# <= 2)) || lacks "one COMMAND, in quotes"
if [[ $system == *-clang ]]; then environment=(CC=clang CXX=clang++); fi
((EUID == 0)) || lacks "making and entering a root needs root: sudo $0 $*"
for tool in debootstrap unshare chroot tar; do
  command -v $tool >/dev/null || lacks "needs $tool (Debian: apt-get install debootstrap util-linux coreutils tar)"
done

# All mounts are of this process and those it starts: they are gone when it ends, however it ends.
if [[ -z ${EDGEFOLD_PLATFORM_INSIDE:-} ]]; then
  unshare --mount --pid --fork true 2>/dev/null || lacks "mounting is not allowed here: it wants CAP_SYS_ADMIN"
  [[ $root != *[[:space:]]* ]] || lacks "debootstrap knows no folders with blanks in their names, as \"$root\" has"
  EDGEFOLD_PLATFORM_INSIDE=yes exec unshare --mount --pid --fork --kill-child bash "$root/tests/platforms/run.sh" "$@"
fi

folder=$root/build/platforms/$system
target=$folder/root
mkdir -p "$folder"
exec {lock}>"$folder/lock"
flock -n "$lock" || lacks "another run uses $folder"

# What apt is told about proxies, for tools that read the environment.
proxies() {
  local http='' https=''
  command -v apt-config >/dev/null || return 0
  eval "$(apt-config shell http Acquire::http::Proxy https Acquire::https::Proxy)"
  if [[ -n $http && $http != DIRECT ]]; then echo "http_proxy=$http"; fi
  if [[ -n $https && $https != DIRECT ]]; then echo "https_proxy=$https"; fi
}

if [[ ! -e $folder/made ]]; then
  # What an interrupted run left is this script's own; a mount is never followed.
  rm -rf --one-file-system "$target"
  mirror=()
  if command -v apt-get >/dev/null; then
    # shellcheck disable=SC2016
    mapfile -t mirror < <(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' |
      grep -E '^https?://' | head -1)
  fi
  mapfile -t proxy < <(proxies)
  env "${proxy[@]}" debootstrap --variant=minbase --include=ca-certificates "$suite" "$target" "${mirror[@]}"
  touch "$folder/made"
fi

mount -t proc proc "$target/proc"
mount -t tmpfs -o mode=755 dev "$target/dev"
for device in null zero full random urandom tty; do
  : >"$target/dev/$device"
  mount --bind /dev/$device "$target/dev/$device"
done
mkdir "$target"/dev/{pts,shm}
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$target/dev/pts"
mount -t tmpfs -o mode=1777 shm "$target/dev/shm"
ln -s pts/ptmx "$target/dev/ptmx"
ln -s /proc/self/fd "$target/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "$target/dev/${number#*:}"; done

# The way to the network, as this machine has it. Passwords are lent, not copied: they stand in what is mounted.
cp -L /etc/resolv.conf /etc/hosts "$target/etc/"
: >"$target/dev/apt.conf"
if command -v apt-config >/dev/null; then
  apt-config dump | grep -E '^Acquire::https?::' >"$target/dev/apt.conf" || true
fi
if [[ -d /etc/apt/auth.conf.d ]]; then
  mkdir -p "$target/etc/apt/auth.conf.d"
  mount --bind /etc/apt/auth.conf.d "$target/etc/apt/auth.conf.d"
fi
lend() {  # lend FOLDER PLACE: read-only
  mkdir -p "$target/$2"
  mount --bind "$(CDPATH='' cd "$1" && pwd)" "$target/$2"
  mount -o remount,bind,ro "$target/$2"
}
if [[ -d ${EDGEFOLD_SHARED:-} ]]; then
  lend "$EDGEFOLD_SHARED" shared
  environment+=(EDGEFOLD_SHARED=/shared)
fi
if [[ -d ${EDGEFOLD_PACKAGES:-} ]]; then lend "$EDGEFOLD_PACKAGES" packages; fi

# The tree as it stands here, with what is not committed yet.
tree=$target/edgefold
mkdir -p "$tree"
keep=()
if [[ -n $command ]]; then keep=(! -name build); fi
find "$tree" -mindepth 1 -maxdepth 1 "${keep[@]}" -exec rm -rf --one-file-system {} +
"$root/core/package/tree_files.sh" | tar -c -C "$root" -T - | tar -x --no-same-owner -C "$tree"

if [[ -n ${CMAKE_BUILD_PARALLEL_LEVEL:-} ]]; then environment+=("CMAKE_BUILD_PARALLEL_LEVEL=$CMAKE_BUILD_PARALLEL_LEVEL"); fi

# ccache in the root makes a second run short.
inside() {
  chroot "$target" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    TERM="${TERM:-dumb}" DEBIAN_FRONTEND=noninteractive APT_CONFIG=/dev/apt.conf "${environment[@]}" \
    bash -c "cd /edgefold && $1"
}
if [[ $system == *-clang && ! -e $target/usr/bin/clang++ ]]; then
  inside 'apt-get update && apt-get install --no-install-recommends -y clang'
fi
if [[ -n $command ]]; then
  inside "$command"
elif [[ $system == arm64 ]]; then
  inside 'bash tests/platforms/arm64.sh'
else
  inside 'bash examples/run.sh && bash tests/run.sh'
fi
