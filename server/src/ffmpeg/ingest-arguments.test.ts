import { describe, expect, it } from "vitest";
import { PIPE_ARGUMENTS } from "../media/made-footage.contract.ts";
import { ingestArguments } from "./ingest-arguments.ts";
import { sourceInput } from "./source.ts";

const camera = sourceInput({ url: "rtsp://10.0.0.7/main", username: null, password: null, transport: "tcp" });
const pattern = sourceInput({ url: "pattern:clock?sound=1", username: null, password: null, transport: "tcp" });
describe("the arguments of a worker's ffmpeg", () => {
  it("write the pipe as the footage of the tests is written", () => {
    expect(ingestArguments(camera, "copy").slice(-PIPE_ARGUMENTS.length - 1)).toEqual([...PIPE_ARGUMENTS, "pipe:1"]);
  });

  it("copy the camera's picture, and encode only one that is made here", () => {
    expect(ingestArguments(camera, "none").join(" ")).toContain("-map 0:v:0 -c:v copy -an");
    expect(ingestArguments(pattern, "none").join(" ")).toContain("-map 0:v:0 -c:v libx264");
  });

  it("pass sound through, or encode it at 48 kHz", () => {
    expect(ingestArguments(camera, "copy").join(" ")).toContain("-map 0:a:0? -c:a copy -max");
    expect(ingestArguments(camera, "copyAac").join(" ")).toContain("-map 0:a:0? -c:a copy -bsf:a aac_adtstoasc -max");
    expect(ingestArguments(camera, "aac").join(" ")).toContain(
      "-map 0:a:0? -c:a aac -aac_coder fast -b:a 128k -ar 48000",
    );
    // The tone of a test picture is raw sound: there is nothing to pass through.
    expect(ingestArguments(pattern, "copyAac").join(" ")).toContain("-map 1:a:0 -c:a aac");
  });
});
