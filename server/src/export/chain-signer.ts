import { systemErrorCode } from "../base/error.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { StoredSegment } from "../catalog/segments.ts";
import { finalIdentity } from "../footage/final-identity.ts";
import { readHead, withSegment } from "../footage/segment-scan.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { instant } from "../recording/wire.ts";
import type { ExportDeps } from "./ports.ts";

const ROUND_MS = 3_600_000;

/**
 * Signs the newest value of every camera's chain each hour. Whoever replaces footage later, with a chain of his own behind it, would have
 * to have the installation's key too: exports tell what was signed.
 */
export class ChainSigner {
  readonly #deps: Pick<ExportDeps, "catalog" | "clock" | "log" | "segment" | "signingKey">;
  #cancelNext = (): void => {};
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: Pick<ExportDeps, "catalog" | "clock" | "log" | "segment" | "signingKey">) {
    this.#deps = deps;
  }

  /** Signs at once, and from then on each hour. Returns at once. */
  start(): void {
    this.#round = this.#signAll();
  }

  /** Waits for the camera that is being signed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelNext();
    await this.#round;
  }

  /** Never rejects. */
  async #signAll(): Promise<void> {
    const { catalog, clock, log } = this.#deps;
    try {
      for (const { tenantId, id } of await catalog.acrossTenants.allCameras()) {
        if (this.#closed) return;
        const camera = await catalog.tenant(tenantId).cameras.get(id);
        if (camera === undefined) continue;
        await this.#sign(camera).catch((error) =>
          log.warn("a camera's chain could not be signed", { camera_id: id, error }),
        );
      }
    } catch (error) {
      log.warn("the cameras' chains could not be signed", { error });
    }
    if (!this.#closed) this.#cancelNext = clock.after(ROUND_MS, () => this.start());
  }

  async #sign(camera: OwnedCamera): Promise<void> {
    const { catalog, clock, signingKey } = this.#deps;
    const signatures = catalog.chainSignatures(camera);
    const segments = catalog.segments(camera);
    const oldest = await segments.after(Number.MIN_SAFE_INTEGER);
    const newest = await this.#newestClosed(camera);
    if (oldest === undefined || newest === undefined) return;
    await signatures.removeBefore(oldest.startMs);
    const { name, startMs } = newest;
    const known = await signatures.within({ startMs, endMs: startMs + 1 });
    if (known.length > 0) return;
    const chain = await this.#chainOf(camera, newest);
    if (chain === null) return;
    const signedAtMs = clock.nowMs();
    const signature = signingKey.signChain({ uuid: camera.uuid, name, chain, at: instant(signedAtMs) });
    const publicKey = signingKey.publicKey.public_key;
    await signatures.add({ name, startMs, chain, signedAtMs, publicKey, signature });
  }

  async #newestClosed(camera: OwnedCamera): Promise<StoredSegment | undefined> {
    const segments = this.#deps.catalog.segments(camera);
    let newest = await segments.before(Number.MAX_SAFE_INTEGER);
    while (newest?.state === "open") newest = await segments.before(newest.startMs);
    return newest;
  }

  /** What the file says; null: it is gone, or damaged, which is for others to tell. */
  async #chainOf(camera: OwnedCamera, segment: StoredSegment): Promise<string | null> {
    try {
      return await withSegment(this.#deps.segment(camera, segment), async (handle) => {
        const { payloadEndBytes } = await readHead(handle);
        const identity = payloadEndBytes === null ? null : await finalIdentity(handle, payloadEndBytes);
        return identity?.end.chain.value ?? null;
      });
    } catch (error) {
      if (error instanceof MalformedMedia || systemErrorCode(error) === "ENOENT") return null;
      throw error;
    }
  }
}
