import { open } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../base/make-folder.ts";
import { type Deletion, deletionLine } from "../recording/deletion.ts";
import { ledgerFileName } from "../recording/ledger.ts";
import { syncFolder } from "./segment-file.ts";

/** Writes into a camera's ledger, durably, that segments are gone. Rejects with the system's error. */
export async function writeDeletions(cameraFolder: string, deletions: readonly Deletion[]): Promise<void> {
  const [first] = deletions;
  if (first !== undefined) await appendToLedger(cameraFolder, first.atMs, deletions.map(deletionLine).join(""));
}

/** Appends whole lines to the ledger's file of a day, durably. Rejects with the system's error. */
export async function appendToLedger(cameraFolder: string, atMs: number, lines: string): Promise<void> {
  const folder = join(cameraFolder, "ledger");
  await makeFolder(folder);
  const file = await open(join(folder, ledgerFileName(atMs)), "a");
  try {
    // A crash may have left the last line unfinished; one more end of line does no harm.
    const { size } = await file.stat();
    await file.appendFile(`${size === 0 ? "" : "\n"}${lines}`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder);
}
