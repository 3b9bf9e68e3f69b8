import { expect, expectTypeOf, it } from "vitest";
import type { StoredCamera } from "./cameras.ts";
import type { Catalog } from "./catalog.ts";
import type { TenantHandle, TenantTable } from "./tenant-handle.ts";

it("every table that has a tenant is reached through the tenant's handle, and no other table is", () => {
  expectTypeOf<TenantTable>().toEqualTypeOf<
    | "users"
    | "sessions"
    | "api_tokens"
    | "camera_groups"
    | "cameras"
    | "schedules"
    | "locks"
    | "alerts"
    | "audit"
    | "exports"
  >();
  expectTypeOf<Parameters<TenantHandle["select"]>[0]>().toEqualTypeOf<TenantTable>();
});

it("a camera that no tenant has looked up does not open the way to segments", () => {
  const wrong = (catalog: Catalog, camera: StoredCamera) =>
    // @ts-expect-error: only a tenant's query makes an OwnedCamera.
    catalog.segments(camera);
  expect(wrong).toBeTypeOf("function");
});
