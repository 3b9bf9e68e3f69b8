import { readdir, readlink, rename, symlink, unlink, utimes } from "node:fs/promises";
import { get as httpGet, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Installation, NOW_MS, segmentBytes, startInstallation } from "../../installation.contract.ts";

const START_MS = NOW_MS - 3_600_000;
let installation: Installation;
let cameraId: number;
let name: string;
const whole = segmentBytes(20_000);

beforeAll(async () => {
  installation = await startInstallation();
  cameraId = await installation.addCamera();
  name = await installation.addSegment(cameraId, START_MS, 20_000);
});
afterAll(() => installation.close());

const url = (segment = name, id = cameraId) => `/api/recordings/segment/${id}/${segment}`;
const get = (headers: Record<string, string> = {}, segment = name) => installation.call({ url: url(segment), headers });

describe("a segment file", () => {
  it("is served whole, with what a player needs to ask for parts", async () => {
    const answer = await get();
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.equals(whole)).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-type": "video/mp4",
      "content-length": String(whole.length),
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"[0-9a-f-]+"$/),
      "last-modified": expect.stringMatching(/GMT$/),
    });
  });

  it("is served in parts, from the front, the middle and the end", async () => {
    for (const [range, from, to] of [
      ["bytes=0-0", 0, 1],
      ["bytes=1000-1999", 1000, 2000],
      ["bytes=-500", whole.length - 500, whole.length],
      [`bytes=${whole.length - 5}-`, whole.length - 5, whole.length],
    ] as const) {
      const answer = await get({ range });
      expect(answer.statusCode).toBe(206);
      expect(answer.headers["content-range"]).toBe(`bytes ${from}-${to - 1}/${whole.length}`);
      expect(answer.headers["content-length"]).toBe(String(to - from));
      expect(answer.rawPayload.equals(whole.subarray(from, to))).toBe(true);
    }
  });

  it("says its size when the part lies outside", async () => {
    const answer = await get({ range: `bytes=${whole.length}-` });
    expect(answer.statusCode).toBe(416);
    expect(answer.headers["content-range"]).toBe(`bytes */${whole.length}`);
    expect(answer.json().error.code).toBe("range_not_satisfiable");
  });

  it("is not sent again to who has it", async () => {
    const { etag } = (await get()).headers;
    const again = await get({ "if-none-match": String(etag) });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe("");
    await utimes(installation.path(cameraId, name), 1_000_000, 1_000_000);
    expect((await get({ "if-none-match": String(etag) })).statusCode).toBe(200);
  });

  it("tells its size to HEAD without sending it", async () => {
    const answer = await installation.call({ method: "HEAD", url: url() });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-length"]).toBe(String(whole.length));
    expect(answer.body).toBe("");
  });

  it("stays playable after its camera was removed", async () => {
    const id = await installation.addCamera();
    const segment = await installation.addSegment(id, START_MS, 4000);
    await installation.call({ method: "DELETE", url: `/api/cameras/${id}` });
    expect((await installation.call({ url: url(segment, id) })).statusCode).toBe(200);
    expect((await installation.call({ url: `${url(segment, id)}/init` })).statusCode).toBe(200);
  });

  it.each([
    ["..%2f..%2fsecret.key", 400],
    ["%2e%2e%2fsecret.key", 400],
    ["2026-04-09_13-30-00.mp4%00.txt", 400],
    ["secret.key", 400],
    ["2026-04-09_13-30-00.mp4.bak", 400],
    ["1999-01-01_00-00-00.mp4", 404],
  ])("%s is not one", async (segment, status) => {
    const answer = await get({}, segment);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toHaveProperty("error.message");
  });

  it("that is gone from the storage, or is a link, is 404 and says so", async () => {
    const id = await installation.addCamera();
    const segment = await installation.addSegment(id, START_MS, 4000);
    const path = installation.path(id, segment);
    await rename(path, `${path}.away`);
    for (const suffix of ["", "/init"]) {
      const answer = await installation.call({ url: `${url(segment, id)}${suffix}` });
      expect(answer.statusCode).toBe(404);
      expect(answer.json().error.message).toMatch(/missing from the storage/);
    }
    await symlink("/etc/hostname", path);
    expect((await installation.call({ url: url(segment, id) })).statusCode).toBe(404);
    await unlink(path);
  });
});

describe("an open segment", () => {
  it("is served up to its last whole fragment, with a tag that changes as it grows", async () => {
    const id = await installation.addCamera();
    const segment = await installation.addSegment(id, START_MS, 20_000, { open: true });
    const at = (sizeBytes: number) =>
      installation.openSegments.set(id, { name, startMs: START_MS, endMs: START_MS + 2000, sizeBytes });
    at(4100);
    const first = await installation.call({ url: url(segment, id) });
    expect(first.rawPayload.equals(whole.subarray(0, 4100))).toBe(true);
    const beyond = await installation.call({ url: url(segment, id), headers: { range: "bytes=4000-9000" } });
    expect(beyond.headers["content-range"]).toBe("bytes 4000-4099/4100");
    at(5100);
    const second = await installation.call({ url: url(segment, id) });
    expect(second.rawPayload).toHaveLength(5100);
    expect(second.headers.etag).not.toBe(first.headers.etag);
    installation.openSegments.delete(id);
    expect((await installation.call({ url: url(segment, id) })).rawPayload).toHaveLength(whole.length);
  });
});

describe("a client that goes away", () => {
  const openFiles = async (path: string) => {
    const links = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    return links.filter((link) => link === path).length;
  };

  it("leaves no file open", async () => {
    const id = await installation.addCamera();
    const segment = await installation.addSegment(id, START_MS, 8_000_000);
    const path = installation.path(id, segment);
    await installation.app.listen({ port: 0, host: "127.0.0.1" });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${installation.admin}` };
      httpGet(`${installation.app.listeningOrigin}${url(segment, id)}`, { headers }, resolve).once("error", reject);
    });
    await new Promise((resolve) => response.once("readable", resolve));
    expect(await openFiles(path)).toBe(1);
    response.destroy();
    await vi.waitFor(async () => expect(await openFiles(path)).toBe(0), { timeout: 20_000 });
    for (const headers of [{ range: "bytes=99999999-" }, { "if-none-match": "*" }] as Record<string, string>[])
      await installation.call({ url: url(segment, id), headers });
    await installation.call({ method: "HEAD", url: url(segment, id) });
    expect(await openFiles(path)).toBe(0);
  });
});
