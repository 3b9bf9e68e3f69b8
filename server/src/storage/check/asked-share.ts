import { createHash } from "node:crypto";
import { errorMessage, NightjarError, systemErrorCode } from "../../base/error.ts";
import type { OwnedCamera } from "../../catalog/cameras.ts";
import type { StoredSegment } from "../../catalog/segments.ts";
import type { Share } from "../archive/share.ts";
import { shareAddress } from "../archive/share-connection.ts";
import { ShareFileMissing } from "../archive/share-problem.ts";
import { inspectOnShare, sharePath } from "../archive/share-segment.ts";
import type { CameraFolder, ClosedFile, FolderFile } from "./camera-folder.ts";
import type { Finding } from "./finding.ts";

/** What the share says of a camera's footage. */
export interface CameraOnShare {
  readonly files: readonly FolderFile[];
  /** Names of segments of which only the rows tell, and the share was not asked: nothing may follow from their not being here. */
  readonly unasked: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  /** Where the files lie, for people; null: it was not asked. */
  readonly folder: string | null;
}

/** The network share, asked for what should lie there. Once it has not answered it is not asked again. */
export class AskedShare {
  readonly #open: () => Promise<Share>;
  #share: Promise<Share> | null = null;
  #problem: string | null = null;
  readonly #unasked = new Map<number, number>();

  /** `open`: connects when it is needed first. Rejects where the share does not answer, or is not the one with the footage. */
  constructor(open: () => Promise<Share>) {
    this.#open = open;
  }

  /** That it could not be asked; null: it was, or there was nothing to ask. */
  get finding(): Finding | null {
    if (this.#problem === null) return null;
    const count = [...this.#unasked.values()].reduce((sum, one) => sum + one, 0);
    return {
      kind: "share_unavailable",
      ...{ cameraId: null, path: "the network share", state: "open" },
      problem: `The catalog tells of ${count} segments there, which were not looked at. ${this.#problem}`,
      remedy: "Bring the share back, and call this again. Nothing is taken out of the catalog because of it.",
    };
  }

  /** Asks for the segments that `expected` says are there. */
  async camera(camera: OwnedCamera, expected: CameraOnShare): Promise<CameraOnShare> {
    const { files: told, unasked: untold } = expected;
    const count = told.length + untold.size;
    if (count === 0) return expected;
    const answered = await this.#ask(camera.id, count, async (share) => {
      const sizes = new Map((await share.list(String(camera.id))).map(({ name, sizeBytes }) => [name, sizeBytes]));
      const place = `${shareAddress(share.connection)}/${camera.id}`;
      const names = [...told.map(({ name }) => name), ...untold];
      if (!names.some((name) => sizes.has(name)))
        return { ...expected, findings: [folderMissing(camera.id, place, count)] };
      const files = told.filter(({ name }) => sizes.has(name)).map((file) => sized(file, sizes, place));
      for (const name of untold) {
        if (!sizes.has(name)) continue;
        const found = await inspectOnShare(share, sharePath(camera.id, name)).catch(nullWhereGone);
        if (found !== null) files.push({ name, path: `${place}/${name}`, found, onShare: true });
      }
      return { files, unasked: new Set<string>(), findings: [], folder: place };
    });
    return answered ?? expected;
  }

  /** Reads a segment's footage there. Answers whether it is what the ledger tells; null: it could not be read, or is gone meanwhile. */
  hasPayload(camera: OwnedCamera, { name, found }: ClosedFile): Promise<boolean | null> {
    return this.#ask(camera.id, 1, async (share) => {
      const path = sharePath(camera.id, name);
      const there = await inspectOnShare(share, path).catch(nullWhereGone);
      if (there?.kind !== "closed") return there === null ? null : false;
      const hash = createHash("sha256");
      for await (const chunk of await share.read(path, there.payload)) hash.update(chunk as Buffer);
      return hash.digest("hex") === found.identity.end.payloadSha256;
    });
  }

  /** null: it does not answer. */
  async #ask<T>(cameraId: number, count: number, work: (share: Share) => Promise<T>): Promise<T | null> {
    try {
      if (this.#problem === null) {
        this.#share ??= this.#open();
        return await work(await this.#share);
      }
    } catch (error) {
      if (!(error instanceof NightjarError) && systemErrorCode(error) === undefined) throw error;
      this.#problem = errorMessage(error);
    }
    this.#unasked.set(cameraId, Math.max(count, this.#unasked.get(cameraId) ?? 0));
    return null;
  }
}

/** What ledger and rows say is on the share, and is not on the disk. Pure. */
export function expectedOnShare({ files }: CameraFolder, rows: readonly StoredSegment[]): CameraOnShare {
  const known = new Set(files.map(({ name }) => name));
  const untold = rows.filter((row) => row.onShare && row.state !== "open" && !known.has(row.name));
  const told = files.filter(({ onShare }) => onShare === true);
  return { files: told, unasked: new Set(untold.map(({ name }) => name)), findings: [], folder: null };
}

/** A file as the share has it, where the ledger tells what it should be. */
function sized(file: FolderFile, sizes: ReadonlyMap<string, number>, place: string): FolderFile {
  const { name, found } = file;
  const path = `${place}/${name}`;
  const sizeBytes = sizes.get(name);
  if (found.kind !== "closed" || found.sizeBytes === sizeBytes) return { ...file, path };
  const reason = `has ${sizeBytes} bytes on the share, and was moved there with ${found.sizeBytes}`;
  return { ...file, path, found: { kind: "damaged", identity: found.identity, reason } };
}

/** The server may delete it while it is looked for. */
function nullWhereGone(error: unknown): null {
  if (error instanceof ShareFileMissing) return null;
  throw error;
}

function folderMissing(cameraId: number, path: string, count: number): Finding {
  const problem = `${count} segments should lie there, and not one of them does.`;
  const remedy = "Bring it back from a copy of the share. Nothing is taken out of the catalog because of it.";
  return { kind: "camera_folder_missing", cameraId, path, problem, remedy, state: "open" };
}
