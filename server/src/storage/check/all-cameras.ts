import type { OwnedCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";

const PAGE_SIZE = 500;

/** The cameras of every tenant, removed ones too: their footage stays. */
export async function allCameras(catalog: Catalog): Promise<OwnedCamera[]> {
  const cameras: OwnedCamera[] = [];
  for (const { id } of await catalog.acrossTenants.tenants()) {
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = { limit: PAGE_SIZE, cursor };
      const { items, nextCursor } = await catalog.tenant(id).cameras.list(page, { includeDeleted: true });
      cameras.push(...items);
      cursor = nextCursor;
    }
  }
  return cameras;
}
