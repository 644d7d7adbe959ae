#!/usr/bin/env bash
# Clients of other languages against a running server: redis-py and ioredis, over RESP2 and RESP3,
# with io_uring and with epoll. Prints what fails, and `N passed, M failed`.
#
# Needs a release build, python3 and node; the clients are installed in a temporary folder, and if
# that cannot be, this says so and fails. Listens on loopback, on PORT. VENV and MODULES name a
# virtual environment and a node_modules folder that have the clients already.
set -u
cd "$(dirname "$0")/.."
PORT=${PORT:-7957}
GRANITE=${GRANITE:-target/release/granite}
VENV=${VENV:-}
MODULES=${MODULES:-}

folder=$(mktemp -d)
server=
stop() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    server=
}
trap 'stop; rm -rf "$folder"' EXIT

refuse() {
    echo "FAIL: $1"
    exit 1
}

install_clients() {
    if [ -z "$VENV" ]; then
        VENV=$folder/venv
        python3 -m venv "$VENV" >"$folder/install" 2>&1 || refuse "python3 has no venv (python3-venv)"
        "$VENV/bin/pip" install --quiet --disable-pip-version-check redis >"$folder/install" 2>&1 ||
            refuse "pip cannot install redis: $(tail -1 "$folder/install")"
    fi
    if [ -z "$MODULES" ]; then
        MODULES=$folder/node_modules
        command -v npm >/dev/null || refuse "there is no npm"
        npm install --silent --no-audit --no-fund --prefix "$folder" ioredis >"$folder/install" 2>&1 ||
            refuse "npm cannot install ioredis: $(tail -1 "$folder/install")"
    fi
}

# start OPTION...: the large values of the checks are read within transactions too, where a reply
# may have reply-max bytes; that is a share of maxmemory.
start() {
    "$GRANITE" --port "$PORT" --maxmemory 1gb "$@" >"$folder/log" 2>&1 </dev/null &
    server=$!
    for _ in $(seq 600); do
        grep -q 'Ready to accept connections' "$folder/log" && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    return 1
}

# check IO NAME COMMAND...: adds the last line of the command to the totals.
check() {
    local io=$1 name=$2
    shift 2
    timeout 300 "$@" "$PORT" >"$folder/said" 2>&1
    sed '$d' "$folder/said"
    echo "$name, $io: $(tail -1 "$folder/said")"
    tail -1 "$folder/said" | grep -E '^[0-9]+ passed, [0-9]+ failed$' >>"$folder/totals" ||
        echo "0 passed, 1 failed" >>"$folder/totals"
}

[ -x "$GRANITE" ] || refuse "no $GRANITE: cargo build --release"
install_clients
for io in uring epoll; do
    if ! start --io "$io"; then
        server=
        [ "$io" = uring ] && grep -q io_uring "$folder/log" || refuse "$(tail -1 "$folder/log")"
        echo "--io uring is left out: $(tail -1 "$folder/log")"
        continue
    fi
    check "$io" redis-py "$VENV/bin/python" scripts/clients/redis_py.py
    NODE_PATH=$MODULES check "$io" ioredis node scripts/clients/ioredis.js
    stop
done
awk '{ passed += $1; failed += $3 } END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || !passed }' \
    "$folder/totals"
