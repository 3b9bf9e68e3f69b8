import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { eventually } from "./eventually.contract.ts";
import { LogFile, type LogFileOptions } from "./log-file.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { testFolder } from "./test-folder.contract.ts";

const folder = testFolder();
let files = 0;

async function newPath(): Promise<string> {
  files += 1;
  await mkdir(join(folder, String(files)));
  return join(folder, String(files), "server.log");
}

function logFile(path: string, options: Partial<LogFileOptions> = {}): LogFile {
  return new LogFile({ path, clock: systemClock, ...options });
}

const line = (number: number) => `{"n":${number},"text":"${"x".repeat(number % 50)}"}\n`;

/** The numbers of the lines, from the oldest file to the newest; throws for a line that is not whole. */
function numbersIn(path: string): number[] {
  const paths = [...Array.from({ length: 60 }, (_, i) => `${path}.${60 - i}`), path].filter((one) => existsSync(one));
  return paths.flatMap((one) =>
    readFileSync(one, "utf8")
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => (JSON.parse(text) as { n: number }).n),
  );
}

const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

describe("a log file", () => {
  it("loses no line of a burst that is many times its limit, and repeats none", async () => {
    const path = await newPath();
    const log = logFile(path, { maxFileBytes: 10_000, keptFiles: 59 });
    for (let n = 0; n < 8000; n++) {
      log.write(line(n));
      // In many batches: what comes at once is written at once.
      if (n % 100 === 0) await log.close();
    }
    await log.close();
    expect(numbersIn(path)).toEqual(from(0, 8000));
    expect((await readdir(join(path, ".."))).length).toBeGreaterThan(10);
  });

  it("never takes more than its bound, and keeps the newest lines", async () => {
    const path = await newPath();
    const log = logFile(path, { maxFileBytes: 10_000, keptFiles: 3 });
    for (let n = 0; n < 3000; n++) {
      log.write(line(n));
      if (n % 20 === 0) await log.close();
    }
    await log.close();
    const names = await readdir(join(path, ".."));
    expect(names.sort()).toEqual(["server.log", "server.log.1", "server.log.2", "server.log.3"]);
    for (const name of names) expect((await stat(join(path, "..", name))).size).toBeLessThanOrEqual(10_000);
    const kept = numbersIn(path);
    expect(kept).toEqual(from(3000 - kept.length, kept.length));
    expect(kept.length).toBeGreaterThan(500);
  });

  it("is put aside once it is old, however small", async () => {
    const path = await newPath();
    const clock = new SimulatedClock(systemClock.nowMs());
    const log = logFile(path, { clock, maxFileAgeMs: 86_400_000 });
    log.write(line(0));
    await log.close();
    clock.advance(90_000_000);
    log.write(line(1));
    await log.close();
    expect(await readFile(`${path}.1`, "utf8")).toBe(line(0));
    expect(await readFile(path, "utf8")).toBe(line(1));
  });

  it("holds only whole lines, none missing in between, whenever its writer is killed", async () => {
    const path = await newPath();
    for (let round = 0; round < 4; round++) {
      const last = numbersIn(path).at(-1) ?? -1;
      const writer = startWriter(path, last + 1);
      await eventually(() => expect(numbersIn(path).at(-1)).toBeGreaterThan(last + 500));
      writer.kill("SIGKILL");
      await once(writer, "exit");
      const kept = numbersIn(path);
      expect(kept).toEqual(from(kept[0] ?? 0, kept.length));
    }
  });

  it("begins a line of its own behind one that a power cut has torn", async () => {
    const path = await newPath();
    await writeFile(path, '{"n":0}\n{"n":');
    const log = logFile(path);
    log.write(line(1));
    log.write(line(2));
    await log.close();
    expect(await readFile(path, "utf8")).toBe(`{"n":0}\n{"n":\n${line(1)}${line(2)}`);
  });

  it("goes on in a new file where somebody else has renamed or removed it", async () => {
    const path = await newPath();
    const log = logFile(path);
    log.write(line(0));
    await log.close();
    await rename(path, `${path}.moved`);
    log.write(line(1));
    await log.close();
    await rm(path);
    log.write(line(2));
    await log.close();
    expect(await readFile(`${path}.moved`, "utf8")).toBe(line(0));
    expect(await readFile(path, "utf8")).toBe(line(2));
  });

  it("loses nothing while two write it, as when one worker takes the place of another", async () => {
    const path = await newPath();
    const both = [0, 1].map(() => logFile(path, { maxFileBytes: 20_000, keptFiles: 59 }));
    for (let n = 0; n < 2000; n++) {
      both[n % 2]?.write(line(n));
      if (n % 20 === 0) await Promise.race(both.map((one) => one.close()));
    }
    await Promise.all(both.map((one) => one.close()));
    expect(numbersIn(path).sort((a, b) => a - b)).toEqual(from(0, 2000));
  });

  it("keeps what cannot be written until it can, and says how many lines were too many", async () => {
    const path = join(folder, "not-there-yet", "server.log");
    const log = logFile(path);
    const long = `${"x".repeat(300_000)}\n`;
    for (let n = 0; n < 5; n++) log.write(long);
    await log.close();
    await mkdir(join(path, ".."));
    log.write(line(7));
    await log.close();
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines.map((text) => text.length)).toEqual([
      300_000,
      300_000,
      300_000,
      line(7).length - 1,
      expect.any(Number),
    ]);
    expect(JSON.parse(lines[4] ?? "")).toMatchObject({ level: "warn", name: "nightjar.log", lines: 2 });
    log.write(line(8));
    await log.close();
    expect((await readFile(path, "utf8")).endsWith(`\n${line(8)}`)).toBe(true);
  });

  it("has the last lines of a process that ends at once", async () => {
    const path = await newPath();
    await appendFile(path, line(0));
    const log = logFile(path);
    for (let n = 1; n < 50; n++) log.write(line(n));
    log.flushNow();
    expect(new Set(numbersIn(path))).toEqual(new Set(from(0, 50)));
    await log.close();
  });
});

/** A process that writes numbered lines, rotating often, until it is killed. */
function startWriter(path: string, first: number) {
  const module = new URL("./log-file.ts", import.meta.url).href;
  const clock = new URL("./clock.ts", import.meta.url).href;
  const script = `
    import { LogFile } from ${JSON.stringify(module)};
    import { systemClock } from ${JSON.stringify(clock)};
    const log = new LogFile({ path: ${JSON.stringify(path)}, clock: systemClock, maxFileBytes: 4000, keptFiles: 59 });
    let n = ${first};
    const more = () => {
      for (let i = 0; i < 7; i++) log.write(JSON.stringify({ n: n++ }) + "\\n");
      void log.close().then(more);
    };
    more();`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return child;
}
