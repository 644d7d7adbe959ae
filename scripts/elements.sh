#!/usr/bin/env bash
# What commands that touch many elements cost, beside redis-server: processor time of each, and the
# ratio. `--quick` is rougher; words choose the cases whose name has one of them. A measure, not a check.
#
# Needs a release build, python3 and redis-server; listens on loopback, on PORT and the next one.
set -u
cd "$(dirname "$0")/.."
exec python3 scripts/elements.py "${PORT:-7971}" "$@"
