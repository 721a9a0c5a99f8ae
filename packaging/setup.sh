#!/usr/bin/env bash
# Installs what building, testing and the demo need on Debian 12 or 13, and says what it installs.
# Where nothing is missing it says nothing and asks nobody.
#   packaging/setup.sh [--arm] [--postgres]
#     --arm       and what the cross-build for aarch64 needs
#     --postgres  and a PostgreSQL server
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=(gcc g++ make pkg-config cmake libclang-dev libudev-dev libfontconfig-dev libasound2-dev libxkbcommon-dev)
# A window loads these at run time; nothing links them, so no build tells that they are missing.
window=(libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libegl1 libgl1)
tests=(xvfb xdotool imagemagick zint socat poppler-utils x11-utils)
arm=(libc6-dev:arm64 libfontconfig-dev:arm64 libudev-dev:arm64 libinput-dev:arm64 libgbm-dev:arm64 libasound2-dev:arm64
     libxkbcommon-dev:arm64 gcc-aarch64-linux-gnu g++-aarch64-linux-gnu qemu-user-static file)

target=aarch64-unknown-linux-gnu
need_arm=
want=("${build[@]}" "${window[@]}" "${tests[@]}")

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

for argument in "$@"; do
  case $argument in
    --arm) need_arm=yes ;;
    --postgres) want+=(postgresql) ;;
    *) say "unknown argument $argument (there are --arm and --postgres)"; exit 2 ;;
  esac
done

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else die "needs root or sudo for: $*"
  fi
}

# Prints those of the named packages that are not installed. A name without an architecture means
# this machine's.
missing() {
  dpkg-query -W -f '${Package}:${Architecture} ${db:Status-Status}\n' "${@%%:*}" 2>/dev/null |
    awk -v native="$(dpkg --print-architecture)" -v wanted="$*" '
      $2 == "installed" { there[$1] = 1 }
      END {
        n = split(wanted, names, " ")
        for (i = 1; i <= n; i++) {
          name = names[i]
          if (name ~ /:/ ? !(name in there) : !((name ":" native) in there) && !((name ":all") in there)) print name
        }
      }' || true
}

fresh=
refresh() {
  [ -z "$fresh" ] || return 0
  # One source that does not answer need not hold up the others.
  as_root apt-get update -qq || say "apt-get update failed; going on with the lists that are there"
  fresh=yes
}

apt_install() {
  local lacking
  mapfile -t lacking < <(missing "$@")
  [ ${#lacking[@]} -gt 0 ] || return 0
  say "installing ${lacking[*]}"
  refresh
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a \
    apt-get install -y -qq --no-install-recommends "${lacking[@]}" </dev/null >/dev/null
}

needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)

# Whether cargo, with its formatter and linter, is of at least the workspace's rust-version.
cargo_serves() {
  local found
  found=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) || return 1
  [ "$(printf '%s\n' "$needed" "${found%%-*}" | sort -V | sed -n 1p)" = "$needed" ] &&
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1
}

install_cargo() {
  say "no cargo of at least $needed with fmt and clippy (found: $(cargo --version 2>/dev/null || echo none))"
  if ! have rustup; then
    ! have apt-get || refresh
    if LC_ALL=C apt-cache policy rustup 2>/dev/null | grep -q 'Candidate: [0-9]'; then
      apt_install rustup ca-certificates
    else
      have curl || apt_install curl ca-certificates
      say "installing rustup with its official installer"
      curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --no-modify-path --default-toolchain none
      say "rustup is in $bin; add that to your PATH to call cargo yourself"
    fi
    hash -r
  fi
  say "installing the stable toolchain with rustup"
  rustup toolchain install stable --profile default
  # Somebody's own default stays: then stable holds in this folder only.
  if rustup default >/dev/null 2>&1; then
    cargo_serves || rustup override set stable
  else
    rustup default stable
  fi
  cargo_serves || die "cargo is still older than $needed, or has no fmt or clippy: look at 'rustup show'"
}

if have dpkg-query; then
  apt_install "${want[@]}"
else
  say "this is no Debian; these packages are needed under the names they have here: ${want[*]}"
fi

bin=${CARGO_HOME:-${HOME:?}/.cargo}/bin
export PATH="$bin:$PATH"
cargo_serves || install_cargo

if [ -n "$need_arm" ]; then
  have dpkg-query || die "--arm needs Debian's cross compilers"
  if ! dpkg --print-foreign-architectures | grep -qx arm64 && [ "$(dpkg --print-architecture)" != arm64 ]; then
    say "adding the architecture arm64"
    as_root dpkg --add-architecture arm64
    fresh=
  fi
  if [ -z "$(missing rustup)" ]; then
    # Debian's rustup and Debian's compilers exclude each other.
    apt_install "${arm[@]}"
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] || rustup target add "$target"
  else
    apt_install "${arm[@]}" rustc-web libstd-rust-web-dev:arm64
  fi
fi
