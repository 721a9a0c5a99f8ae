#!/usr/bin/env bash
# Installs what building, testing and the demo need on Debian. Says nothing where nothing is missing.
#   packaging/setup.sh          this machine
#   packaging/setup.sh --arm    and what the cross-build for aarch64 needs
set -euo pipefail
cd "$(dirname "$0")/.."

build=(gcc g++ make pkg-config cmake libclang-dev libudev-dev libfontconfig-dev libasound2-dev libxkbcommon-dev)
tests=(xvfb xdotool imagemagick zint socat poppler-utils x11-utils)
arm=(rustc-web cargo-web libstd-rust-web-dev:arm64 gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev:arm64
     libfontconfig-dev:arm64 libudev-dev:arm64 libinput-dev:arm64 libgbm-dev:arm64 libxkbcommon-dev:arm64
     qemu-user-static file)

want=("${build[@]}" "${tests[@]}")
if [ "${1:-}" = --arm ]; then
  want+=("${arm[@]}")
elif [ $# -gt 0 ]; then
  echo "packaging/setup.sh: unknown argument $1 (there is --arm)" >&2
  exit 2
fi

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

if ! command -v dpkg-query >/dev/null; then
  echo "packaging/setup.sh: no Debian; install these by hand: ${want[*]}" >&2
  exit 0
fi

there() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for package in "${want[@]}"; do
  there "$package" || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  if [ "${1:-}" = --arm ] && ! dpkg --print-foreign-architectures | grep -qx arm64; then
    as_root dpkg --add-architecture arm64
  fi
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# A compiler of at least the workspace's rust-version.
needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
[ -f "${CARGO_HOME:-$HOME/.cargo}/env" ] && . "${CARGO_HOME:-$HOME/.cargo}/env"
found=$(rustc --version 2>/dev/null | awk '{print $2}')
if [ -z "$found" ] || [ "$(printf '%s\n%s\n' "$needed" "${found%%-*}" | sort -V | head -n 1)" != "$needed" ]; then
  echo "no Rust of at least $needed (found: ${found:-none}): installing rustup"
  if apt-cache show rustup >/dev/null 2>&1; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq rustup >/dev/null
    rustup default stable
  else
    there curl || as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq curl >/dev/null
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile default
    echo "rustup was installed; open a new shell, or run: . ~/.cargo/env"
  fi
fi
