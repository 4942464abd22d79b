# Sourced by the scripts beside it.
# shellcheck shell=bash

set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
captures=$repository/Fixtures/captures

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

# Builds the tool with the Swift runtime in it, which halves its start; prints its path.
release_build() {
    local options=(--package-path "$repository" -c release --product irqproof --static-swift-stdlib)
    say "Building irqproof (release)..."
    quietly swift build "${options[@]}" || die "the build failed"
    printf '%s/irqproof\n' "$(swift build "${options[@]}" --show-bin-path)"
}
