import type { StorageSettings } from "@nightjar/api/settings";
import { expect, it } from "vitest";
import { shareChange, shareDraft, shareOf } from "./share-draft.ts";

const STORAGE: StorageSettings = {
  ...{ type: "local", path: "/data", retention: { days: 30, hours: 0, minutes: 0 }, minimum_retention_days: 0 },
  ...{ max_storage_gb: 0, low_space_percent: 10, auto_delete: true, spool_max_gb: 0, nas: null, s3: null, sftp: null },
};

it("a share that was never set begins with the usual port, and saving the folder of this machine sends no share", () => {
  const draft = shareDraft(STORAGE);
  expect(draft.fields.nas.port).toBe("445");
  expect(shareChange(draft)).toEqual({ type: "local", spool_max_gb: 0 });
});

it("what is typed is sent as the server takes it; an empty password leaves the stored one", () => {
  const nas = { host: "nas", port: 445, share: "cctv", path: "", username: "ada", has_password: true };
  const draft = shareDraft({ ...STORAGE, type: "nas", nas });
  const typed = { ...draft, fields: { ...draft.fields, nas: { ...draft.fields.nas, host: " nas2 ", port: "1445" } } };
  const { has_password: _, ...rest } = nas;
  const sent = { ...rest, host: "nas2", port: 1445, password: "" };
  expect(shareOf(typed, "nas")).toEqual({ type: "nas", nas: sent });
  expect(shareChange(typed)).toEqual({ type: "nas", nas: sent, spool_max_gb: 0 });
  expect(shareChange({ ...typed, spoolGb: "" })).toBeNull();
});
