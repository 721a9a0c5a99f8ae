#!/usr/bin/env bash
# Cross-builds both binaries for aarch64 with Debian's compiler, which sees both targets.
#   packaging/arm.sh TARGET-DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=aarch64-unknown-linux-gnu

export CARGO_TARGET_DIR=${1:?usage: packaging/arm.sh TARGET-DIR}
# The compiler of the PATH may see one target only.
export RUSTC=/usr/bin/rustc
export PKG_CONFIG_ALLOW_CROSS=1
export PKG_CONFIG_PATH_aarch64_unknown_linux_gnu=/usr/lib/aarch64-linux-gnu/pkgconfig
export BINDGEN_EXTRA_CLANG_ARGS_aarch64_unknown_linux_gnu=--target=aarch64-linux-gnu
export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
export CXX_aarch64_unknown_linux_gnu=aarch64-linux-gnu-g++
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64-static -L /"

cargo build --locked --release --target "$target" -p floorhand -p floorhand-erp
for binary in floorhand floorhand-erp; do
  what=$(file "$CARGO_TARGET_DIR/$target/release/$binary")
  echo "$what"
  case $what in
    *"ELF 64-bit"*"ARM aarch64"*) ;;
    *) echo "packaging/arm.sh: $binary is not for aarch64" >&2; exit 1 ;;
  esac
done
