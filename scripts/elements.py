"""Commands that touch many elements, beside redis-server: what each costs the server, in processor time.
Called by elements.sh. A measure, not a check."""
import glob
import random
import sys

from live import Client, Redis, Server, request

PORT = int(sys.argv[1])
QUICK = "--quick" in sys.argv
CHOSEN = [word for word in sys.argv[2:] if not word.startswith("--")]
# Each server in turn, so many times, each time at least so long: the best one of each counts, which is
# the one that nobody disturbed.
ROUNDS, SAMPLE_US = (2, 20_000) if QUICK else (5, 60_000)
MANY = 100_000
# Requests that are sent at once: of large ones one.
PIPELINE = 20
GRANITE_OPTIONS = ("--maxmemory", "1gb", "--command-work-max", "1gb", "--reply-max", "64mb")


class Filler:
    """The same keys in both servers, each made when a case first names it."""

    def __init__(self, clients):
        self.clients, self.made = clients, set()

    def put(self, command, key, words, step=400):
        """In a shuffled order, as clients would."""
        for client in self.clients:
            for start in range(0, len(words), step):
                reply = client.call(command, key, *[word for group in words[start:start + step] for word in group])
                if isinstance(reply, str) and reply.startswith("-"):
                    raise SystemExit(f"FAIL: {command} {key}: {reply}")

    def make(self, key):
        if key in self.made or key not in KEYS:
            return
        self.made.add(key)
        command, words = KEYS[key]
        self.put(command, key, words())


def shuffled(numbers, name="member:%d"):
    words = [(name % number,) for number in numbers]
    random.Random(1).shuffle(words)
    return words


def scored(numbers):
    return [((int(name[7:]) * 7919) % 1_000_003, name) for name, in shuffled(numbers)]


def texts(size, seed):
    chance = random.Random(seed)
    return "".join(chance.choice("acgt") for _ in range(size))


def positions(count):
    chance = random.Random(1)
    return [("%.5f" % chance.uniform(-5, 5), "%.5f" % chance.uniform(40, 50), "place:%d" % number)
            for number in range(count)]


# What a key has, and how it is put there.
KEYS = {
    "numbers": ("RPUSH", lambda: shuffled(range(MANY), "%d")),
    "hundred": ("RPUSH", lambda: shuffled(range(100), "%d")),
    "words": ("RPUSH", lambda: shuffled(range(MANY))),
    "s1": ("SADD", lambda: shuffled(range(MANY))),
    "s2": ("SADD", lambda: shuffled(range(MANY // 2, MANY * 3 // 2))),
    "few1": ("SADD", lambda: shuffled(range(1000))),
    "few2": ("SADD", lambda: shuffled(range(500, 1500))),
    "z1": ("ZADD", lambda: scored(range(MANY))),
    "z2": ("ZADD", lambda: scored(range(MANY // 2, MANY * 3 // 2))),
    "lex": ("ZADD", lambda: [(0, name) for name, in shuffled(range(MANY))]),
    "h1": ("HSET", lambda: [(name, "value:" + name) for name, in shuffled(range(MANY))]),
    "geo": ("GEOADD", lambda: positions(MANY)),
    "log1": ("PFADD", lambda: shuffled(range(MANY))),
    "log2": ("PFADD", lambda: shuffled(range(MANY // 2, MANY * 3 // 2))),
    "text1": ("APPEND", lambda: [(texts(2048, 1),)]),
    "text2": ("APPEND", lambda: [(texts(2048, 2),)]),
}
HUNDRED = " ".join("member:%d" % (number * 997) for number in range(100))
PLACES = " ".join("%s %s p%d" % (*place[:2], number) for number, place in enumerate(positions(100)))
SCAN_END = b"0"

# The command; a name in the table if it is another one; what is copied to `t` before each time, and how
# often the command is then called.
CASES = [
    ("SORT numbers",), ("SORT numbers LIMIT 0 10",), ("SORT words ALPHA",), ("SORT s1 ALPHA DESC",),
    ("SORT hundred",), ("SORT words BY nosort GET #",), ("SORT numbers STORE d",),
    ("SINTER s1 s2",), ("SUNION s1 s2",), ("SDIFF s1 s2",), ("SINTERCARD 2 s1 s2",),
    ("SINTERSTORE d s1 s2",), ("SUNIONSTORE d s1 s2",), ("SDIFFSTORE d s1 s2",),
    ("SINTERSTORE d few1 few2",), ("SUNIONSTORE d few1 few2",),
    ("ZUNIONSTORE d 2 z1 z2",), ("ZINTERSTORE d 2 z1 z2",), ("ZDIFFSTORE d 2 z1 z2",), ("ZRANGESTORE d z1 0 -1",),
    ("ZUNION 2 z1 z2",), ("ZINTER 2 z1 z2",), ("ZDIFF 2 z1 z2",), ("ZINTERCARD 2 z1 z2",),
    ("GEOSEARCHSTORE d geo FROMLONLAT 0 45 BYRADIUS 300 km",),
    ("LREM words 0 absent",), ("LINSERT words BEFORE absent x",), ("LPOS words absent",), ("LINDEX words 50000",),
    ("LRANGE words 0 -1",), ("SMEMBERS s1",), ("HGETALL h1",), ("ZRANGE z1 0 -1 WITHSCORES",),
    ("SMISMEMBER s1 " + HUNDRED, "SMISMEMBER of 100"), ("HMGET h1 " + HUNDRED, "HMGET of 100"),
    ("ZMSCORE z1 " + HUNDRED, "ZMSCORE of 100"),
    ("HRANDFIELD h1 100",), ("HRANDFIELD h1 -100",), ("SRANDMEMBER s1 100",), ("SRANDMEMBER s1 -100",),
    ("ZRANDMEMBER z1 100",), ("ZRANDMEMBER z1 -100",),
    ("ZPOPMIN t 100", "ZPOPMIN of 100", "z1", 500), ("ZPOPMAX t 100", "ZPOPMAX of 100", "z1", 500),
    ("SPOP t 100", "SPOP of 100", "s1", 500), ("LPOP t 100", "LPOP of 100", "words", 500),
    ("SSCAN s1 {} COUNT 1000", "SSCAN of all"), ("HSCAN h1 {} COUNT 1000", "HSCAN of all"),
    ("ZSCAN z1 {} COUNT 1000", "ZSCAN of all"),
    ("PFADD log1 absent:{}", "PFADD"), ("PFCOUNT log1",), ("PFCOUNT log1 log2",), ("PFMERGE log log1 log2",),
    ("GEOADD p " + PLACES, "GEOADD of 100"), ("GEODIST geo place:1 place:2",),
    ("GEOSEARCH geo FROMLONLAT 0 45 BYRADIUS 30 km",), ("GEOSEARCH geo FROMLONLAT 0 45 BYRADIUS 300 km ASC",),
    ("LCS text1 text2",), ("LCS text1 text2 LEN",), ("LCS text1 text2 IDX",),
    ("ZRANGEBYLEX lex [member:5 (member:6",), ("ZRANGEBYLEX lex [member:5 + LIMIT 0 100",),
    ("ZLEXCOUNT lex [member:2 [member:7",),
]


class Side:
    """One of the two servers."""

    def __init__(self, server, client):
        self.server, self.client = server, client

    def processor_us(self):
        """Microseconds of processor time that it has had; finer than that of stat."""
        files = glob.glob(f"/proc/{self.server.process.pid}/task/*/schedstat")
        return sum(int(open(file).read().split()[0]) for file in files) / 1000

    def all_of_scan(self, command):
        cursor, count = SCAN_END, 0
        while count == 0 or cursor != SCAN_END:
            cursor, found = self.client.call(*command.format(cursor.decode()).split())
            count += len(found)
        return count

    def many(self, command, count):
        """Calls it so often; the last reply."""
        if "SCAN" in command.split()[0]:
            return [self.all_of_scan(command) for _ in range(count)][-1]
        words = request(*command.split())
        while count > 0:
            sent = min(count, PIPELINE)
            self.client.socket.sendall(words * sent)
            for _ in range(sent):
                reply = self.client.reply()
            count -= sent
        return reply

    def sample(self, command, source, count):
        """Microseconds of one call, and a reply."""
        if source:
            self.client.call("COPY", source, "t", "REPLACE")
        self.client.call("PING")
        begin = self.processor_us()
        reply = self.many(command, count)
        return (self.processor_us() - begin) / count, reply


def measure(sides, command, source, count):
    """The best of each."""
    if not source:
        sides[1].sample(command, source, 1)
        first, _ = sides[1].sample(command, source, 1)
        count = max(1, min(2000, int(SAMPLE_US / max(first, 1))))
    best = [float("inf")] * 2
    for _ in range(ROUNDS):
        for index, side in enumerate(sides):
            took, reply = side.sample(command, source, count)
            best[index] = min(best[index], took)
            if isinstance(reply, str) and reply.startswith("-"):
                raise SystemExit(f"FAIL: {command[:60]}: {reply}")
    return best


with Server(PORT, *GRANITE_OPTIONS) as granite, Redis(PORT + 1) as redis:
    sides = [Side(granite, Client(PORT)), Side(redis, Client(PORT + 1))]
    filler = Filler([side.client for side in sides])
    print(f"{'':52}{'Granite us':>12}{'Redis us':>12}{'ratio':>8}")
    for command, *rest in CASES:
        name = rest[0] if rest else command
        source, count = rest[1:] if len(rest) == 3 else (None, 0)
        if CHOSEN and not any(word in name for word in CHOSEN):
            continue
        for key in [*command.split(), source]:
            filler.make(key)
        ours, theirs = measure(sides, command, source, count)
        print(f"{name[:50]:52}{ours:12.1f}{theirs:12.1f}{ours / theirs:8.2f}", flush=True)
