// Who may import whom, made from the one list in server/layers.mjs.
import { DOORS, LAYERS } from "./server/layers.mjs";

/** @typedef {import("dependency-cruiser").IForbiddenRuleType} Rule */

const TESTS = "\\.(test|contract)\\.tsx?$";
const folders = (/** @type {readonly { folder: string }[]} */ layers) =>
  `^server/src/(${layers.map((layer) => layer.folder).join("|")})/`;

/** @type {Rule[]} */
const downward = LAYERS.slice(1).map((layer, index) => ({
  name: `${layer.folder}-imports-only-downward`,
  severity: "error",
  comment: "A layer may import the layers below it in server/layers.mjs, never those above.",
  from: { path: folders([layer]) },
  to: { path: folders(LAYERS.slice(0, index + 1)) },
}));

const side = (/** @type {"server" | "worker"} */ name) => folders(LAYERS.filter((layer) => layer.side === name));
/** @type {Rule[]} */
const wall = [
  { name: "wall-server-to-worker", from: side("server"), to: side("worker") },
  { name: "wall-worker-to-server", from: side("worker"), to: side("server") },
].map(({ name, from, to }) => ({
  name,
  severity: "error",
  comment: "Server and worker are two programs: they meet in ipc/, and only cli/ knows both.",
  from: { path: from },
  to: { path: to },
}));

// Tests use the real ffmpeg and friends, which they may have to start.
const TESTS_MAY_USE = new Set(["child-process"]);
/** @type {Rule[]} */
const doors = DOORS.map(({ name, modules, only }) => ({
  name: `door-${name}`,
  severity: "error",
  comment: `Only ${only.join(", ")} may import this; everything else goes through there.`,
  from: {
    path: "^(api|server|web)/src/",
    pathNot: [...only.map((path) => `^${path}`), ...(TESTS_MAY_USE.has(name) ? [TESTS] : [])],
  },
  to: { path: modules },
}));

// Workers are many: each megabyte in one counts as often as there are cameras. Types of the API are erased; its schemas would bring Zod.
const SHARED = folders(LAYERS.filter((layer) => layer.side !== "server" && !["cli", "config"].includes(layer.folder)));
/** @type {Rule} */
const leanWorkers = {
  name: "workers-without-schemas",
  severity: "error",
  comment: "What a worker loads must not load Zod: import types of the API, or values of api/src/causes.ts.",
  from: { path: SHARED, pathNot: TESTS },
  to: {
    path: "^(node_modules/zod/|api/(src|dist)/(?!causes))",
    dependencyTypesNot: ["type-only"],
  },
};

/** @type {Rule[]} */
const between = [
  {
    name: "api-imports-nothing-of-ours",
    from: "^api/",
    to: "^(server|web|e2e|bench|setup)/|@nightjar/",
  },
  { name: "server-imports-only-api", from: "^server/", to: "^(web|e2e|bench|setup)/|@nightjar/(web|e2e|bench)" },
  { name: "web-imports-only-api", from: "^web/", to: "^(server|e2e|bench|setup)/|@nightjar/(server|e2e|bench)" },
  { name: "e2e-imports-only-api", from: "^e2e/", to: "^(server|web|bench|setup)/|@nightjar/(server|web|bench)" },
  { name: "setup-imports-nothing-built", from: "^(setup|deploy)/", to: "^(api|web|e2e|bench|server/src|server/dist)/" },
].map(({ name, from, to }) => ({ name, severity: "error", from: { path: from }, to: { path: to } }));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...downward,
    ...wall,
    ...doors,
    ...between,
    leanWorkers,
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-development-package-in-the-product",
      severity: "error",
      from: { path: "^(api|server|web)/src/", pathNot: TESTS },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-test-imported",
      severity: "error",
      comment: "What two tests share is a module of its own.",
      from: { pathNot: TESTS },
      to: { path: "\\.test\\.tsx?$" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    exclude: { path: "^(server|api|web)/dist/.*\\.tsbuildinfo$" },
    // Types count: what a file has to know about is what it imports, erased or not.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts"],
    },
  },
};
