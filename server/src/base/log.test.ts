import { describe, expect, it } from "vitest";
import { createLog, type LogLevel } from "./log.ts";
import { redact } from "./redact.ts";

describe("redaction", () => {
  it("masks credentials of URLs and of query parameters, and leaves the rest", () => {
    expect(redact("open rtsp://admin:pa:ss@10.0.0.7/main?x=1 failed")).toBe("open rtsp://***@10.0.0.7/main?x=1 failed");
    expect(redact("rtsp://admin:p@ss@10.0.0.7/")).toBe("rtsp://***@10.0.0.7/");
    expect(redact("http://cam/x?user=a&password=b&token=c'")).toBe("http://cam/x?user=a&password=***&token=***'");
    expect(redact("mail a@b.example, http://cam/@home")).toBe("mail a@b.example, http://cam/@home");
  });
});

describe("the log", () => {
  it.each(["json", "text"] as const)("writes what was said, where, and nothing secret: %s", (format) => {
    const lines: string[] = [];
    const log = createLog({ level: "info", outputs: [{ format, write: (line) => lines.push(line) }] }).named("worker");
    log.debug("not at this level");
    log.warn("away", { url: "rtsp://admin:secret@cam/", error: new Error("at http://u:secret@cam/") });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/nightjar\.worker[\s\S]*away[\s\S]*\n$/);
    expect(lines[0]).not.toContain("secret");
    expect(lines[0]).toContain("rtsp://***@cam/");
  });

  it("follows its level where that changes, in all its parts", () => {
    const lines: string[] = [];
    let level: LogLevel = "warn";
    const output = { format: "json", write: (line: string) => lines.push(line) } as const;
    const log = createLog({ level: () => level, outputs: [output] }).named("worker");
    for (const next of ["warn", "debug", "error"] as const) {
      level = next;
      log.named("ingest").debug(next);
      log.warn(next);
    }
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["warn", "debug", "debug"]);
  });

  it("writes the same lines to all of its outputs, to each in its form", () => {
    const json: string[] = [];
    const text: string[] = [];
    const outputs = [
      { format: "json" as const, write: (line: string) => json.push(line) },
      { format: "text" as const, write: (line: string) => text.push(line) },
    ];
    createLog({ level: "info", outputs }).info("segment closed", { camera_id: 12 });
    expect(JSON.parse(json[0] ?? "")).toMatchObject({
      level: "info",
      name: "nightjar",
      msg: "segment closed",
      camera_id: 12,
    });
    expect(text).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d info {2}nightjar segment closed camera_id=12\n$/)]);
  });
});
