import { createConnection } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { LineChannel } from "../ipc/line-channel.ts";
import type { FromWorker, Report, ToWorker } from "../ipc/messages.ts";
import { ReportSender } from "./report-sender.ts";

const folder = testFolder();
const paths = { socketPath: join(folder, "1-1.sock"), journalPath: join(folder, "reports.jsonl") };
const report = (name: string): Report => ({ kind: "segment_gone", name });
const nameOf = (told: Report) => (told.kind === "segment_gone" ? told.name : told.kind);

function start(changes = { count: 0 }) {
  const onSettingsChanged = () => {
    changes.count += 1;
  };
  const onRecord = () => ({ recording: false, keptSeconds: null });
  return ReportSender.start({
    ...paths,
    version: "test",
    startedAtMs: 1000,
    log: silentLog,
    onSettingsChanged,
    onRecord,
    onDelete: async () => ({ deleted: [], moved: [], refused: [], problem: null }),
    onHandOver: () => {},
  });
}

/** A server's end: what it hears, and how it answers. */
function server() {
  const heard: FromWorker[] = [];
  const socket = createConnection(paths.socketPath);
  const channel = new LineChannel<FromWorker, ToWorker>(socket, {
    message: (one) => heard.push(one),
    closed: () => {},
  });
  const reports = () =>
    heard.flatMap((one) => (one.type === "report" ? [`${one.sequence} ${nameOf(one.report)}`] : []));
  return { heard, channel, reports };
}

describe("the worker's end of the socket", () => {
  it("tells an absent server everything later, in order, until it is acknowledged, also over a restart", async () => {
    const changes = { count: 0 };
    const first = await start(changes);
    for (const name of ["a", "b"]) first.report(report(name));
    const one = server();
    await eventually(() => expect(one.reports()).toEqual(["1 a", "2 b"]));
    expect(one.heard[0]).toMatchObject({ type: "hello", pid: process.pid, version: "test", startedAtMs: 1000 });
    one.channel.send({ type: "settings_changed" });
    one.channel.send({ type: "acknowledge", sequence: 1 });
    await eventually(() => expect(changes.count).toBe(1));
    first.report(report("c"));
    await eventually(() => expect(one.reports()).toEqual(["1 a", "2 b", "3 c"]));
    // The next server takes the place of the one before, and hears what was not acknowledged.
    const two = server();
    await eventually(() => expect(two.reports()).toEqual(["2 b", "3 c"]));
    await first.close();

    const second = await start();
    const three = server();
    await eventually(() => expect(three.reports().slice(-2)).toEqual(["2 b", "3 c"]));
    second.report(report("d"));
    await eventually(() => expect(three.reports().at(-1)).toBe("4 d"));
    await second.close();
  });

  it("closes although the server connects again as soon as the connection ends", async () => {
    const sender = await start();
    let connections = 0;
    const connect = (): void => {
      connections += 1;
      const socket = createConnection(paths.socketPath);
      // A worker that is gone refuses, once and for all.
      socket.on("error", () => {});
      new LineChannel<FromWorker, ToWorker>(socket, { message: () => {}, closed: () => connections < 3 && connect() });
    };
    connect();
    await eventually(() => expect(connections).toBe(1));
    sender.report(report("e"));
    await sender.close();
  });
});
