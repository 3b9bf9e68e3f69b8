// Writes the pages and pictures that are made from the code; with --check it only says which are out of date.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { tsImport } from "tsx/esm/api";
import { LAYERS } from "../server/layers.mjs";
import { layerPicture, withPicture } from "./layer-picture.mjs";
import { inRoot } from "./places.mjs";
import { configurationPage, errorsPage, permissionsPage } from "./reference-pages.mjs";

/** @param {string} path relative to the root */
const load = (path) => tsImport(`../${path}`, import.meta.url);

const { SETTINGS } = await load("server/src/config/settings.ts");
const { ERRORS } = await load("api/src/error.ts");
const { PERMISSIONS } = await load("api/src/permission.ts");
const routes = Object.values(await load("api/src/routes.ts")).flatMap((group) => Object.values(group));
const architecture = await readFile(inRoot("ARCHITECTURE.md"), "utf8");

const pages = {
  "docs/reference/configuration.md": configurationPage(SETTINGS),
  "docs/reference/errors.md": errorsPage(ERRORS),
  "docs/reference/permissions.md": permissionsPage(PERMISSIONS, routes),
  "ARCHITECTURE.md": withPicture(architecture, layerPicture(LAYERS)),
};

for (const [path, text] of Object.entries(pages)) {
  const present = await readFile(inRoot(path), "utf8").catch(() => "");
  if (present === text) continue;
  if (process.argv.includes("--check")) {
    console.log(`${path} is out of date: run \`npm run reference\` and commit the result.`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(inRoot(path)), { recursive: true });
  await writeFile(inRoot(path), text);
  console.log(`Wrote ${path}`);
}
