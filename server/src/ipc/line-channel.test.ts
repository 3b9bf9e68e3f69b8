import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { LineChannel } from "./line-channel.ts";

const folder = testFolder();
let sockets = 0;

/** A channel and the bare socket at its other end. */
async function connected() {
  sockets += 1;
  const path = join(folder, `${sockets}.sock`);
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const other = createConnection(path);
  const heard: unknown[] = [];
  const closed = vi.fn();
  const channel = new LineChannel<unknown, unknown>(await accepted, {
    message: (message) => heard.push(message),
    closed,
  });
  server.close();
  return { channel, other, heard, closed };
}

describe("the line channel", () => {
  it("brings every message once and in order, however the bytes are cut", async () => {
    const { other, heard, closed } = await connected();
    const messages = Array.from({ length: 50 }, (_, number) => ({ number, text: "größer\nals 😀 ein Byte" }));
    const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
    other.setNoDelay(true);
    for (let at = 0; at < bytes.length; at += 7) other.write(bytes.subarray(at, at + 7));
    other.end();
    await eventually(() => expect(closed).toHaveBeenCalledTimes(1));
    expect(heard).toEqual(messages);
  });

  it("hands over everything that was sent before it finishes", async () => {
    const { channel, other, closed } = await connected();
    let text = "";
    other.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    for (let number = 0; number < 1000; number += 1) channel.send({ number });
    await channel.finish();
    await eventually(() => expect(other.readableEnded).toBe(true));
    expect(text.trim().split("\n").at(-1)).toBe('{"number":999}');
    expect(closed).toHaveBeenCalledTimes(1);
    await channel.finish();
  });

  it("hands over the last message also to who is just about to answer the one before", async () => {
    const { channel, other } = await connected();
    let text = "";
    other.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    const broken = vi.fn();
    other.on("error", broken).pause();
    channel.send({ number: 1 });
    const finished = channel.finish();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    other.write('{"answer":1}\n');
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    other.resume();
    await finished;
    await eventually(() => expect(text).toBe('{"number":1}\n'));
    expect(broken).not.toHaveBeenCalled();
  });

  it("lets go of whoever sends what is not a message, or one without end", async () => {
    for (const bytes of ["not json\n", "null\n", "x".repeat(1024 * 1024 + 1)]) {
      const { other, heard, closed } = await connected();
      other.on("error", () => {});
      other.write(bytes);
      await eventually(() => expect(closed).toHaveBeenCalledTimes(1));
      expect(heard).toEqual([]);
      other.destroy();
    }
  });

  it("survives the other side's sudden end, and sends nothing after it", async () => {
    const { channel, other, closed } = await connected();
    other.destroy();
    await eventually(() => expect(closed).toHaveBeenCalledTimes(1));
    channel.send({ late: true });
    expect(channel.waitingBytes).toBe(0);
  });
});
