import { codeLines, isTest } from "./source-files.mjs";

const PARTIAL = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fixme|skipIf|runIf|fails)\b/;

/** A test that is left out protects nothing, and one that runs alone leaves out the rest. @type {import("./source-files.mjs").SourceCheck} */
export function wholeTests(files) {
  return files
    .filter(({ path }) => isTest(path))
    .flatMap(({ path, text }) =>
      codeLines(text)
        .filter(({ code }) => PARTIAL.test(code))
        .map(({ number, code }) => `${path}:${number} has ${PARTIAL.exec(code)?.[0]}: every test runs.`),
    );
}
