import { expect, it } from "vitest";
import { EndRequests } from "./end-requests.ts";

it("a stop that is asked for while the server restarts is not lost, and counts more than another restart", async () => {
  const before = process.listenerCount("SIGTERM");
  const requests = new EndRequests();
  const first = requests.next();
  process.emit("SIGHUP", "SIGHUP");
  expect(await first).toEqual({ end: "restart", signal: "SIGHUP" });
  // Nobody waits now.
  for (const signal of ["SIGHUP", "SIGTERM", "SIGHUP"] as const) process.emit(signal, signal);
  expect(await requests.next()).toEqual({ end: "stop", signal: "SIGTERM" });
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
