import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inRoot } from "../setup/places.mjs";

/** The user as whom server and workers run. */
export const SERVICE_USER = "nightjar";
export const CONFIG_FILE = "/etc/nightjar/nightjar.yaml";
export const TARGET = "nightjar.target";
export const SERVER = "nightjar.service";

const SOURCES = inRoot("deploy/systemd");
const UNIT_FOLDER = "/etc/systemd/system";
const HARDENING = "@HARDENING@";

/**
 * @typedef {object} Places What the units must know of this machine; absolute paths.
 * @property {string} root the folder of the program
 * @property {string} node the program that runs it
 * @property {string} data
 * @property {string} config
 */

/** @typedef {{ path: string, text: string }} InstalledFile */

/** Of the worker's template, with another name: a unit has one process, and while a worker is replaced there are two. */
const WORKER = "nightjar-worker@.service";
const SUCCESSOR = "nightjar-successor@.service";
/** All units of workers, for systemctl. */
export const WORKER_UNITS = ["nightjar-worker@*.service", "nightjar-successor@*.service"];

/** Where the files of the installation belong, apart from data and settings. */
export const INSTALLED_PATHS = {
  units: [TARGET, SERVER, WORKER, SUCCESSOR].map((name) => join(UNIT_FOLDER, name)),
  rules: "/etc/polkit-1/rules.d/50-nightjar.rules",
};

/** The units of systemd and the rule of polkit as they are written to this machine. @param {Places} places @returns {Promise<InstalledFile[]>} */
export async function installedFiles(places) {
  const hardening = await source("hardening.conf");
  const units = INSTALLED_PATHS.units.map(async (path) => {
    const name = path.slice(UNIT_FOLDER.length + 1);
    const text = (await source(name === SUCCESSOR ? WORKER : name)).replace(HARDENING, hardening.trimEnd());
    return { path, text: filledIn(text, places) };
  });
  return [...(await Promise.all(units)), { path: INSTALLED_PATHS.rules, text: await source("nightjar.rules") }];
}

/** @param {string} text @param {Places} places */
function filledIn(text, { root, node, data, config }) {
  return text
    .replaceAll("@ROOT@", root)
    .replaceAll("@NODE@", node)
    .replaceAll("@DATA@", data)
    .replaceAll("@CONFIG@", config);
}

/** @param {string} name */
function source(name) {
  return readFile(join(SOURCES, name), "utf8");
}
