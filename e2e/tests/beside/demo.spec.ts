import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@nightjar/api/client";
import { authRoutes, cameraRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { cameraStatus } from "../../harness/footage-of.ts";
import { ADMIN, freePort, printedSetupCode, STOP_WITHIN_MS } from "../../harness/nightjar.ts";
import { processTree, stillRunning } from "../../harness/processes.ts";
import { waitFor } from "../../harness/wait.ts";

/** Setting up may have to build what is stale; ten seconds count from the address's appearance. */
const SET_UP_WITHIN_MS = 150_000;
const RECORDING_WITHIN_MS = 10_000;

test("npm start -- --demo prints the address and how to sign in, and two cameras record within ten seconds", async () => {
  test.setTimeout(SET_UP_WITHIN_MS + 60_000);
  const folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-"));
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../../setup/start.mjs"), "--demo"], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NIGHTJAR_DATA: folder, NIGHTJAR_PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  try {
    const baseUrl = `http://127.0.0.1:${port}`;
    const onTimeout = () => printed;
    await waitFor("the address", () => printed.includes(`:${port}`), { withinMs: SET_UP_WITHIN_MS, onTimeout });
    const startedMs = performance.now();
    const code = await waitFor("the setup code", () => printedSetupCode(printed), { withinMs: 5000, onTimeout });
    const session = await createClient({ baseUrl })(authRoutes.setup, { body: { setup_code: code, ...ADMIN } });
    const client = createClient({ baseUrl, token: () => session.token });
    const statuses = await waitFor(
      "two cameras to record",
      async () => {
        const { cameras } = await client(cameraRoutes.list, { query: {} });
        const all = await Promise.all(cameras.map(({ id }) => cameraStatus({ client }, id)));
        return all.length === 2 && all.every((status) => status.recording) ? all : undefined;
      },
      { withinMs: RECORDING_WITHIN_MS - (performance.now() - startedMs), onTimeout },
    );
    expect(statuses.filter((status) => status.audio_codec !== null).length).toBe(1);

    const processes = processTree(child.pid ?? -1);
    child.kill("SIGTERM");
    const ended = () => child.exitCode !== null && stillRunning(processes).length === 0;
    await waitFor("everything to end", ended, { withinMs: STOP_WITHIN_MS, onTimeout });
  } finally {
    for (const { pid } of processTree(child.pid ?? -1)) process.kill(pid, "SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
});
