export const GRID_SIZES = [1, 4, 9, 16] as const;
export type GridSize = (typeof GRID_SIZES)[number];

/** Which camera is where, row by row; null: an empty place. */
export interface Layout {
  readonly size: GridSize;
  /** null: all cameras in their order, page by page. */
  readonly cameras: readonly (number | null)[] | null;
}

export interface SavedLayout extends Layout {
  readonly name: string;
}

/** What a person's grid looks like in this browser, and the layouts that they have kept. */
export interface LayoutChoice {
  /** null: nobody has chosen yet. */
  readonly current: Layout | null;
  readonly saved: readonly SavedLayout[];
}

export const NO_CHOICE: LayoutChoice = { current: null, saved: [] };

/** The smallest grid that shows so many cameras, or the largest there is. */
export function fittingSize(cameras: number): GridSize {
  return GRID_SIZES.find((size) => size >= cameras) ?? 16;
}

/** Pages that a grid of all cameras has: one at least. */
export function pageCount(cameras: number, size: GridSize): number {
  return Math.max(1, Math.ceil(cameras / size));
}

/** The cameras of the places of a grid, in order: as many as it has. `all`: every camera there is, in order. */
export function placesOf({ size, cameras }: Layout, all: readonly number[], page: number): (number | null)[] {
  const known = new Set(all);
  const shown = cameras ?? all.slice(page * size, (page + 1) * size);
  return Array.from({ length: size }, (_, i) => {
    const camera = shown[i] ?? null;
    return camera !== null && known.has(camera) ? camera : null;
  });
}

/** The layout with another camera in one place; where it was before, the one that stood there goes. */
export function withCameraAt(
  layout: Layout,
  places: readonly (number | null)[],
  at: number,
  camera: number | null,
): Layout {
  const before = places[at] ?? null;
  const cameras = places.map((one, i) => {
    if (i === at) return camera;
    return camera !== null && one === camera ? before : one;
  });
  return { size: layout.size, cameras };
}

/** The same cameras in a grid of another size. */
export function resized({ cameras }: Layout, size: GridSize): Layout {
  return { size, cameras: cameras === null ? null : cameras.slice(0, size) };
}

/** The name of the saved layout that is shown; null where none is. */
export function nameOf(choice: LayoutChoice): string | null {
  const shown = JSON.stringify([choice.current?.size, choice.current?.cameras]);
  return choice.saved.find(({ size, cameras }) => JSON.stringify([size, cameras]) === shown)?.name ?? null;
}

/** What was stored, as far as it makes sense. */
export function parseChoice(text: string | null): LayoutChoice {
  try {
    const stored = JSON.parse(text ?? "null") as Partial<Record<"current" | "saved", unknown>> | null;
    if (stored === null || typeof stored !== "object") return NO_CHOICE;
    const saved = Array.isArray(stored.saved) ? stored.saved.filter(isSaved) : [];
    return { current: isLayout(stored.current) ? stored.current : null, saved };
  } catch {
    return NO_CHOICE;
  }
}

function isLayout(value: unknown): value is Layout {
  if (typeof value !== "object" || value === null) return false;
  const { size, cameras } = value as Partial<Layout>;
  const isList = Array.isArray(cameras) && cameras.every((one) => one === null || Number.isInteger(one));
  return GRID_SIZES.some((known) => known === size) && (cameras === null || isList);
}

function isSaved(value: unknown): value is SavedLayout {
  return isLayout(value) && typeof (value as Partial<SavedLayout>).name === "string";
}
