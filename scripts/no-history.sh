#!/usr/bin/env bash
# Shows that what a server holds depends on what is stored now, never on what was stored before, and
# that a key costs no more than promised. `--full` measures the overhead at 1 GiB too. Prints a line
# for each claim.
#
# Needs a release build and python3; listens on loopback, on PORT.
set -u
cd "$(dirname "$0")/.."
exec python3 scripts/no_history.py "${PORT:-7958}" "$@"
