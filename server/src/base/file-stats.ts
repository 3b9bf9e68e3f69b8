import { lstat as lstatBack, stat as statBack } from "node:fs";
import { promisify } from "node:util";

// Those of `fs/promises` take several times as long. Playlists, and whoever looks for what is to be deleted, look at very many files.

/** As in `fs/promises`. */
export const lstat = promisify(lstatBack);
/** As in `fs/promises`. */
export const stat = promisify(statBack);
