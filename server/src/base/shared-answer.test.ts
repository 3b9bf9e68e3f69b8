import { expect, it } from "vitest";
import { sharedAnswer } from "./shared-answer.ts";

it("asks once for all who ask before the answer is there, and anew after it, a failed one too", async () => {
  const answers: PromiseWithResolvers<string>[] = [];
  const ask = sharedAnswer(() => {
    const answer = withResolvers<string>();
    answers.push(answer);
    return answer.promise;
  });
  const first = [ask(), ask(), ask()];
  expect(answers).toHaveLength(1);
  answers[0]?.resolve("a");
  expect(await Promise.all(first)).toEqual(["a", "a", "a"]);
  const failing = ask();
  answers[1]?.reject(new Error("away"));
  await expect(failing).rejects.toThrow("away");
  const third = ask();
  answers[2]?.resolve("c");
  expect(await third).toBe("c");
});

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolveIt, rejectIt) => {
    resolve = resolveIt;
    reject = rejectIt;
  });
  return { promise, resolve, reject };
}
