import { expect, it } from "vitest";
import { PIPE_ARGUMENTS, readStream, runProgram } from "../made-footage.contract.ts";
import { shownAspect } from "./shown-aspect.ts";

it.each([
  ["160x120", "1", 4 / 3],
  ["176x144", "16/11", 16 / 9],
])("a picture of %s with pixels of %s is shown in its own shape", async (size, pixelAspect, shown) => {
  const bytes = await runProgram("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=10:duration=1,setsar=${pixelAspect}`],
    ...["-c:v", "libx264", "-preset", "ultrafast", ...PIPE_ARGUMENTS, "pipe:1"],
  ]);
  expect(shownAspect(readStream(bytes).init)).toBeCloseTo(shown, 3);
});
