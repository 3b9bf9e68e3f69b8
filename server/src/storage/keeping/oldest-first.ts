import type { Catalog } from "../../catalog/catalog.ts";
import type { PlannedSegment } from "../../footage/deletion-plan.ts";

/** Few first, for whoever needs a handful of many cameras; more with each time. */
const FIRST_ROWS = 16;
const MOST_ROWS_AT_ONCE = 256;

interface Source {
  readonly cameraId: number;
  afterMs: number;
  rowsAtOnce: number;
  waiting: readonly PlannedSegment[];
  next: number;
  exhausted: boolean;
}

/** The segments of cameras in the order in which they began, read a few of each camera at a time: whoever needs ten reads no millions. */
export async function* oldestFirst(
  catalog: Pick<Catalog, "acrossTenants">,
  cameraIds: readonly number[],
  /** Only what begins at this instant or later; all, where nothing is said. */
  from: (cameraId: number) => number = () => Number.MIN_SAFE_INTEGER,
): AsyncGenerator<PlannedSegment> {
  const sources = cameraIds.map(
    (cameraId): Source => ({
      ...{ cameraId, afterMs: from(cameraId) - 1, rowsAtOnce: FIRST_ROWS },
      ...{ waiting: [], next: 0, exhausted: false },
    }),
  );
  await Promise.all(sources.map((source) => refill(catalog, source)));
  for (;;) {
    let oldest: Source | null = null;
    for (const source of sources) {
      const head = source.waiting[source.next];
      if (head !== undefined && head.startMs < (oldest?.waiting[oldest.next]?.startMs ?? Number.POSITIVE_INFINITY))
        oldest = source;
    }
    const segment = oldest?.waiting[oldest.next];
    if (oldest === null || segment === undefined) return;
    yield segment;
    oldest.next += 1;
    if (oldest.next === oldest.waiting.length) await refill(catalog, oldest);
  }
}

async function refill(catalog: Pick<Catalog, "acrossTenants">, source: Source): Promise<void> {
  source.next = 0;
  source.waiting = [];
  if (source.exhausted) return;
  const { cameraId, afterMs, rowsAtOnce: count } = source;
  source.waiting = await catalog.acrossTenants.oldestSegments(cameraId, { afterMs, count });
  source.exhausted = source.waiting.length < count;
  source.rowsAtOnce = Math.min(2 * count, MOST_ROWS_AT_ONCE);
  source.afterMs = source.waiting.at(-1)?.startMs ?? afterMs;
}
