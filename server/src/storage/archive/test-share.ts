import { randomBytes } from "node:crypto";
import type { ShareTestResult } from "@nightjar/api/share";
import type { Share } from "./share.ts";
import { shareAddress } from "./share-connection.ts";
import { ShareProblem } from "./share-problem.ts";

/** Large enough that a share which only makes names is found out. */
const TEST_BYTES = 64 * 1024;

/** Writes, reads back and deletes a file. Rejects only with defects. */
export async function testShare(share: Share): Promise<ShareTestResult> {
  const name = `.nightjar-test-${randomBytes(6).toString("hex")}`;
  try {
    const text = randomBytes(TEST_BYTES / 2).toString("hex");
    await share.writeText(name, text);
    const read = await share.readText(name);
    await share.remove(name);
    if (read !== text)
      throw new ShareProblem(
        "failed",
        `${shareAddress(share.connection)} does not give back what was written to it. Check its disk.`,
      );
    const space = await share.space();
    const freePercent = space === null ? null : Math.round((space.freeBytes / space.sizeBytes) * 1000) / 10;
    return { ok: true, problem: null, free_percent: freePercent };
  } catch (error) {
    if (!(error instanceof ShareProblem)) throw error;
    return { ok: false, problem: { kind: error.kind, message: error.message }, free_percent: null };
  }
}
