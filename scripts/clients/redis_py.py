"""redis-py against a running server: what an application does, over RESP2 and RESP3.
`redis_py.py PORT` prints a line for each check that fails, and `N passed, M failed`."""
import sys
import traceback

import redis

PORT = int(sys.argv[1])
LARGE = 10 << 20


def values(client):
    assert client.ping()
    assert client.set("name", "granite") and client.get("name") == b"granite"
    assert client.get("missing") is None
    assert client.set("name", "other", nx=True) is None
    assert client.set("name", "other", get=True) == b"granite"
    assert client.set("session", "x", ex=100) and 99 <= client.ttl("session") <= 100
    assert client.expire("session", 50, gt=True) is False
    assert client.persist("session") is True and client.ttl("session") == -1
    assert client.mset({"a": 1, "b": 2}) and client.mget("a", "b", "c") == [b"1", b"2", None]
    assert client.append("a", "23") == 3 and client.getrange("a", 1, 2) == b"23"
    assert client.getdel("b") == b"2" and client.exists("b") == 0
    assert client.getex("a", px=5000) == b"123" and 0 < client.pttl("a") <= 5000
    assert client.rename("a", "d") is True and client.copy("d", "e") is True
    assert client.type("d") == b"string" and client.dbsize() == 4
    assert client.delete("d", "e", "missing") == 2


def counters(client):
    assert client.incr("counter") == 1 and client.incrby("counter", 41) == 42
    assert client.decr("counter", 2) == 40
    assert client.incrbyfloat("float", 0.5) == 0.5


def bits(client):
    assert client.setbit("bits", 7, 1) == 0 and client.bitcount("bits") == 1
    field = client.bitfield("field", default_overflow="SAT")
    assert field.set("u8", "#0", 250).incrby("u8", "#0", 10).get("u8", 0).execute() == [0, 255, 255]
    client.set("other", b"\x01")
    assert client.bitop("OR", "both", "bits", "other") == 1 and client.get("both") == b"\x01"


def pipelines(client):
    # Pipelines are transactions unless asked otherwise.
    for transaction in (True, False):
        pipeline = client.pipeline(transaction=transaction)
        for number in range(1000):
            pipeline.set(f"key:{number}", number).get(f"key:{number}")
        assert pipeline.execute()[1::2] == [b"%d" % number for number in range(1000)]
    pipeline = client.pipeline().set("text", "x").incr("text").get("text")
    replies = pipeline.execute(raise_on_error=False)
    assert replies[0] is True and isinstance(replies[1], redis.ResponseError) and replies[2] == b"x"


def scans(client):
    names = {b"scan:%d" % number for number in range(3000)}
    client.mset(dict.fromkeys(names, "v"))
    assert sorted(client.scan_iter(match="scan:*", count=50)) == sorted(names)
    assert set(client.scan_iter(count=500, _type="string")) >= names


def optimistic_lock(client):
    client.set("counter", 42)
    disturbed = []

    def double(pipeline):
        value = int(pipeline.get("counter"))
        if not disturbed:
            disturbed.append(True)
            client.incr("counter")
        pipeline.multi()
        pipeline.set("counter", value * 2)

    client.transaction(double, "counter")
    assert disturbed and client.get("counter") == b"86"


def large_values(client):
    large = bytes(range(256)) * (LARGE // 256)
    assert client.set("large", large) and client.get("large") == large
    assert client.strlen("large") == LARGE and client.append("large", large) == 2 * LARGE
    assert client.getrange("large", LARGE - 2, LARGE + 1) == b"\xfe\xff\x00\x01"
    pipeline = client.pipeline().set("large", large[::-1]).get("large").delete("large")
    assert pipeline.execute() == [True, large[::-1], 1]


def errors(client):
    client.set("text", "x")
    try:
        client.incr("text")
        raise AssertionError("INCR of a text")
    except redis.ResponseError as error:
        assert "value is not an integer or out of range" in str(error)
    try:
        client.execute_command("NOSUCH", "x")
        raise AssertionError("an unknown command")
    except redis.ResponseError as error:
        assert "unknown command" in str(error)
    assert client.ping()


def server(client):
    assert client.info()["redis_version"].startswith("7.2")
    assert client.info("memory")["allocations_after_seal"] == 0
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.client_setname("tester") and client.client_getname() in (b"tester", "tester")
    assert client.client_id() > 0 and len(client.client_list()) >= 1
    assert client.command_count() > 70 and "get" in client.command()
    assert client.memory_usage("text") is None and client.slowlog_len() >= 0
    assert len(client.time()) == 2 and client.object("encoding", "missing") is None


def main():
    passed = failed = 0
    for protocol in (2, 3):
        for check in (values, counters, bits, pipelines, scans, optimistic_lock, large_values, errors, server):
            client = redis.Redis(port=PORT, protocol=protocol)
            try:
                client.flushall()
                check(client)
                passed += 1
            except Exception:  # Whatever goes wrong is a failed check.
                failed += 1
                print(f"FAIL: redis-py, RESP{protocol}: {check.__name__}\n{traceback.format_exc()}")
            client.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
