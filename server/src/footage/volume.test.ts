import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { beginVolume, MARKER_FILE, readMarker, requireVolume, volumeState } from "./volume.ts";

const folder = testFolder();

it("a volume is told by its marker: another one, an empty folder and none at all are not it", async () => {
  const path = join(folder, "a", "recordings");
  const id = await beginVolume(path);
  expect(await beginVolume(path)).toBe(id);
  expect(await readMarker(path)).toBe(id);
  expect(await volumeState({ path, id })).toEqual({ kind: "ok" });
  await requireVolume({ path, id });

  expect(await volumeState({ path, id: "another" })).toMatchObject({ kind: "foreign" });
  await writeFile(join(path, MARKER_FILE), "{ torn");
  expect(await volumeState({ path, id })).toMatchObject({ kind: "missing" });
  await rm(path, { recursive: true });
  await expect(requireVolume({ path, id })).rejects.toThrow(path);
  await mkdir(path);
  const state = await volumeState({ path, id });
  expect(state).toMatchObject({ kind: "missing", problem: expect.stringContaining(id) });
});

it("where none is known yet any folder will do", async () => {
  expect(await volumeState(null)).toEqual({ kind: "ok" });
});
