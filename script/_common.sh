# Sourced by the other scripts: where things are kept, and the version of Python that everything needs.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Kept outside the clone, so that a second clone needs no second download.
cache=${MUSIC_LOCKER_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/music-locker}
needed_python=3.14.2
# Only script/python may fetch an interpreter; everything else uses the one that it found.
export UV_PYTHON_DOWNLOADS=never
# uv trusts the certificates that the rest of the machine trusts.
export UV_SYSTEM_CERTS=1

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
