import { Command } from "commander";
import { NightjarError } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import { SETTINGS } from "../config/settings.ts";
import { programVersion } from "./version.ts";

/** Where data lies when the program is installed; `npm start` says otherwise. */
const INSTALLED_DATA = "/var/lib/nightjar";

const program = new Command("nightjar").description("A network video recorder").version(programVersion());

const serve = program.command("serve").description("Run the recorder: web page, API and one worker for each camera");
for (const setting of SETTINGS) {
  if (setting.flag !== "") serve.option(setting.flag, setting.meaning);
}
serve
  .option("--config <file>", "YAML file with settings")
  .option("--demo", "Add two demo cameras with moving test pictures")
  .action(async (options: Record<string, unknown>) => {
    // Commands are loaded when they are called: a worker must not carry the server's memory.
    const { serve: run } = await import("./serve.ts");
    await run({ options, defaultData: INSTALLED_DATA, demo: options.demo === true });
  });

program
  .command("worker", { hidden: true })
  .description("Serve one camera; started by the server")
  .requiredOption("--settings <file>", "The worker's settings file")
  .requiredOption("--journal <file>", "Its reports")
  .requiredOption("--socket <path>", "The socket the server connects to")
  .requiredOption("--key <file>", "The key file for sealed passwords")
  .action(async (options: { settings: string; journal: string; socket: string; key: string }) => {
    const { runWorker } = await import("./worker.ts");
    await runWorker(options);
  });

program
  .command("version")
  .description("Print the version")
  .action(() => console.log(programVersion()));

try {
  await program.parseAsync(process.argv);
} catch (error) {
  const text =
    error instanceof NightjarError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  console.error(redact(text));
  process.exit(1);
}
