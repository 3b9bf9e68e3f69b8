import { NightjarError } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import { sourceStack } from "../base/source-stack.ts";

try {
  // A worker carries nothing of what the other commands need: there are many of them.
  if (process.argv[2] === "worker") await (await import("./worker.ts")).runWorker(process.argv.slice(3));
  else await (await import("./program.ts")).runProgram(process.argv);
} catch (error) {
  const text =
    error instanceof NightjarError ? error.message : error instanceof Error ? sourceStack(error) : String(error);
  console.error(redact(text));
  process.exit(1);
}
