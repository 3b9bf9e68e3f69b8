import { describe, expect, it } from "vitest";
import { missingNumbers, storageChanges, storageDraft } from "./storage-draft.ts";

const BEFORE = storageDraft({
  type: "local",
  path: "/srv/recordings",
  retention: { days: 30, hours: 0, minutes: 0 },
  minimum_retention_days: 0,
  max_storage_gb: 0,
  low_space_percent: 10,
  auto_delete: true,
});

describe("what was changed of the limits", () => {
  it("is nothing where all is as it was, and else only what is another", () => {
    expect(storageChanges(BEFORE, { ...BEFORE })).toEqual({});
    const after = { ...BEFORE, max_storage_gb: 500, auto_delete: false, path: " /mnt/footage " };
    expect(storageChanges(BEFORE, after)).toEqual({ max_storage_gb: 500, auto_delete: false, path: "/mnt/footage" });
  });

  it("has the retention whole: a part alone would leave the others as somebody else may have set them meanwhile", () => {
    expect(storageChanges(BEFORE, { ...BEFORE, hours: 12 })).toEqual({
      retention: { days: 30, hours: 12, minutes: 0 },
    });
  });

  it("names numbers that are missing", () => {
    expect(missingNumbers(BEFORE)).toEqual([]);
    expect(missingNumbers({ ...BEFORE, days: "", low_space_percent: "" })).toEqual(["days", "low_space_percent"]);
  });
});
