import { expect, it } from "vitest";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { AttemptLimiter } from "./attempt-limiter.ts";

const LIMIT = { attempts: 2, windowMs: 10_000 };

it("tells when the next attempt is free, and refused ones do not put it off", () => {
  const clock = new SimulatedClock(0);
  const limiter = new AttemptLimiter(clock, LIMIT);
  limiter.take("ada");
  clock.advance(4000);
  limiter.take("ada");
  clock.advance(500);
  for (let i = 0; i < 3; i++)
    expect(() => limiter.take("ada")).toThrow(
      expect.objectContaining({ code: "rate_limited", details: { retry_after_seconds: 6 } }),
    );
  limiter.take("bob");
  clock.advance(5500);
  limiter.take("ada");
});

it("is not moved by a step of the wall clock", () => {
  const clock = new SimulatedClock(0);
  const limiter = new AttemptLimiter(clock, LIMIT);
  limiter.take("ada");
  limiter.take("ada");
  clock.step(3_600_000);
  expect(() => limiter.take("ada")).toThrow("Too many attempts");
});

it("does not forget an account while it is attacked, however many names are invented meanwhile", () => {
  const limiter = new AttemptLimiter(new SimulatedClock(0), LIMIT);
  for (let i = 0; i < 5000; i++) limiter.take(`invented ${i}`);
  limiter.take("ada");
  limiter.take("ada");
  for (let i = 0; i < 9000; i++) limiter.take(`invented too ${i}`);
  expect(() => limiter.take("ada")).toThrow("Too many attempts");
});
