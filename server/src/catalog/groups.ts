import { NightjarError } from "../base/error.ts";
import { isUniqueViolation } from "./database-error.ts";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import type { TenantHandle } from "./tenant-handle.ts";

export interface StoredGroup {
  readonly id: number;
  readonly name: string;
}

/** The camera groups of one tenant. A name in use throws `conflict`. */
export interface GroupQueries {
  /** By id. */
  list(page: PageRequest): Promise<Page<StoredGroup>>;
  create(name: string): Promise<StoredGroup>;
  /** undefined: no such group. */
  rename(id: number, name: string): Promise<StoredGroup | undefined>;
  /** Its cameras stay, without a group. false: no such group. */
  remove(id: number): Promise<boolean>;
}

/** The group queries of a tenant. */
export function groupQueries(handle: TenantHandle): GroupQueries {
  return {
    async list(page) {
      const rows = await handle
        .select("camera_groups")
        .select(["id", "name"])
        .where("id", ">", cursorPosition(page) ?? 0)
        .orderBy("id")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows, page, (group) => group.id);
    },
    create: (name) =>
      nameInUse(name, handle.insert("camera_groups", { name }).returning(["id", "name"]).executeTakeFirstOrThrow()),
    rename: (id, name) =>
      nameInUse(
        name,
        handle.update("camera_groups").set({ name }).where("id", "=", id).returning(["id", "name"]).executeTakeFirst(),
      ),
    async remove(id) {
      const removed = await handle.delete("camera_groups").where("id", "=", id).executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
  };
}

/** Says a refused name in words. */
async function nameInUse<T>(name: string, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new NightjarError("conflict", `There is a group named ${name} already; choose another name.`, { cause });
  }
}
