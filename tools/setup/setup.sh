# shellcheck shell=bash
# Set-up, sourced by ./dev. Each part is checked in milliseconds and made once: packages by what dpkg says, the rest by a
# folder of $deps whose name holds a hash of its list or recipe, so that a changed list is a new folder and a second
# clone finds what the first one made. Expects: root, logs, and step(), fail() of ./dev.

deps=${ALIDADE_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/alidade/deps}
lists=$root/tools/setup

# --- packages of the system -----------------------------------------------------------------------------------------
packages() { sed 's/#.*//' "$@" | xargs -n1; }

missing_packages() {
  local wanted
  wanted=$(packages "$@" | sort)
  # shellcheck disable=SC2086  # a list of words
  comm -23 <(echo "$wanted") \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^ii *//p' | sort -u)
}

ensure_packages() {
  [[ -z ${ALIDADE_SKIP_APT:-} ]] || return 0
  command -v dpkg-query >/dev/null ||
    fail 2 "set-up knows Debian only; install the likes of $lists/apt-*.txt yourself and set ALIDADE_SKIP_APT=1."
  [[ -z $(missing_packages "$@") ]] || locked install_packages "$@"
}

install_packages() {
  local missing as_root=""
  missing=$(missing_packages "$@" | xargs)
  [[ -n $missing ]] || return 0
  if ((EUID != 0)); then
    may_sudo || fail 2 "packages are missing and only root may install them; run this as root, then try again:" \
      "apt-get update && apt-get install -y --no-install-recommends $missing"
    as_root=sudo
  fi
  step "packages from apt" apt_install "$as_root" "$missing"
}

may_sudo() { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 && -t 2 ]] && sudo -v; }; }; }

# shellcheck disable=SC2086  # both are words to be split
apt_install() {
  $1 apt-get -o DPkg::Lock::Timeout=300 update &&
    $1 env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $2
}

# --- Python environments, one per list ------------------------------------------------------------------------------
python() { if [[ -x /usr/bin/python3 ]]; then echo /usr/bin/python3; else echo python3; fi; }

venv() { echo "$deps/venv-$1-$(key <"$lists/requirements-$1.txt")"; }

ensure_venv() { [[ -e $(venv "$1")/.complete ]] || locked step "Python packages: $1" make_venv "$1"; }

make_venv() {
  local dir list=$lists/requirements-$1.txt
  dir=$(venv "$1")
  [[ ! -e $dir/.complete ]] || return 0
  rm -rf "$dir"
  "$(python)" -m venv "$dir" &&
    "$dir/bin/pip" --disable-pip-version-check install --no-deps $(hashes "$list") -r "$list" &&
    touch "$dir/.complete"
}

hashes() { ! grep -q -- --hash "$1" || echo --require-hashes; }

# --- capturing: Python with torch, which is libtorch too --------------------------------------------------------------
# Nothing here is needed to build and run the program; once it is there, the build finds libtorch in it.
ensure_capture() { ensure_venv capture; }

torch_root() {
  local dir
  dir=$(venv capture)
  [[ ! -e $dir/.complete ]] || (cd "$dir"/lib/python3*/site-packages/torch && pwd)
}

# Lists on top of the rest, installed only when asked for: ultralytics (AGPL-3.0), and jax with what Flax, Keras and
# torchax need.
ensure_added() {
  ensure_capture
  [[ -e $(mark "$1") ]] || locked step "Python packages: $1" add_packages "$1"
}

mark() { echo "$(venv capture)/.$1-$(key <"$lists/requirements-$1.txt")"; }

add_packages() {
  [[ -e $(mark "$1") ]] ||
    { "$(venv capture)/bin/pip" --disable-pip-version-check install --no-deps -r "$lists/requirements-$1.txt" &&
      touch "$(mark "$1")"; }
}

# --- the HTML page: node packages and a browser, for its tests and for building it anew -------------------------------
ensure_page() {
  command -v npm >/dev/null || ensure_packages "$lists/apt-node.txt"
  command -v chromium >/dev/null || ensure_packages "$lists/apt-browser.txt"
  [[ $root/web/node_modules/.package-lock.json -nt $root/web/package-lock.json ]] ||
    locked step "node packages" npm --prefix "$root/web" ci --no-audit --no-fund --ignore-scripts
}

# --- ONNX's C++ library, from its Python source package --------------------------------------------------------------
onnx_root() {
  local version
  version=$(sed -n 's/^onnx==\([0-9.]*\).*/\1/p' "$lists/requirements-onnx.txt")
  echo "$deps/onnx-$version-$({ cat "$lists/requirements-onnx.txt" "$lists/build_onnx.sh"; g++ -dumpfullversion -dumpmachine; } | key)"
}

ensure_onnx() { [[ -e $(onnx_root)/.complete ]] || locked step "the ONNX library" make_onnx; }

make_onnx() {
  local target archive
  target=$(onnx_root)
  [[ ! -e $target/.complete ]] || return 0
  archive=$deps/onnx-source
  rm -rf "$archive" && mkdir -p "$archive" &&
    "$(venv build)/bin/pip" --disable-pip-version-check download --no-deps --no-build-isolation --require-hashes \
      -r "$lists/requirements-onnx.txt" -d "$archive" &&
    "$lists/build_onnx.sh" "$archive"/onnx-*.tar.gz "$target" &&
    rm -rf "$archive"
}

# --- shared ----------------------------------------------------------------------------------------------------------
key() { sha256sum | cut -c1-12; }

# One set-up at a time for everybody who shares $deps; each maker looks again once it holds the lock.
locked() {
  mkdir -p "$deps"
  exec 9>"$deps/.lock"
  flock 9
  "$@"
  exec 9>&-
}
