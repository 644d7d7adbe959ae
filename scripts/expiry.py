"""Keys that expire and keys that are deleted, on a running server: how fast they are gone, and what
others notice. Called by expiry.sh; `--full` has 10 M keys in the FLUSHALL instead of 2 M."""
import subprocess
import sys
import time

from live import Claims, Client, Pings, Server

PORT = int(sys.argv[1])
FULL = "--full" in sys.argv
KEYS = 1_000_000
BATCH = 2000
# What one call, or one PING beside it, may take: the machine itself pauses.
AT_ONCE_MS = 20
claims = Claims()


def fill(client, count, deadline=None):
    """SET of `count` keys of 16 bytes, with a deadline in Unix milliseconds where one is given."""
    plain = b"*3\r\n$3\r\nSET\r\n$16\r\n%016d\r\n$1\r\nv\r\n"
    timed = b"*5\r\n$3\r\nSET\r\n$16\r\n%016d\r\n$1\r\nv\r\n$4\r\nPXAT\r\n$13\r\n%d\r\n"
    for first in range(0, count, BATCH):
        batch = range(first, min(first + BATCH, count))
        if deadline is None:
            replies = client.lines([plain % i for i in batch])
        else:
            replies = client.lines([timed % (i, deadline(i)) for i in batch])
        if set(replies) != {b"+OK\r\n"}:
            raise SystemExit(f"FAIL: SET answers {set(replies)}")


def expire(client, ahead):
    """1 M keys in database 1 whose deadlines fill one second: when the last is gone, in seconds
    after the first deadline."""
    client.call("SELECT", 1)
    begin = int(time.time() * 1000) + ahead
    fill(client, KEYS, lambda i: begin + i * 1000 // KEYS)
    if time.time() * 1000 > begin - 100:
        return expire(client, ahead * 2) if client.call("FLUSHDB") == "OK" and ahead < 60_000 else None
    if client.call("DBSIZE") != KEYS:
        return None
    while client.call("DBSIZE") > 0:
        if time.time() * 1000 > begin + 30_000:
            return None
        time.sleep(0.005)
    return time.time() - begin / 1000


def show_expiry():
    with Server(PORT, "--maxmemory", "512mb") as server:
        client = Client(PORT)
        took = expire(client, 8_000)
        claims.check(f"1 M keys that expire within one second are gone after {took} s, idle: at most 1.1",
                     took is not None and took <= 1.1)
        load = subprocess.Popen(["redis-benchmark", "-p", str(PORT), "-q", "-n", "100000000", "-P", "64",
                                 "-r", "100000", "-t", "set"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            took = expire(client, 15_000)
            rate = client.information("stats")["instantaneous_ops_per_sec"]
        finally:
            load.kill()
            load.wait()
        claims.check(f"under load ({rate} commands/s): after {took} s: at most 3", took is not None and took <= 3)
        print(f"   expired_keys:{client.information('stats')['expired_keys']}")
        claims.check("the server lives", server.process.poll() is None)


def timed(client, *words):
    """The reply, and how long it took in milliseconds."""
    begin = time.monotonic()
    reply = client.call(*words)
    return reply, (time.monotonic() - begin) * 1000


def settle(client, used, seconds):
    """Waits until used_memory is back at `used`; how long that took, or None."""
    begin = time.monotonic()
    while int(client.information("memory")["used_memory"]) > used:
        if time.monotonic() - begin > seconds:
            return None
        time.sleep(0.01)
    return time.monotonic() - begin


def at_once(client, what, words, used):
    """The command answers at once, others notice nothing, and the memory comes back."""
    pings = Pings(PORT)
    time.sleep(0.2)
    quiet, pings.worst = pings.worst, 0.0
    reply, took = timed(client, *words)
    back = settle(client, used, 60)
    worst = pings.end()
    claims.check(f"{what}: {reply} after {took:.2f} ms, and the worst PING of others took {worst:.2f} ms "
                 f"(before: {quiet:.2f} ms)", took <= AT_ONCE_MS and worst <= AT_ONCE_MS)
    claims.check(f"its memory is back after {back} s", back is not None)


def show_deletes():
    size, keys = 512 << 20, 10_000_000 if FULL else 2_000_000
    with Server(PORT, "--maxmemory", "2gb" if FULL else "1gb"):
        client = Client(PORT)
        used = int(client.information("memory")["used_memory"])
        client.socket.sendall(b"*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$%d\r\n" % size)
        piece = bytes(1 << 20)
        for _ in range(size >> 20):
            client.socket.sendall(piece)
        client.socket.sendall(b"\r\n")
        reply = client.reply()
        claims.check(f"SET of a value of 512 MiB: {reply}", reply == "OK" and client.call("STRLEN", "large") == size)
        at_once(client, "DEL of a value of 512 MiB", ("DEL", "large"), used + (1 << 20))
        fill(client, keys)
        count = client.call("DBSIZE")
        claims.check(f"{count} keys are there", count == keys)
        at_once(client, f"FLUSHALL of {keys} keys", ("FLUSHALL",), used + (1 << 20))
        work = {name: value for part in ("stats", "memory") for name, value in client.information(part).items()
                if "work" in name or "turn" in name or name.startswith("lazyfree")}
        print("   " + ", ".join(f"{name}:{value}" for name, value in work.items()))


show_expiry()
show_deletes()
claims.end()
