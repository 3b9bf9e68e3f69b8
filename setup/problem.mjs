/** A reason to stop that a person can act on: it is printed without a stack trace. */
export class Problem extends Error {}

/**
 * Runs a command of the set-up; the process ends with the answered code, or with 1 after a problem has been printed.
 * @param {() => Promise<number>} command
 */
export async function runCommand(command) {
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
