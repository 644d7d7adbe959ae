// ioredis against a running server: connecting (HELLO, INFO), pipelines, transactions, scans.
// `node ioredis.js PORT` prints a line for each check that fails, and `N passed, M failed`.
const assert = require("node:assert");
const Redis = require("ioredis");

const LARGE = 10 << 20;

const checks = {
  async values(client) {
    assert.equal(await client.set("name", "granite", "EX", 100), "OK");
    assert.equal(await client.get("name"), "granite");
    assert.equal(await client.get("missing"), null);
    assert.equal(await client.set("name", "other", "NX"), null);
    const left = await client.ttl("name");
    assert.ok(left >= 99 && left <= 100);
    await client.mset({ a: 1, b: 2 });
    assert.deepEqual(await client.mget("a", "b", "c"), ["1", "2", null]);
    assert.equal(await client.incrby("counter", 42), 42);
    assert.equal(await client.del("a", "b", "missing"), 2);
  },

  async bits(client) {
    const replies = await client.bitfield("field", "SET", "u8", 0, 255, "GET", "u4", 4);
    assert.deepEqual(replies, [0, 15]);
    assert.equal(await client.bitcount("field"), 8);
  },

  async pipelines(client) {
    const pipeline = client.pipeline();
    for (let number = 0; number < 1000; number++) {
      pipeline.set(`key:${number}`, number).get(`key:${number}`);
    }
    const replies = await pipeline.exec();
    assert.equal(replies.length, 2000);
    assert.deepEqual(replies[1999], [null, "999"]);
  },

  async autopipelining(client) {
    const automatic = client.duplicate({ enableAutoPipelining: true });
    await Promise.all(Array.from({ length: 500 }, () => automatic.incr("counter")));
    assert.equal(await client.get("counter"), "500");
    await automatic.quit();
  },

  async transactions(client) {
    assert.deepEqual(await client.multi().incr("counter").get("counter").exec(), [
      [null, 1],
      [null, "1"],
    ]);
    const other = client.duplicate();
    await client.watch("counter");
    await other.incr("counter");
    assert.equal(await client.multi().set("counter", 0).exec(), null);
    assert.equal(await client.get("counter"), "2");
    await other.quit();
  },

  async scans(client) {
    const pairs = Array.from({ length: 1000 }, (_, number) => [`key:${number}`, "v"]);
    await client.mset(new Map(pairs));
    const found = [];
    for await (const names of client.scanStream({ match: "key:*", count: 100 })) {
      found.push(...names);
    }
    assert.equal(found.length, 1000);
    assert.equal(new Set(found).size, 1000);
  },

  async largeValues(client) {
    const large = Buffer.alloc(LARGE, "0123456789");
    await client.set("large", large);
    assert.ok(large.equals(await client.getBuffer("large")));
    assert.equal(await client.strlen("large"), LARGE);
  },

  async errors(client) {
    await client.set("name", "text");
    await assert.rejects(client.incr("name"), /value is not an integer or out of range/);
    await assert.rejects(client.call("NOSUCH"), /unknown command/);
    assert.equal(await client.ping(), "PONG");
  },
};

const forms = { default: {}, "database 3, named": { db: 3, connectionName: "tester" }, RESP2: { protocol: 2 }, RESP3: { protocol: 3 } };

async function main() {
  let passed = 0;
  let failed = 0;
  for (const [form, options] of Object.entries(forms)) {
    for (const [name, check] of Object.entries(checks)) {
      const client = new Redis({ port: Number(process.argv[2]), maxRetriesPerRequest: 1, ...options });
      client.on("error", () => {});
      try {
        await client.flushall();
        await check(client);
        await client.quit();
        passed++;
      } catch (error) {
        failed++;
        console.log(`FAIL: ioredis, ${form}: ${name}`, error);
        client.disconnect();
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main();
