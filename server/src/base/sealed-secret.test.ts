import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSecretBox } from "./sealed-secret.ts";
import { testFolder } from "./test-folder.contract.ts";

const folder = testFolder();

describe("a sealed secret", () => {
  it("opens with the same key file only, and never looks the same twice", async () => {
    const box = await openSecretBox(join(folder, "key"));
    const same = await openSecretBox(join(folder, "key"));
    const other = await openSecretBox(join(folder, "other"));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (plain) => {
        const sealed = box.seal(plain);
        expect(same.open(sealed)).toBe(plain);
        expect(box.seal(plain)).not.toBe(sealed);
        expect(() => other.open(sealed)).toThrow(/key file/);
      }),
    );
    expect((await stat(join(folder, "key"))).mode & 0o777).toBe(0o600);
  });

  it("that was changed or cut does not open", async () => {
    const box = await openSecretBox(join(folder, "key"));
    const sealed = Buffer.from(box.seal("a password"), "base64");
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box.open(changed.toString("base64"))).toThrow(/key file/);
      expect(() => box.open(sealed.subarray(0, at).toString("base64"))).toThrow(/key file/);
    }
  });

  it("is not made with a key file that is none", async () => {
    await writeFile(join(folder, "damaged"), "not a key");
    await expect(openSecretBox(join(folder, "damaged"))).rejects.toMatchObject({ code: "internal" });
    expect(await readFile(join(folder, "damaged"), "utf8")).toBe("not a key");
  });
});
