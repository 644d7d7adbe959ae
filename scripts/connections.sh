#!/usr/bin/env bash
# Shows 10,000 idle connections, 10,000 more that are refused, and an administrator on loopback who
# still gets in. Prints a line for each claim.
#
# Needs a release build, python3, and root (or user namespaces) for a network of its own: clients
# that do not come from loopback are refused there before the last slots are taken, and nothing of
# it is seen from outside.
set -u
cd "$(dirname "$0")/.."
ulimit -n "$(ulimit -Hn)"
[ "$(id -u)" = 0 ] && own=(unshare --net) || own=(unshare --map-root-user --net)
exec "${own[@]}" python3 scripts/connections.py "${PORT:-7953}" "$@"
