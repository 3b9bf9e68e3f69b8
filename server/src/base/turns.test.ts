import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

const NEVER = new AbortController().signal;

/** Something that goes on until it is told to end, and remembers how many did so at once. */
function work() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const action = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  return { action, ends, most: () => most };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it("only so many go on at once, and the others follow in order, also behind one that fails", async () => {
  const turns = new Turns(2);
  const { action, ends, most } = work();
  const order: number[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    turns.run(NEVER, () => {
      order.push(number);
      return number === 2 ? Promise.reject(new Error("failed")) : action();
    }),
  );
  const failing = expect(all[2]).rejects.toThrow("failed");
  for (let number = 0; number < 3; number += 1) {
    await settle();
    ends[number]?.();
  }
  await failing;
  await Promise.allSettled(all);
  expect(order).toEqual([0, 1, 2, 3]);
  expect(most()).toBe(2);
});

it("who gives up leaves the row, and nobody behind waits for ever", async () => {
  const turns = new Turns(1);
  const { action, ends } = work();
  const first = turns.run(NEVER, action);
  const gone = new AbortController();
  const second = turns.run(gone.signal, action);
  const third = turns.run(NEVER, async () => "third");
  gone.abort();
  await expect(second).rejects.toBe(gone.signal.reason);
  ends[0]?.();
  await first;
  expect(await third).toBe("third");
  await expect(turns.run(gone.signal, action)).rejects.toBe(gone.signal.reason);
  expect(await turns.run(NEVER, async () => "free")).toBe("free");
});
