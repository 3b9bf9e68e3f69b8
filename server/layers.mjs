// The layers of server/src, top to bottom: the one list from which the import rules (.dependency-cruiser.mjs) and the picture in
// ARCHITECTURE.md are made. A folder may import folders below it, never above, and nothing crosses the wall except `cli/`.

/** @typedef {{ folder: string, holds: string, side: "server" | "worker" | "both" }} Layer */

/** @type {readonly Layer[]} */
export const LAYERS = [
  { folder: "cli", side: "both", holds: "one file per command; wires everything" },
  { folder: "http", side: "server", holds: "the Fastify app: plugins/, routes/<resource>/" },
  {
    folder: "live",
    side: "server",
    holds: "live pictures from the workers to those who watch: shared, queued, converted",
  },
  {
    folder: "manager",
    side: "server",
    holds: "one worker per camera: wanted against running, restart, reports taken in",
  },
  {
    folder: "storage",
    side: "server",
    holds:
      "keeping/ limits, forecast, dry runs; places/; archive/ the network share; check/ compares catalog and files, reindex/ makes it from them",
  },
  {
    folder: "export",
    side: "server",
    holds: "footage taken out as files: the queue, the plan, making and checking them",
  },
  { folder: "evidence", side: "server", holds: "manifest, signature, and what verifies an export anywhere" },
  { folder: "access", side: "server", holds: "users, sessions, tokens, permissions, tenants, audit" },
  {
    folder: "catalog",
    side: "server",
    holds: "the database: schema, migrations/, dialects/, one file of queries per noun",
  },
  { folder: "worker", side: "worker", holds: "one camera: ingest, what is recorded, segment writer, ledger, status" },
  {
    folder: "footage",
    side: "both",
    holds: "segment files: the hybrid MP4, index, chain, reading, repair, deleting; volumes",
  },
  { folder: "ffmpeg", side: "both", holds: "argument builders (pure), one supervised process, probe" },
  { folder: "ipc", side: "both", holds: "the messages between server and worker, the channel, the journal" },
  {
    folder: "recording",
    side: "both",
    holds: "pure nouns: segment name, wall clock, schedule, decision, ledger, timeline, days, playlist",
  },
  { folder: "config", side: "both", holds: "the schema, the loader, the only reader of the environment" },
  { folder: "media", side: "both", holds: "isobmff/, h264/, h265/, codec names: bytes in, values out. Pure" },
  { folder: "base", side: "both", holds: "clock, units, errors, log, sealed secrets" },
];

/** One door for each outside thing: the module pattern and the folders (from the repository's root) that may import it. */
export const DOORS = [
  {
    name: "fastify",
    modules: "^node_modules/(fastify|@fastify|fastify-type-provider-zod)",
    only: ["server/src/http/"],
  },
  { name: "database", modules: "^node_modules/(kysely|pg|@photostructure/sqlite)", only: ["server/src/catalog/"] },
  {
    name: "child-process",
    modules: "^(node:)?child_process$|^node_modules/execa/",
    only: ["server/src/ffmpeg/", "server/src/manager/", "server/src/storage/archive/"],
  },
];
