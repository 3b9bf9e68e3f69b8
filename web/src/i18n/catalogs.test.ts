import { describe, expect, it } from "vitest";
import { de } from "./de.ts";
import { en } from "./en.ts";

type Texts = { readonly [key: string]: string | Texts };

function flat(texts: Texts, path = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[`${path}${key}`, value]] : flat(value, `${path}${key}.`),
  );
}

describe("the catalogs", () => {
  const english = new Map(flat(en));
  const german = new Map(flat(de));

  it("have the same keys, none of them empty", () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [, text] of [...english, ...german]) expect(text.trim()).not.toBe("");
  });

  it("fill in the same values", () => {
    const values = (text: string | undefined) => (text?.match(/{{\w+}}/g) ?? []).sort();
    for (const [key, text] of english) expect([key, values(german.get(key))]).toEqual([key, values(text)]);
  });
});
