import { randomUUID } from "node:crypto";
import { MARKER_FILE, markerText, parseMarker } from "../../footage/volume.ts";
import type { Share } from "./share.ts";
import { shareAddress } from "./share-connection.ts";
import { ShareProblem } from "./share-problem.ts";

/**
 * Id of the volume on the share, which must be `known`; null: not known yet, then it is made, or taken over where footage of an earlier
 * installation lies there. Rejects with `ShareProblem`.
 */
export async function requireShareVolume(share: Share, known: string | null): Promise<string> {
  const found = await readShareMarker(share);
  if (known === null && found === null) return beginShareVolume(share);
  return requireSame(share, known, found);
}

/** Rejects with `ShareProblem` where the share does not answer, or is not the one with the footage. Writes nothing. */
export async function confirmShareVolume(share: Share, known: string | null): Promise<void> {
  requireSame(share, known, await readShareMarker(share));
}

async function readShareMarker(share: Share): Promise<string | null> {
  const text = await share.readText(MARKER_FILE);
  return text === null ? null : parseMarker(text);
}

function requireSame(share: Share, known: string | null, found: string | null): string {
  if (found !== null && (known === null || found === known)) return found;
  const where = shareAddress(share.connection);
  if (found !== null)
    throw new ShareProblem(
      "foreign",
      `${where} is another share than the one with the footage: its ${MARKER_FILE} names ${found}, not ${known}. Nothing is written or deleted there. Bring back the right one; footage is moved by itself then.`,
    );
  const remedy = known === null ? "" : ` Then put ${markerText(known).trim()} into ${MARKER_FILE}.`;
  throw new ShareProblem(
    "marker_missing",
    `${where} is not the share with the footage: its file ${MARKER_FILE} is missing. Nothing is written or deleted there. Is its disk there? Was it emptied on purpose?${remedy}`,
  );
}

async function beginShareVolume(share: Share): Promise<string> {
  const id = randomUUID();
  await share.writeText(MARKER_FILE, markerText(id));
  return id;
}
