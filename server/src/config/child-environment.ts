/** What a worker needs of the environment. Nothing of ours is passed on: settings, passwords among them, are not its business. */
const PASSED_ON = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_RUNTIME_DIR"];

/** glibc keeps an arena for each thread; a worker and its ffmpeg do with one, which saves each some megabytes. */
const SET = { MALLOC_ARENA_MAX: "1" };

/** The environment of worker processes. */
export function childEnvironment(): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name] ?? ""]],
  );
  return { ...Object.fromEntries(passed), ...SET };
}
