// npm run bench [-- names…]: runs the named benchmarks, or all; see README.md beside this file.
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join, relative } from "node:path";
import { type Benchmark, type Measurement, summarize } from "./benchmark.ts";
import { catalog } from "./catalog.ts";
import { exporting } from "./export.ts";
import { kill } from "./kill.ts";
import { live } from "./live.ts";
import { lostFrames } from "./lost-frames.ts";
import { playback } from "./playback.ts";
import { recording } from "./recording.ts";
import { start } from "./start.ts";

const BENCHMARKS: readonly Benchmark[] = [recording, lostFrames, kill, start, live, playback, exporting, catalog];
const RESULTS = join(import.meta.dirname, "results");

process.exitCode = await main(process.argv.slice(2));

/** 0: all within their budgets; 1: not; 2: there is no such benchmark. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(", ")}. There are:`);
    for (const { name, about } of BENCHMARKS) console.error(`  ${name}  ${about}`);
    return 2;
  }
  const results: { name: string; about: string; measurements: readonly Measurement[] }[] = [];
  for (const { name, about, run } of asked(names)) {
    console.log(`${name}: ${about}`);
    const measurements = await run((text) => console.log(`  … ${text}`));
    console.log(`\n${table(measurements)}\n`);
    results.push({ name, about, measurements });
  }
  const file = await save(results);
  console.log(`Written to ${relative(process.cwd(), file)}`);
  const all = results.flatMap((result) => result.measurements);
  return all.every((measurement) => summarize(measurement).withinBudget !== false) ? 0 : 1;
}

/** Those of the names and what belongs to them, or all; each once. */
function asked(names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return BENCHMARKS;
  const named = BENCHMARKS.filter(({ name }) => names.includes(name));
  const wanted = new Set(named.flatMap(({ name, runsWith = [] }) => [name, ...runsWith]));
  return BENCHMARKS.filter(({ name }) => wanted.has(name));
}

function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { n, median, least, greatest, withinBudget } = summarize(measurement);
    const verdict = { true: "ok", false: "OVER", null: "" }[String(withinBudget) as "true" | "false" | "null"];
    const budget = measurement.budget === null ? "" : `≤ ${measurement.budget}`;
    const spread = `${shown(least)}…${shown(greatest)}`;
    return [measurement.what, String(n), shown(median), spread, measurement.unit, budget, verdict];
  });
  const lines = [["", "n", "median", "spread", "unit", "budget", ""], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

async function save(benchmarks: readonly { name: string; measurements: readonly Measurement[] }[]): Promise<string> {
  const date = new Date().toISOString();
  const machine = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memory_bytes: totalmem(),
    node: process.version,
  };
  const withSummaries = benchmarks.map((benchmark) => ({
    ...benchmark,
    measurements: benchmark.measurements.map((one) => ({ ...one, ...summarize(one) })),
  }));
  const file = join(RESULTS, `${date.slice(0, 19).replace("T", "_").replaceAll(":", "-")}.json`);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(file, `${JSON.stringify({ date, machine, benchmarks: withSummaries }, null, 2)}\n`);
  return file;
}
