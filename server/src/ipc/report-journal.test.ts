import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Report } from "./messages.ts";
import { ReportJournal } from "./report-journal.ts";

const folder = testFolder();
const report = (name: string): Report => ({ kind: "segment_gone", name });
const nameOf = (told: Report) => (told.kind === "segment_gone" ? told.name : told.kind);
const names = (journal: ReportJournal) => journal.waiting.map((one) => `${one.sequence} ${nameOf(one.report)}`);

async function append(journal: ReportJournal, ...given: string[]): Promise<number[]> {
  const appended = given.map((name) => journal.append(report(name)));
  await Promise.all(appended.map((one) => one.written));
  return appended.map((one) => one.numbered.sequence);
}

describe("the report journal", () => {
  it("keeps reports in order, with their numbers, over a restart", async () => {
    const path = join(folder, "order.jsonl");
    const journal = await ReportJournal.open(path);
    expect(await append(journal, "a", "b", "c")).toEqual([1, 2, 3]);
    journal.acknowledge(1);
    expect(names(journal)).toEqual(["2 b", "3 c"]);
    await journal.close();

    const again = await ReportJournal.open(path);
    expect(again.workerUuid).toBe(journal.workerUuid);
    // What was acknowledged may be sent once more; the server knows it by its number.
    expect(names(again)).toEqual(["1 a", "2 b", "3 c"]);
    expect(await append(again, "d")).toEqual([4]);
    await again.close();
  });

  it("drops a last line that a crash has torn, and goes on behind it", async () => {
    const path = join(folder, "torn.jsonl");
    const journal = await ReportJournal.open(path);
    await append(journal, "a");
    await journal.close();
    await appendFile(path, '{"sequence":2,"report":{"kind":"segm');
    const again = await ReportJournal.open(path);
    expect(names(again)).toEqual(["1 a"]);
    expect(await append(again, "b")).toEqual([2]);
    await again.close();
    const third = await ReportJournal.open(path);
    expect(names(third)).toEqual(["1 a", "2 b"]);
    await third.close();
  });

  it("begins anew with another uuid where not even its head was written", async () => {
    const path = join(folder, "no-head.jsonl");
    await writeFile(path, '{"workerUuid":"x');
    const journal = await ReportJournal.open(path);
    expect(names(journal)).toEqual([]);
    expect(await append(journal, "a")).toEqual([1]);
    await journal.close();
  });

  it("cuts what is acknowledged out of the file, and its numbers go on, also over a restart", async () => {
    const path = join(folder, "cut.jsonl");
    const journal = await ReportJournal.open(path);
    const sequences = await append(journal, ...Array.from({ length: 70 }, (_, index) => `s${index}`));
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(72);
    journal.acknowledge(sequences.at(-1) ?? 0);
    await eventually(async () => expect((await readFile(path, "utf8")).trim().split("\n")).toHaveLength(1));
    expect(await append(journal, "after")).toEqual([71]);
    await journal.close();
    const again = await ReportJournal.open(path);
    expect(again.workerUuid).toBe(journal.workerUuid);
    expect(names(again)).toEqual(["71 after"]);
    again.acknowledge(71);
    await again.close();
    const third = await ReportJournal.open(path);
    expect(await append(third, "next")).toEqual([72]);
    await third.close();
  });

  it("never cuts a report that waits", async () => {
    const path = join(folder, "waits.jsonl");
    const journal = await ReportJournal.open(path);
    await append(journal, ...Array.from({ length: 70 }, (_, index) => `s${index}`));
    const late = journal.append(report("late"));
    journal.acknowledge(70);
    await late.written;
    await journal.close();
    const again = await ReportJournal.open(path);
    expect(names(again)).toContain("71 late");
    await again.close();
  });
});
