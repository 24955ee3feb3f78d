/** The bounded map, held against a list that is searched. */
import fc from "fast-check";
import t from "tap";
import { AgedMap } from "../../runtime/aged-map.ts";

const key = fc.constantFrom("a", "b", "c", "d", "e");
const step = fc.oneof(
  fc.record({ does: fc.constant("put" as const), key, value: fc.nat(9) }),
  fc.record({ does: fc.constant("take" as const), key }),
  fc.record({ does: fc.constant("shed" as const) }),
);

t.test("it holds what was put there, the oldest first", async (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const map = new AgedMap<number>();
      let list: [string, number][] = [];
      const without = (gone: string | undefined) => list.filter(([one]) => one !== gone);
      for (const one of steps) {
        if (one.does === "put") {
          map.put(one.key, one.value);
          list = [...without(one.key), [one.key, one.value]];
        } else if (one.does === "take") {
          t.equal(map.take(one.key), list.find(([known]) => known === one.key)?.[1]);
          list = without(one.key);
        } else {
          const oldest = map.oldest();
          t.equal(oldest, list[0]?.[0] ?? null);
          if (oldest !== null) map.take(oldest);
          list = list.slice(1);
        }
        t.equal(map.size, list.length);
        t.strictSame([...map.entries()], list);
      }
    }),
  );
});

t.test("what is stood on may be taken", async (t) => {
  const map = new AgedMap<number>();
  for (const [value, name] of ["a", "b", "c"].entries()) map.put(name, value);
  const seen: string[] = [];
  for (const [name] of map.entries()) {
    seen.push(name);
    map.take(name);
  }
  t.strictSame(seen, ["a", "b", "c"]);
  t.equal(map.oldest(), null);
});
