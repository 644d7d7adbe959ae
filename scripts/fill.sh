#!/usr/bin/env bash
# Shows that a server that fills up (1 GiB; 2 GiB with --full), and one that is full and evicts, stops
# nobody: how long its turns take, and the worst PING beside them. Prints a line for each claim.
#
# Needs a release build, python3 and redis-benchmark; listens on loopback, on PORT.
set -u
cd "$(dirname "$0")/.."
exec python3 scripts/fill.py "${PORT:-7964}" "$@"
