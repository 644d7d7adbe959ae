"""A server that fills until it has no room, and then evicts as many keys as it has: how long its turns
take, and what another connection notices. Called by fill.sh; `--full` has 2 GiB instead of 1."""
import subprocess
import sys
import time

from live import Claims, Client, Pings, Server
from turns import AT_ONCE_MS, ON_SERVER_CORE, check_turns, leave_server_core

PORT = int(sys.argv[1])
FULL = "--full" in sys.argv
# What must fit at least, at about a hundred bytes a key.
KEYS = 10_000_000 if FULL else 5_000_000
# As many names as redis-benchmark can draw from: nearly every key that it writes is new.
NAMES = 2_000_000_000
# Enough to keep the server busy, few enough that others wait for its turns and not for its queue.
PIPELINES = 8
claims = Claims()


def write(client, count):
    """SET of `count` new keys of 16 bytes with values of 64, by pipelines of 64, until the first error:
    what redis-benchmark says. Judges the worst PING of another connection meanwhile."""
    client.call("CONFIG", "RESETSTAT")
    pings = Pings(PORT)
    done = subprocess.run(["redis-benchmark", "-p", str(PORT), "-q", "-t", "set", "-n", str(count), "-r", str(NAMES),
                           "-d", "64", "-c", str(PIPELINES), "-P", "64"], capture_output=True, text=True)
    worst = pings.end()
    stats = client.information("stats")
    stopped = (int(stats["turn_usec_max"]) - int(stats["turn_cpu_usec_max"])) / 1000
    claims.check(f"the worst of {pings.count} PINGs of others took {worst:.2f} ms: at most {AT_ONCE_MS} and what the "
                 f"machine took from the client ({pings.overslept:.2f} ms) and from a turn ({stopped:.2f} ms)",
                 worst <= AT_ONCE_MS + pings.overslept + stopped)
    return (done.stdout + done.stderr).replace("\r", "\n").strip().splitlines()[-1]


def show_filling(client):
    begin = time.monotonic()
    said = write(client, 1_000_000_000)
    took, count = time.monotonic() - begin, client.call("DBSIZE")
    claims.check(f"{count} keys fit, at {count / took:,.0f} a second, and then: {said}",
                 "OOM" in said and count >= KEYS)
    check_turns(claims, client, f"while {count} keys fill the server")
    return count


def show_eviction(client, count):
    claims.check("it evicts from now on", client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru") == "OK")
    begin = time.monotonic()
    said = write(client, count)
    took, evicted = time.monotonic() - begin, int(client.information("stats")["evicted_keys"])
    claims.check(f"{evicted} keys are evicted for {count} new ones, {count / took:,.0f} a second: {said}",
                 "OOM" not in said and evicted >= count * 0.9 and client.call("DBSIZE") >= count * 0.9)
    check_turns(claims, client, f"while {evicted} keys are evicted")


def main():
    with Server(PORT, "--maxmemory", "2gb" if FULL else "1gb", "--maxmemory-policy", "noeviction",
                command=ON_SERVER_CORE) as server:
        client = Client(PORT)
        show_eviction(client, show_filling(client))
        claims.check("the server lives", server.process.poll() is None)


leave_server_core()
main()
claims.end()
