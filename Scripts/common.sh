# Sourced by the scripts beside it.
# shellcheck shell=bash

set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
captures=$repository/Fixtures/captures
# Where Scripts/qemu-builds puts them; oracles/tool.py says the same to the checks in Python.
builds=${IRQPROOF_BUILDS:-${XDG_CACHE_HOME:-$HOME/.cache}/irqproof/builds}

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$(basename "$0"): $*"
    exit 2
}

# Runs a command and shows what it said only if it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
    rm -f "$log"
    return "$status"
}

# Installs packages of Debian, as root or with sudo. Fails, and says why, where that is not possible.
install_packages() {
    local as_root=() apt
    command -v apt-get >/dev/null || { say "no apt-get to install $*"; return 1; }
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { say "run as root, or install sudo, to install $*"; return 1; }
        as_root=(sudo)
    fi
    say "Installing $*..."
    apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
    # The first try may fail for want of lists; what the second says counts.
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
        quietly "${apt[@]}" update || { say "apt-get update failed"; return 1; }
        quietly "${apt[@]}" install -y --no-install-recommends "$@" || { say "apt-get could not install $*"; return 1; }
    }
}

# Builds the tool with the Swift runtime in it, which halves its start; prints its path.
release_build() {
    local options=(--package-path "$repository" -c release --product irqproof --static-swift-stdlib)
    say "Building irqproof (release)..."
    quietly swift build "${options[@]}" || die "the build failed"
    printf '%s/irqproof\n' "$(swift build "${options[@]}" --show-bin-path)"
}

# Says how a script is called, as its head does, and ends.
usage() {
    sed -n '2,/^$/{s/^# \{0,1\}//;p}' "$0" >&2
    exit 64
}

# A Python of the checks' own with the packages that Debian's lacks, kept in .build; prints its path.
# Fails, and says why, where no package index can be reached.
checks_python() {
    local home=$repository/.build/python wanted=$repository/Scripts/reports/requirements.txt
    if ! cmp -s "$wanted" "$home/installed"; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv || return 1
        say "Installing the checks' Python packages into $home..."
        rm -rf "$home"
        quietly python3 -m venv "$home" || return 1
        quietly "$home/bin/pip" install -q --disable-pip-version-check -r "$wanted" ||
            { say "pip could not install $(paste -s -d' ' "$wanted")"; return 1; }
        cp "$wanted" "$home/installed"
    fi
    printf '%s/bin/python\n' "$home"
}
