import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { silentLog } from "../../base/log.ts";
import { testFolder } from "../../base/test-folder.contract.ts";
import { collect } from "./rclone-client.ts";
import { Share } from "./share.ts";
import type { ShareConnection } from "./share-connection.ts";
import { ShareFileMissing } from "./share-problem.ts";
import { type ShareServer, s3Server, sambaServer, sftpServer } from "./share-servers.contract.ts";
import { testShare } from "./test-share.ts";

const root = testFolder();
const shares: Share[] = [];

function shareOf(connection: ShareConnection, program = "rclone"): Share {
  const share = new Share({ connection, program, folder: join(root, "state"), clock: systemClock, log: silentLog });
  shares.push(share);
  return share;
}

afterAll(async () => {
  for (const one of shares) await one.close();
});

const KINDS = [
  ["SMB, Samba", sambaServer],
  ["SFTP", sftpServer],
  ["S3", s3Server],
] as const;

describe.each(KINDS)("a share by %s", (kind, make) => {
  let server: ShareServer;
  let share: Share;
  const bytes = randomBytes(3_000_000);

  beforeAll(async () => {
    const folder = join(root, kind);
    await mkdir(folder);
    server = await make(folder);
    await server.start();
    share = shareOf(server.connection);
    await writeFile(join(root, "segment.mp4"), bytes);
  });
  afterAll(() => server.stop());

  it("takes files, gives them back whole and by ranges, lists and removes them", async () => {
    expect(await share.stat("12/a b.mp4")).toBeNull();
    expect(await share.list("12")).toEqual([]);
    await share.put(root, "segment.mp4", "12/a b.mp4");
    // An S3 server has its own way to keep things.
    if (kind !== "S3") expect((await readFile(join(server.files, "12", "a b.mp4"))).equals(bytes)).toBe(true);
    expect(await share.stat("12/a b.mp4")).toEqual({ name: "a b.mp4", sizeBytes: bytes.length });
    expect(await share.list("12")).toEqual([{ name: "a b.mp4", sizeBytes: bytes.length }]);
    const part = await collect(await share.read("12/a b.mp4", { fromBytes: 1000, toBytes: 201_000 }));
    expect(part.equals(bytes.subarray(1000, 201_000))).toBe(true);
    expect((await collect(await share.read("12/a b.mp4", null))).equals(bytes)).toBe(true);
    await share.fetch("12/a b.mp4", root, `${kind}-back.mp4`);
    expect((await readFile(join(root, `${kind}-back.mp4`))).equals(bytes)).toBe(true);
    await share.remove("12/a b.mp4");
    await share.remove("12/a b.mp4");
    await expect(share.read("12/a b.mp4", null)).rejects.toThrow(ShareFileMissing);
    await expect(share.fetch("12/a b.mp4", root, "none.mp4")).rejects.toThrow(ShareFileMissing);
  });

  it("tells of a server that is gone, and goes on when it is back", async () => {
    await share.put(root, "segment.mp4", "12/kept.mp4");
    await server.stop();
    await expect(share.stat("12/kept.mp4")).rejects.toMatchObject({ kind: "refused" });
    await expect(share.read("12/kept.mp4", null)).rejects.toMatchObject({ code: "unavailable" });
    await server.start();
    await share.put(root, "segment.mp4", "12/more.mp4");
    expect(hash(await collect(await share.read("12/kept.mp4", null)))).toBe(hash(bytes));
    expect((await share.list("12")).map(({ name }) => name).sort()).toEqual(["kept.mp4", "more.mp4"]);
  });

  // The same way for all.
  if (make === sambaServer) {
    it("may take its time: a copy goes on when the server does", async () => {
      await share.put(root, "segment.mp4", "12/first.mp4");
      server.hang();
      const copied = share.put(root, "segment.mp4", "12/slow.mp4");
      // Longer than the patience that Node.js has by itself.
      systemClock.after(6000, () => server.goOn());
      await copied;
      expect(hash(await collect(await share.read("12/slow.mp4", null)))).toBe(hash(bytes));
    });
  }

  it("is tested by writing, reading and deleting a file, and what is wrong is said without the password", async () => {
    expect(await testShare(share)).toMatchObject({ ok: true, problem: null });
    const { connection } = server;
    // The S3 server of the tests knows users by their name alone.
    const guessed = {
      ...connection,
      password: "guessed-4711",
      ...(connection.type === "s3" ? { username: "nobody" } : {}),
    };
    const wrong = await testShare(shareOf(guessed));
    expect(wrong).toMatchObject({ ok: false, problem: { kind: "wrong_password" } });
    expect(wrong.problem?.message).not.toContain("guessed");
    if (connection.type === "s3") return;
    const closed = { ...connection, port: 9 };
    expect(await testShare(shareOf(closed))).toMatchObject({ problem: { kind: "refused" } });
    const unknown = await testShare(shareOf({ ...connection, host: "nas.invalid" }));
    expect(unknown.problem).toMatchObject({ kind: "unknown_host", message: expect.stringContaining("nas.invalid") });
  });
});

describe("an SMB share that cannot be used", () => {
  let server: ShareServer;
  beforeAll(async () => {
    const folder = join(root, "unusable");
    await mkdir(folder);
    server = await sambaServer(folder);
    await server.start();
  });
  afterAll(() => server.stop());
  const tested = async (change: object, program?: string) =>
    (await testShare(shareOf({ ...server.connection, ...change } as ShareConnection, program))).problem;

  it("because there is none of this name, it may not be written, or rclone is not there: each is said", async () => {
    expect(await tested({ share: "nothing" })).toMatchObject({ kind: "no_such_share" });
    expect(await tested({ share: "readonly" })).toMatchObject({ kind: "read_only" });
    const missing = await tested({}, "/nowhere/rclone");
    expect(missing).toMatchObject({
      kind: "rclone_missing",
      message: expect.stringContaining("apt-get install -y rclone"),
    });
  });
});

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
