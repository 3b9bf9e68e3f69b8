import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Installation, startInstallation } from "../../installation.contract.ts";

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  await installation.app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(() => installation.close());

interface Listener {
  readonly socket: Socket;
  readonly text: () => string;
  readonly closed: () => boolean;
}

function listen(token: string, method = "GET"): Listener {
  let text = "";
  let closed = false;
  const { port } = new URL(installation.app.listeningOrigin);
  const socket = connect(Number(port), "127.0.0.1", () =>
    socket.write(`${method} /api/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`),
  );
  socket.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  socket.on("error", () => undefined);
  socket.once("close", () => {
    closed = true;
  });
  return { socket, text: () => text, closed: () => closed };
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 20_000 });
const deleted = (cameraId: number, tenantId = 1) =>
  installation.deps.events.publish({ tenantId, event: { type: "camera.deleted", camera_id: cameraId } });

describe("the event stream", () => {
  it("says hello first, then what happens in one's own tenant or concerns everybody", async () => {
    const listener = listen(installation.admin);
    await until(() =>
      expect(listener.text()).toContain('event: hello\ndata: {"type":"hello","version":"0.1.0-test"}\n\n'),
    );
    expect(listener.text()).toMatch(/content-type: text\/event-stream/i);
    deleted(41, 2);
    installation.deps.events.publish({ tenantId: null, event: { type: "recording_rules.changed" } });
    deleted(42);
    await until(() =>
      expect(listener.text()).toContain('event: camera.deleted\ndata: {"type":"camera.deleted","camera_id":42}'),
    );
    expect(listener.text()).not.toContain('"camera_id":41');
    expect(listener.text()).toContain("event: recording_rules.changed\n");
    listener.socket.destroy();
  });

  it("sends a comment every 15 seconds, and ends with its session", async () => {
    const token = await installation.tokenFor("operator", "Operator");
    const listener = listen(token);
    await until(() => expect(listener.text()).toContain("hello"));
    installation.clock.advance(15_000);
    await until(() => expect(listener.text()).toContain(": still here"));
    await installation.call({ method: "POST", url: "/api/auth/logout", token });
    await until(() => {
      installation.clock.advance(15_000);
      // The answer ends with the last, empty chunk.
      expect(listener.text()).toMatch(/\r\n0\r\n\r\n$/);
    });
    listener.socket.destroy();
  });

  it("drops a listener that does not read, without keeping what it missed", async () => {
    const slow = listen(installation.admin);
    const quick = listen(installation.admin);
    await until(() => expect(slow.text()).toContain("hello"));
    await until(() => expect(quick.text()).toContain("hello"));
    slow.socket.pause();
    const message = "x".repeat(200_000);
    const alert = {
      id: 1,
      kind: "worker_failing" as const,
      camera_ids: [],
      since: "2026-04-09T14:30:00.000Z",
      until: null,
      message,
      action: "",
      acknowledged_by: null,
      acknowledged_at: null,
    };
    for (let i = 0; i < 100; i++) {
      installation.deps.events.publish({ tenantId: 1, event: { type: "alert.changed", alert } });
      await until(() => expect(quick.text().match(/event: alert.changed/g)).toHaveLength(i + 1));
    }
    slow.socket.resume();
    await until(() => expect(slow.closed()).toBe(true));
    expect(slow.text().match(/event: alert.changed/g)?.length).toBeLessThan(100);
    expect(quick.closed()).toBe(false);
    quick.socket.destroy();
  });

  it("is not there for HEAD, which could never end", async () => {
    const answer = await installation.call({ method: "HEAD", url: "/api/events/stream" });
    expect(answer.statusCode).toBe(405);
  });

  it("ends when the server stops", async () => {
    const other = await startInstallation();
    await other.app.listen({ port: 0, host: "127.0.0.1" });
    const response = await fetch(`${other.app.listeningOrigin}/api/events/stream`, {
      headers: { authorization: `Bearer ${other.admin}` },
    });
    const reading = response.text().then(
      () => "ended",
      () => "ended",
    );
    await other.close();
    expect(await reading).toBe("ended");
  });
});
