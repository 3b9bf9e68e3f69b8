import { appendFile, readFile, unlink, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const iso = (ms: number) => new Date(ms).toISOString();

let installation: Installation;
const startMs = NOW_MS + 10_000;
let id: number;
let names: string[];
beforeAll(async () => {
  installation = await startInstallation();
  installation.clock.advance(600_000);
});
beforeEach(async () => {
  vi.restoreAllMocks();
  id = await installation.addCamera();
  names = [];
  for (let i = 0; i < 3; i += 1) names.push(await installation.addSegment(id, startMs + i * 20_000, 20_000));
});
afterAll(() => installation.close());

const ask = (toMs = startMs + 70_000) => {
  const query = new URLSearchParams({ camera_id: String(id), start: iso(startMs), end: iso(toMs) });
  return installation.call({ url: `/api/recordings/playlist.m3u8?${query}` });
};
const files = () => {
  const read = vi.spyOn(installation.deps.footage, "readIndex");
  return () => read.mock.calls.map(([, segment]) => segment.name);
};

describe("a playlist reads of the segments' files", () => {
  it("nothing once it has read them all", async () => {
    const read = files();
    const first = await ask();
    expect(read()).toEqual(names);
    const again = await ask();
    expect(again.body).toBe(first.body);
    expect(read()).toEqual(names);
  });

  it("only the one that its span ends in", async () => {
    await ask();
    const read = files();
    const { body } = await ask(startMs + 30_000);
    expect(read()).toEqual(names.slice(1, 2));
    expect(body).not.toContain(names[2]);
  });

  it("one that is another than the catalog says, and keeps nothing of it", async () => {
    const path = installation.path(id, names[1] ?? "");
    const bytes = await readFile(path);
    await appendFile(path, Buffer.alloc(1000));
    const longer = await ask();
    const read = files();
    expect((await ask()).body).toBe(longer.body);
    expect(read()).toEqual([names[1]]);
    await writeFile(path, bytes);
    expect((await ask()).body).not.toBe(longer.body);
    expect(read()).toEqual([names[1], names[1]]);
  });

  it("that one is gone, though the catalog knows all of it", async () => {
    await ask();
    await unlink(installation.path(id, names[1] ?? ""));
    const { body } = await ask();
    expect(names.map((name) => body.includes(name))).toEqual([true, false, true]);
    expect(body).toContain("#EXT-X-DISCONTINUITY");
    for (const name of [names[0], names[2]]) await unlink(installation.path(id, name ?? ""));
    expect((await ask()).json().error.code).toBe("unavailable");
  });

  it("all, where the catalog cannot keep anything", async () => {
    const refuse = () => Promise.reject(new Error("database is read-only"));
    const { segments } = installation.deps.catalog;
    vi.spyOn(installation.deps.catalog, "segments").mockImplementation((camera) => ({
      ...segments(camera),
      keepOutlines: refuse,
    }));
    const read = files();
    expect((await ask()).statusCode).toBe(200);
    expect((await ask()).statusCode).toBe(200);
    expect(read()).toEqual([...names, ...names]);
    expect(installation.logged()).toContain("database is read-only");
  });
});
