import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { ChainKeeper } from "../footage/chain-keeper.ts";
import { finalIdentity } from "../footage/final-identity.ts";
import { CHAIN_START, chainLink } from "../footage/segment-chain.ts";
import { readHead, withSegment } from "../footage/segment-scan.ts";
import { EndlessFootage, SimulatedCamera } from "./simulated-camera.contract.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 3, 9, 12, 0, 0);
let folder: string;
let names: string[];

beforeAll(async () => {
  folder = join(root, "camera");
  const footage = await EndlessFootage.make(10, false);
  const camera = await SimulatedCamera.start({ footage, folder, startMs: START_MS, recorder: { segmentSeconds: 10 } });
  camera.connect();
  await camera.bring(45);
  await camera.end();
  names = (await readdir(folder)).filter((name) => name.endsWith(".mp4")).sort();
});

async function said(name: string) {
  const identity = await withSegment(join(folder, name), async (handle) =>
    finalIdentity(handle, (await readHead(handle)).payloadEndBytes ?? 0),
  );
  if (identity === null) throw new Error(`${name} says nothing`);
  return identity;
}

it("every segment is tied to the one before by what its file says, from the first to the newest", async () => {
  expect(names.length).toBe(5);
  let previous = CHAIN_START;
  for (const name of names) {
    const { end, ...identity } = await said(name);
    expect(end.chain).toEqual(chainLink(previous, { ...identity, payloadSha256: end.payloadSha256 }));
    previous = end.chain.value;
  }
  expect((await readFile(join(folder, "chain"), "utf8")).trim()).toBe(previous);
});

it("the chain goes on where it ended, also when the worker's own file lags behind, is damaged or is gone", async () => {
  const newest = (await said(names.at(-1) ?? "")).end.chain.value;
  const older = (await said(names.at(-3) ?? "")).end.chain.value;
  const path = join(root, "chain");
  for (const text of [newest, older, "junk", null]) {
    if (text === null) await rm(path);
    else await writeFile(path, `${text}\n`);
    expect((await ChainKeeper.open(path, folder, { names, moves: [] })).value).toBe(newest);
  }
  expect((await ChainKeeper.open(path, folder, { names: [], moves: [] })).value).toBe(CHAIN_START);
});

it("a segment that could not be closed is no part of the chain, and the next follows the one before it", async () => {
  const chain = await ChainKeeper.open(join(root, "failing"), folder, { names: [], moves: [] });
  const segment = { cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427", runId: "1b4e28ba-2fa1-11d2-883f-0016d3cca428" };
  const given = { ...segment, number: 0, startMs: START_MS, payloadSha256: "ab".repeat(32) };
  const failing = chain.append(given, () => Promise.reject(new Error("the disk is full")));
  const next = chain.append({ ...given, number: 1 }, async (link) => link);
  await expect(failing).rejects.toThrow("the disk is full");
  expect(await next).toEqual(chainLink(CHAIN_START, { ...given, number: 1 }));
  expect(chain.value).toBe((await next).value);
});
