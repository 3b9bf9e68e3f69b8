// What network-share.spec.ts shows of a NAS, in short, of an S3 bucket and of a folder reached by SFTP: next to each other, each with its recorder.
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Segment } from "@nightjar/api/recording";
import { deletionRoutes, settingsRoutes, storageRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import { addCamera, endRecording, listSegments } from "../../harness/footage-of.ts";
import { expectExported, expectOnShare, waitingSegments } from "../../harness/moved-footage.ts";
import { freePort, type Nightjar, runNightjar, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { type ObjectStore, s3Store, sftpStore } from "../../rig/object-stores.ts";
import { makeSmallScene, type Scene } from "../../rig/scene.ts";

const KINDS = [
  { type: "s3", make: s3Store },
  { type: "sftp", make: sftpStore },
] as const;
/** Some seconds of the scene, so that there is much to move. */
const SEGMENT_MAX_MB = 0.02;

interface Recorder {
  readonly type: "s3" | "sftp";
  readonly store: ObjectStore;
  readonly nightjar: Nightjar;
}

let rig: RigCamera[] = [];
let scene: Scene;
let folder: string;
let recorders: Recorder[] = [];

test.describe.configure({ timeout: 180_000 });

test.beforeAll(async () => {
  scene = await makeSmallScene();
  rig = await startCameras([{ scene }]);
  folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-shares-"));
  recorders = await Promise.all(
    KINDS.map(async ({ type, make }) => {
      const store = await make(join(folder, type), await freePort());
      await store.server.start();
      return { type, store, nightjar: await startNightjar({ dataFolder: join(folder, `${type}-data`) }) };
    }),
  );
});

test.afterAll(async () => {
  await Promise.all(recorders.map(({ nightjar }) => nightjar.stop()));
  for (const { store } of recorders) await store.server.kill();
  await stopCameras(rig);
  await rm(folder, { recursive: true, force: true });
});

/** Waits with what is of use where it does not come. */
function until<T>({ nightjar, type }: Recorder, what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const onTimeout = () => nightjar.logText();
  return waitFor(`${what} (${type})`, probe, { withinMs: 60_000, everyMs: 200, onTimeout });
}

/** Sets the share as it is, tested first; answers the camera whose footage goes there. */
async function setUp({ type, store, nightjar }: Recorder) {
  const patch = { type, [type]: store.settings };
  expect(await nightjar.client(settingsRoutes.testShare, { body: patch })).toMatchObject({ ok: true });
  const { storage } = await nightjar.client(settingsRoutes.updateRecording, { body: { storage: patch } });
  expect(storage).toMatchObject({ type, [type]: { has_password: true } });
  const recording = { segment_seconds: 10, segment_max_mb: SEGMENT_MAX_MB };
  return addCamera(nightjar, rig[0]?.url ?? "", { name: `To ${type}`, recording });
}

async function recordOverOutage(recorder: Recorder): Promise<void> {
  const { store, nightjar } = recorder;
  const camera = await setUp(recorder);
  const { id } = camera;
  const moved = async () => (await listSegments(nightjar, id)).filter((one) => one.on_share).length;
  const waiting = async () => (await waitingSegments(nightjar, id)).length;
  const pathOf = (segment: Segment) => store.fileOf(`${id}/${segment.name}`);
  await until(recorder, "footage on the share", async () => (await moved()) > 1);

  await store.server.kill();
  await until(recorder, "what waits on the disk", async () => (await waiting()) > 3);
  await until(recorder, "what is wrong to be told", async () => {
    const { share } = await nightjar.client(storageRoutes.state, {});
    return share?.type === recorder.type && /refused|no_answer/.test(share.problem?.kind ?? "");
  });
  await store.server.start();
  await until(recorder, "what waited on the share", async () => (await waiting()) <= 2);
  const account = await accountOf(nightjar, camera);
  expect(accountingFaults(account, camera), describeAccount(account)).toEqual([]);
  expect(account.map(({ what }) => what)).not.toContain("unknown");

  await endRecording(nightjar, id);
  await until(recorder, "the disk to be empty", async () => (await waiting()) === 0);
  const segments = await listSegments(nightjar, id);
  const [first, last] = [segments[0], segments.at(-1)];
  if (first === undefined || last === undefined) throw new Error("Nothing was recorded.");
  await expectOnShare({ nightjar, scene }, segments, pathOf);
  await expectExported({ nightjar, scene }, id, { start: first.start, end: last.end });

  const body = { camera_ids: [id], start: first.start, end: first.end };
  expect(await nightjar.client(deletionRoutes.span, { body })).toMatchObject({ segments: 1 });
  await expect(access(pathOf(first))).rejects.toMatchObject({ code: "ENOENT" });
  expect((await listSegments(nightjar, id)).map(({ name }) => name)).toEqual(segments.slice(1).map(({ name }) => name));
  await expectOnShare({ nightjar, scene }, segments.slice(-1), pathOf);

  const check = await runNightjar(nightjar.dataFolder, "check", "--deep");
  expect(check.output).toContain("All is well");
  await store.server.kill();
  const away = await runNightjar(nightjar.dataFolder, "check");
  expect(away.output).toContain(`share_unavailable  the network share  The catalog tells of ${segments.length - 1}`);
  expect(away.code).toBe(1);
}

test("footage goes to an S3 bucket and to an SFTP folder over their outage, whole, and is read and deleted there", async () => {
  await Promise.all(recorders.map((recorder) => test.step(recorder.type, () => recordOverOutage(recorder))));
});
