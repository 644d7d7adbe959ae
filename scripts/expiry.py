"""Keys that expire and keys that are deleted, on a running server: how fast they are gone, and what
others notice. Called by expiry.sh; `--full` has 10 M keys in the FLUSHALL instead of 2 M."""
import subprocess
import sys
import time

from live import Claims, Client, Pings, Server
from turns import AT_ONCE_MS, ON_SERVER_CORE, check_turns, leave_server_core

PORT = int(sys.argv[1])
FULL = "--full" in sys.argv
KEYS = 1_000_000
BATCH = 2000
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


def expire(server, client, ahead):
    """1 M keys in database 1 whose deadlines fill one second: when the last is gone, in seconds
    after the first deadline, and the processor time of the server meanwhile."""
    client.call("SELECT", 1)
    begin = int(time.time() * 1000) + ahead
    fill(client, KEYS, lambda i: begin + i * 1000 // KEYS)
    if time.time() * 1000 > begin - 100:
        if ahead > 60_000 or client.call("FLUSHDB") != "OK":
            raise SystemExit("FAIL: loading 1 M keys takes longer than a minute")
        return expire(server, client, ahead * 2)
    if client.call("DBSIZE") != KEYS:
        raise SystemExit("FAIL: keys are gone before their deadline")
    time.sleep(max(0, begin / 1000 - time.time()))
    processor = server.processor_seconds()
    while client.call("DBSIZE") > 0:
        if time.time() * 1000 > begin + 30_000:
            raise SystemExit("FAIL: keys are there 30 s after their deadline")
        time.sleep(0.005)
    return time.time() - begin / 1000, server.processor_seconds() - processor


def show_expiry():
    with Server(PORT, "--maxmemory", "512mb", command=ON_SERVER_CORE) as server:
        client = Client(PORT)
        took, processor = expire(server, client, 8_000)
        claims.check(f"1 M keys that expire within one second are gone after {took:.3f} s, idle: at most 1.1 "
                     f"(processor time: {processor:.2f} s)", took <= 1.1)
        client.call("CONFIG", "RESETSTAT")
        load = subprocess.Popen(["redis-benchmark", "-p", str(PORT), "-q", "-n", "100000000", "-P", "64",
                                 "-r", "100000", "-t", "set"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            took, processor = expire(server, client, 15_000)
            rate = client.information("stats")["instantaneous_ops_per_sec"]
        finally:
            load.kill()
            load.wait()
        claims.check(f"under load ({rate} commands/s): after {took:.3f} s: at most 3 "
                     f"(processor time: {processor:.2f} s)", took <= 3)
        check_turns(claims, client, "while they expire under load")
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
    claims.check(f"its memory is back within a minute: {back and round(back, 3)} s", back is not None)


def show_deletes():
    size, keys = 512 << 20, 10_000_000 if FULL else 2_000_000
    with Server(PORT, "--maxmemory", "2gb" if FULL else "1gb", command=ON_SERVER_CORE):
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
        client.call("CONFIG", "RESETSTAT")
        at_once(client, f"FLUSHALL of {keys} keys", ("FLUSHALL",), used + (1 << 20))
        check_turns(claims, client, "while FLUSHALL is paid for")


leave_server_core()
show_expiry()
show_deletes()
claims.end()
