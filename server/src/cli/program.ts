import { Command } from "commander";
import { errorMessage } from "../base/error.ts";
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
    // Commands are loaded when they are called.
    const { serve: run } = await import("./serve.ts");
    await run({ options, defaultData: INSTALLED_DATA, demo: options.demo === true });
  });

const check = program
  .command("check")
  .description(
    "Compare the catalog with the recorded files; exit code 0: all is well, 1: something is not, 2: it could not look",
  )
  .option("--fix", "Put right what can be; the server must be stopped")
  .option("--deep", "Read all footage and compare its hashes")
  .action((options: Record<string, unknown>) =>
    endWith(async () => {
      const { check: run } = await import("./check.ts");
      return run({ options, defaultData: INSTALLED_DATA });
    }),
  );

const reindex = program
  .command("reindex")
  .description("Make the catalog again from the recorded files; the server must be stopped; exit codes as of check")
  .action((options: Record<string, unknown>) =>
    endWith(async () => {
      const { runReindex } = await import("./reindex.ts");
      return runReindex({ options, defaultData: INSTALLED_DATA });
    }),
  );

for (const command of [check, reindex]) {
  command.option("--json", "Print for machines").option("--config <file>", "YAML file with settings");
  for (const { key, flag, meaning } of SETTINGS) {
    if (key === "data" || key === "database_url") command.option(flag, meaning);
  }
}

program
  .command("verify")
  .description(
    "Verify an export without access to the installation; exit code 0: it is intact, 1: it is not, 2: it could not be read",
  )
  .argument("<folder|zip>", "The folder of the export, or its ZIP")
  .option("--key <fingerprint>", "Also require that this key has signed it; the installation shows its fingerprint")
  .option("--json", "Print for machines")
  .action((path: string, options: Record<string, unknown>) =>
    endWith(async () => {
      const { verify } = await import("./verify.ts");
      const key = typeof options.key === "string" ? options.key : undefined;
      return verify({ path, key, json: options.json === true });
    }),
  );

program
  .command("version")
  .description("Print the version")
  .action(() => console.log(programVersion()));

/** Ends the program with what `work` answers; with 2 where it failed, which is neither a good nor a bad answer. */
async function endWith(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(redact(errorMessage(error)));
    process.exitCode = 2;
  }
}

/** Runs what the command line asks for. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  await program.parseAsync(argv);
}
