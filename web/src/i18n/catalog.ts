import type { en } from "./en.ts";

type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** What every language has: the same keys as English. */
export type Catalog = Texts<typeof en>;
