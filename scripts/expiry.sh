#!/usr/bin/env bash
# Shows that keys with a deadline are gone in time, idle and under load, and that deleting a value of
# 512 MiB or millions of keys (10 M with --full) stops nobody. Prints a line for each claim.
#
# Needs a release build, python3 and redis-benchmark; listens on loopback, on PORT.
set -u
cd "$(dirname "$0")/.."
exec python3 scripts/expiry.py "${PORT:-7952}" "$@"
