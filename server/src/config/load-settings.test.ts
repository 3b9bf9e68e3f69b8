import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSettings } from "./load-settings.ts";
import { SETTINGS } from "./settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightjar-settings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly options?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly yaml?: string;
}

function load({ options = {}, env = {}, yaml }: Given) {
  const file = join(folder, "nightjar.yaml");
  if (yaml !== undefined) writeFileSync(file, yaml);
  return loadSettings({ options: yaml === undefined ? options : { ...options, config: file }, env, defaultData: "/d" });
}

/** The lines of the refusal. */
function problems(given: Given): string[] {
  try {
    load(given);
  } catch (error) {
    expect(error).toMatchObject({ name: "NightjarError", code: "invalid_field" });
    return (error as Error).message.split("\n");
  }
  return [];
}

describe("values", () => {
  it("are the defaults where nobody says anything", () => {
    expect(load({})).toEqual({
      data: "/d",
      host: "127.0.0.1",
      port: 8470,
      databaseUrl: "sqlite:/d/catalog.sqlite",
      admin: null,
      tls: null,
      workerBackend: "process",
      thumbnails: true,
      logLevel: "info",
      ffmpeg: "ffmpeg",
      rclone: "rclone",
      run: null,
      trustProxy: false,
    });
  });

  it("come from the command line before the environment before the file", () => {
    const yaml = "port: 1\nhost: file\nlog_level: debug\n";
    const env = { NIGHTJAR_PORT: "2", NIGHTJAR_HOST: "environment" };
    expect(load({ options: { port: "3" }, env, yaml })).toMatchObject({
      port: 3,
      host: "environment",
      logLevel: "debug",
    });
  });

  it("can come from every source for every setting that has it", () => {
    const text: Record<string, string> = {
      port: "80",
      database_url: "postgres://h/n",
      admin_password: "0123456789",
      worker_backend: "systemd",
      log_level: "warn",
      thumbnails: "false",
      trust_proxy: "true",
    };
    for (const { key, env, flag } of SETTINGS) {
      const value = text[key] ?? "/some";
      const pair: Record<string, string> = {
        admin_username: "NIGHTJAR_ADMIN_PASSWORD",
        admin_password: "NIGHTJAR_ADMIN_USERNAME",
        tls_cert: "NIGHTJAR_TLS_KEY",
        tls_key: "NIGHTJAR_TLS_CERT",
      };
      const other = pair[key] === undefined ? {} : { [pair[key]]: "0123456789" };
      const fromEnv = load({ env: { ...other, [env]: value } });
      expect(fromEnv, key).not.toEqual(load({}));
      expect(load({ env: other, yaml: `${key}: ${value}\n` }), key).toEqual(fromEnv);
      if (flag === "") continue;
      const option =
        flag
          .slice(2)
          .split(" ")[0]
          ?.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) ?? "";
      expect(load({ env: other, options: { [option]: flag.includes(" ") ? value : true } }), key).toEqual(fromEnv);
    }
  });

  it("put the default SQLite catalog into the chosen data folder", () => {
    expect(load({ options: { data: "/elsewhere" } }).databaseUrl).toBe("sqlite:/elsewhere/catalog.sqlite");
  });

  it("of the file are taken as written, not as YAML would read them", () => {
    const yaml = "admin_username: 007\nadmin_password: 0123456789.10\n";
    expect(load({ yaml }).admin).toEqual({ username: "007", password: "0123456789.10" });
  });

  it("may be absent from an empty file", () => {
    expect(load({ yaml: "# nothing yet\n" }).port).toBe(8470);
  });
});

describe("paths", () => {
  it("start from the current folder on the command line and in the environment", () => {
    const settings = load({
      options: { data: "footage" },
      env: { NIGHTJAR_FFMPEG: "tools/ffmpeg", NIGHTJAR_RUN: "run", NIGHTJAR_DATABASE_URL: "sqlite:c.sqlite" },
    });
    expect(settings).toMatchObject({
      data: resolve("footage"),
      ffmpeg: resolve("tools/ffmpeg"),
      run: resolve("run"),
      databaseUrl: `sqlite:${resolve("c.sqlite")}`,
    });
  });

  it("start from the file's folder in the file", () => {
    expect(load({ yaml: "tls_cert: a.pem\ntls_key: b.pem\n" }).tls).toEqual({
      certFile: join(folder, "a.pem"),
      keyFile: join(folder, "b.pem"),
    });
  });

  it("are not made of a program's bare name or a PostgreSQL address", () => {
    const env = { NIGHTJAR_FFMPEG: "ffmpeg7", NIGHTJAR_DATABASE_URL: "postgres://u:p@h/n" };
    expect(load({ env })).toMatchObject({ ffmpeg: "ffmpeg7", databaseUrl: "postgres://u:p@h/n" });
  });
});

describe("a refusal names the setting, its source and what would be right", () => {
  it("for a malformed value on the command line", () => {
    expect(problems({ options: { port: "http" } })).toEqual([
      'port (command line, --port) is "http", but must be a number.',
    ]);
  });

  it("for a malformed value in the environment", () => {
    expect(problems({ env: { NIGHTJAR_PORT: "70000" } })).toEqual([
      'port (environment, NIGHTJAR_PORT) is "70000", but must be between 1 and 65535.',
    ]);
  });

  it("for a malformed value in the file, with its line", () => {
    expect(problems({ yaml: "host: ::1\nlog_level: loud\n" })).toEqual([
      `log_level (${folder}/nightjar.yaml:2) is "loud", but must be one of debug, info, warn, error.`,
    ]);
  });

  it("for an empty value", () => {
    expect(problems({ env: { NIGHTJAR_DATA: "" } })).toEqual([
      'data (environment, NIGHTJAR_DATA) is "", but must not be empty.',
    ]);
  });

  it("for an unknown environment variable", () => {
    const [line] = problems({ env: { NIGHTJAR_PROT: "1" } });
    expect(line).toMatch(
      /^NIGHTJAR_PROT \(environment\) is not a setting\. There are NIGHTJAR_DATA, .*NIGHTJAR_PORT, /,
    );
    expect(line).toContain("docs/reference/configuration.md");
  });

  it("for an unknown key in the file", () => {
    const [line] = problems({ yaml: "\nprot: 1\n" });
    expect(line).toContain(`prot (${folder}/nightjar.yaml:2) is not a setting. There are data, host, port, `);
  });

  it("for a value that is none or more than one", () => {
    expect(problems({ yaml: "port:\nhost: [a, b]\n" })).toEqual([
      `port (${folder}/nightjar.yaml:1) must have a single value.`,
      `host (${folder}/nightjar.yaml:2) must have a single value.`,
    ]);
  });

  it("for an administrator's name without a password and the reverse", () => {
    expect(problems({ env: { NIGHTJAR_ADMIN_USERNAME: "admin" } })).toEqual([
      "admin_username (environment, NIGHTJAR_ADMIN_USERNAME) needs admin_password beside it: set NIGHTJAR_ADMIN_PASSWORD too, or neither.",
    ]);
    expect(problems({ env: { NIGHTJAR_ADMIN_PASSWORD: "0123456789" } })).toEqual([
      "admin_password (environment, NIGHTJAR_ADMIN_PASSWORD) needs admin_username beside it: set NIGHTJAR_ADMIN_USERNAME too, or neither.",
    ]);
  });

  it("for a certificate without a key", () => {
    expect(problems({ options: { tlsCert: "a.pem" } })).toEqual([
      "tls_cert (command line, --tls-cert) needs tls_key beside it: set NIGHTJAR_TLS_KEY too, or neither.",
    ]);
  });

  it("for a file that cannot be read", () => {
    const [line] = problems({ env: { NIGHTJAR_CONFIG: join(folder, "absent.yaml") } });
    expect(line).toMatch(/^The configuration file .*absent\.yaml cannot be read: ENOENT/);
  });

  it("for a file that is not YAML, or not a list of settings", () => {
    expect(problems({ yaml: 'host: a\nport: "1\n' })[0]).toMatch(/nightjar\.yaml:\d+:\d+ is not valid YAML/);
    expect(problems({ yaml: "- port\n" })).toEqual([
      `${folder}/nightjar.yaml:1 must hold lines such as \`port: 8470\` and nothing else.`,
    ]);
  });

  it("for everything that is wrong at once", () => {
    expect(problems({ options: { port: "0" }, env: { NIGHTJAR_X: "" }, yaml: "log_level: loud" })).toHaveLength(3);
  });

  it("without ever repeating a secret", () => {
    const secret = "hunter2";
    const cases: Given[] = [
      { env: { NIGHTJAR_ADMIN_USERNAME: "a", NIGHTJAR_ADMIN_PASSWORD: secret } },
      { env: { NIGHTJAR_DATABASE_URL: `mysql://u:${secret}@h` } },
      { yaml: `admin_password: *${secret}\n` },
      { yaml: `admin_password: @${secret}\n` },
      { yaml: `admin_password: [${secret}]\n` },
      { yaml: `admin_password: "${secret}\n` },
      { yaml: `${secret.repeat(3)}\n` },
    ];
    for (const given of cases) {
      const lines = problems(given);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join()).not.toContain(secret);
    }
  });
});
