"""What a running server holds: the same after any history as when it was empty, at no more overhead
for a key than promised. Called by no-history.sh.

    no_history.py PORT [--full]

The default form has servers of 160 MB; `--full` measures the overhead at 1 GiB too."""
import random
import sys

from live import Claims, Client, Server

PORT = int(sys.argv[1])
BATCH = 2000
ROUNDS = 10
OUT_OF_MEMORY = b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"
claims = Claims()


def fill(client, name, size_of, with_deadline=lambda: False):
    """SET of keys `name:number` of 16 bytes until a batch has -OOM; returns the keys stored."""
    stored, first = [], 0
    values = bytes(b"v" * 4096)
    while True:
        keys = [b"%s:%0*d" % (name, 15 - len(name), number) for number in range(first, first + BATCH)]
        batch = []
        for key in keys:
            size = size_of()
            end = b"$2\r\nEX\r\n$7\r\n1000000\r\n" if with_deadline() else b""
            batch.append(b"*%d\r\n$3\r\nSET\r\n$16\r\n%s\r\n$%d\r\n%s\r\n%s"
                         % (5 if end else 3, key, size, values[:size], end))
        replies = client.lines(batch)
        stored += [key for key, reply in zip(keys, replies) if reply == b"+OK\r\n"]
        refusals = {reply for reply in replies if reply != b"+OK\r\n"}
        if refusals - {OUT_OF_MEMORY}:
            raise SystemExit(f"FAIL: SET answers {refusals}")
        if refusals:
            return stored
        first += BATCH


def delete(client, keys):
    """DEL of each key, one by one."""
    for first in range(0, len(keys), BATCH):
        replies = client.lines([b"*2\r\n$3\r\nDEL\r\n$16\r\n%s\r\n" % key for key in keys[first:first + BATCH]])
        if set(replies) != {b":1\r\n"}:
            raise SystemExit(f"FAIL: a key that was stored is not there: {set(replies)}")


def live_history(client, dice):
    """Ten rounds of filling with mixed sizes, half with TTL, and deleting 90 % at random."""
    live, stored_count = [], 0
    for number in range(ROUNDS):
        # Each round prefers other sizes, within 16 bytes to 4 KiB.
        low, high = 16 << (number * 3 % 7), 64 << (number * 5 % 7)
        low, high = min(low, high), max(low, high)
        more = fill(client, b"%d" % number, lambda: dice.randint(low, high), lambda: dice.random() < 0.5)
        stored_count += len(more)
        live += more
        dice.shuffle(live)
        kept = len(live) // 10
        delete(client, live[kept:])
        del live[kept:]
    fill_again = fill(client, b"other", lambda: dice.randint(16, 4096))
    return live + fill_again, stored_count + len(fill_again)


def show_no_history(maxmemory):
    with Server(PORT, "--maxmemory", maxmemory):
        empty = len(fill(Client(PORT), b"plain", lambda: 100))
    seed = random.randrange(1 << 32)
    with Server(PORT, "--maxmemory", maxmemory) as server:
        client = Client(PORT)
        keys, count = live_history(client, random.Random(seed))
        delete(client, keys)
        claims.check(f"{maxmemory}: {count} keys were stored and deleted in {ROUNDS} rounds (seed {seed})",
                     client.call("DBSIZE") == 0)
        again = len(fill(client, b"plain", lambda: 100))
        claims.check(f"{maxmemory}: {empty} keys of 100 bytes in an empty server, {again} after that history: "
                     f"{(again - empty) / empty:+.3%}, within 0.1 %", abs(again - empty) * 1000 <= empty)
        claims.check("the server lives, without an allocation",
                     server.process.poll() is None and
                     client.information("memory")["allocations_after_seal"] == "0")


def show_overhead(maxmemory, plain_max, deadline_max, outside_max):
    """Bytes for each key beyond its own 16 and the value's 64, with the data memory full."""
    for what, has_deadline, most in (("without TTL", False, plain_max), ("with TTL", True, deadline_max)):
        with Server(PORT, "--maxmemory", maxmemory):
            client = Client(PORT)
            count = len(fill(client, b"key", lambda: 64, lambda: has_deadline))
            memory = client.information("memory")
            assert client.call("DBSIZE") == count
        total, data, used = (int(memory[name]) for name in ("maxmemory", "data_memory", "used_memory"))
        each = data / count - 80
        claims.check(f"{maxmemory}, {what}: {count} keys of 16 bytes with values of 64: {each:.2f} bytes of overhead, "
                     f"at most {most}", each <= most)
        claims.check(f"   used_memory:{used} is within 1 % of maxmemory", abs(total - used) * 100 <= total)
    outside = (total - data) / total
    claims.check(f"{maxmemory}: {outside:.2%} is outside data memory, at most {outside_max:.0%}", outside <= outside_max)


show_no_history("160mb")
show_overhead("160mb", 28, 44, 0.15)
if "--full" in sys.argv:
    show_overhead("1gb", 26, 42, 0.08)
claims.end()
