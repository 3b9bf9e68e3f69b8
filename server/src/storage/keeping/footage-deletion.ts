import { NightjarError } from "../../base/error.ts";
import type { StoredCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { DeleteAnswer, DeleteCommand } from "../../ipc/messages.ts";
import type { IdleCameraFootage, IdleDeletion } from "../idle-camera-footage.ts";

/** So many are asked for at once: an answer must not take long. */
const NAMES_AT_ONCE = 20;

/** The workers, as far as deleting goes. */
export interface DeletingWorkers {
  /** Whether a worker serves the camera, or will. */
  hasWorker(cameraId: number): boolean;
  /** null: it does not answer. */
  deleteByWorker(cameraId: number, command: DeleteCommand): Promise<DeleteAnswer | null>;
}

export interface FootageDeletionOptions {
  readonly catalog: Catalog;
  readonly workers: DeletingWorkers;
  readonly idle: IdleCameraFootage;
  /** Deletes what lies on the network share; null: nothing does. */
  readonly onShare: IdleCameraFootage | null;
}

/** Has segments deleted by whoever may: the camera's worker or, where there is none, the server. */
export class FootageDeletion {
  readonly #options: FootageDeletionOptions;

  constructor(options: FootageDeletionOptions) {
    this.#options = options;
  }

  /** Answers what is gone, with its rows, and what stays. Throws `worker_unavailable` where the worker does not answer, `unavailable` where deleting fails. */
  async delete(deletion: IdleDeletion, command: DeleteCommand): Promise<Omit<DeleteAnswer, "problem">> {
    const deleted: DeleteAnswer["deleted"][number][] = [];
    const refused: DeleteAnswer["refused"][number][] = [];
    for (let at = 0; at < command.names.length; at += NAMES_AT_ONCE) {
      const { disk, share } = await this.#placed(deletion.camera, command.names.slice(at, at + NAMES_AT_ONCE));
      const { onShare } = this.#options;
      for (const answer of [
        disk.length === 0 ? null : await this.#some(deletion, { ...command, names: disk }),
        share.length === 0 || onShare === null ? null : await onShare.delete(deletion, { ...command, names: share }),
      ]) {
        if (answer === null) continue;
        deleted.push(...answer.deleted);
        refused.push(...answer.refused);
        if (answer.problem !== null) throw new NightjarError("unavailable", answer.problem);
      }
    }
    return { deleted, moved: [], refused };
  }

  async #placed(camera: StoredCamera, names: readonly string[]): Promise<{ disk: string[]; share: string[] }> {
    const { acrossTenants } = this.#options.catalog;
    const disk: string[] = [];
    const share: string[] = [];
    for (const name of names) {
      const row = await acrossTenants.segment(camera.id, name);
      (row?.onShare === true ? share : disk).push(name);
    }
    return { disk, share };
  }

  async #some(deletion: IdleDeletion, command: DeleteCommand): Promise<DeleteAnswer> {
    const { workers, idle, catalog } = this.#options;
    const { camera } = deletion;
    if (!workers.hasWorker(camera.id)) return idle.delete(deletion, command);
    const answer = await workers.deleteByWorker(camera.id, command);
    if (answer === null) throw unavailable(camera);
    // Its reports tell the same, a moment later: who asked must see it gone now.
    for (const one of answer.deleted) await catalog.acrossTenants.takeDeletion(camera.id, one);
    for (const { name, reason } of answer.refused) {
      if (reason === "missing") await catalog.acrossTenants.takeGone(camera.id, name);
    }
    return answer;
  }
}

function unavailable({ id }: StoredCamera): NightjarError {
  return new NightjarError(
    "worker_unavailable",
    `The worker of camera ${id}, which alone deletes its footage, does not answer. Try again in a few seconds.`,
  );
}
