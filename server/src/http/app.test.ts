import { connect } from "node:net";
import { ErrorBody } from "@nightjar/api/error";
import type { RouteContract } from "@nightjar/api/route";
import * as contracts from "@nightjar/api/routes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpApp } from "./app.ts";
import { type Installation, startInstallation } from "./installation.contract.ts";

const ALL: readonly RouteContract[] = Object.values(contracts).flatMap((group) => Object.values(group));

/** The address of a route with parameters that pass its validation. */
function address(contract: RouteContract): string {
  const path = contract.path.replace(":camera_id", "1").replace(":id", "1").replace(":name", "2026-04-09_14-30-00.mp4");
  return `${path}?camera_id=1&month=2026-04&start=2026-04-09T14:00:00Z&end=2026-04-09T15:00:00Z`;
}

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.close());

describe("every route of the contract", () => {
  it.each(ALL)("$method $path is served", async (contract) => {
    expect(installation.app.hasRoute({ method: contract.method, url: contract.path })).toBe(true);
  });

  it.each(ALL.filter((c) => c.access !== "public"))("$method $path refuses who is not signed in", async (contract) => {
    const answer = await installation.call({ method: contract.method, url: address(contract), token: null });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error: { code: "unauthenticated" } });
  });

  it.each(ALL.filter((c) => c.access !== "public"))("$method $path refuses an invented token", async (contract) => {
    const answer = await installation.call({ method: contract.method, url: address(contract), token: "invented" });
    expect(answer.statusCode).toBe(401);
  });

  it.each(ALL.filter((c) => c.access !== "public" && c.access !== "signed-in"))(
    "$method $path refuses who lacks the permission $access",
    async (contract) => {
      const token = await installation.apiToken(["audit.view"]);
      const answer = await installation.call({ method: contract.method, url: address(contract), token });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ error: { code: "forbidden", details: { permission: contract.access } } });
    },
  );

  it("is in the OpenAPI document, with its permission and its errors", async () => {
    const answer = await installation.call({ url: "/api/openapi.json", token: null });
    const { paths, components } = answer.json();
    for (const contract of ALL) {
      const path = contract.path.replace(/:(\w+)/g, "{$1}");
      const operation = paths[path]?.[contract.method.toLowerCase()];
      expect(operation, `${contract.method} ${path}`).toBeDefined();
      if (contract.access !== "public" && contract.access !== "signed-in")
        expect(operation.description).toContain(contract.access);
      expect(operation.responses).toHaveProperty("default");
    }
    expect(components.schemas).toHaveProperty("Camera");
    expect(components.schemas).toHaveProperty("Error");
  });
});

describe("a route without a contract", () => {
  it("stops the start", async () => {
    const app = createHttpApp(installation.deps);
    expect(() => app.get("/api/backdoor", async () => "open")).toThrow(/has no contract/);
    await app.close();
  });

  it("stops the start inside a plugin too", async () => {
    const app = createHttpApp(installation.deps);
    app.register(async (scope) => {
      scope.get("/backdoor", async () => "open");
    });
    await expect(app.ready()).rejects.toThrow(/has no contract/);
    await app.close();
  });
});

describe("what cannot be read is refused with a clear error", () => {
  const json = { "content-type": "application/json" };
  const send = (payload: string | Buffer, headers: Record<string, string> = json) =>
    installation.call({ method: "POST", url: "/api/groups", payload, headers });

  it.each([
    ["malformed JSON", '{"name":', json, 400, "bad_request"],
    [
      "another content type",
      "name=x",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "unsupported_media_type",
    ],
    ["plain text", "hello", { "content-type": "text/plain" }, 415, "unsupported_media_type"],
    ["a body over the limit", JSON.stringify({ name: "x".repeat(1_100_000) }), json, 413, "body_too_large"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), json, 400, "bad_request"],
    ["a NUL character", '{"name":"a\\u0000b"}', json, 400, "bad_request"],
    ["half a surrogate pair", '{"name":"a\\ud800b"}', json, 400, "bad_request"],
    ["a very deep body", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, json, 400, "invalid_field"],
    ["a missing body", "", json, 400, "invalid_field"],
    ["a missing field", "{}", json, 400, "invalid_field"],
    ["a wrong type", '{"name":7}', json, 400, "invalid_field"],
    ["an unknown field", '{"name":"x","colour":"red"}', json, 400, "invalid_field"],
    ["a key of the object prototype", '{"name":"x","__proto__":{"a":1}}', json, 400, "invalid_field"],
  ])("%s", async (_, payload, headers, status, code) => {
    const answer = await send(payload, headers);
    expect(answer.statusCode).toBe(status);
    expect(ErrorBody.parse(answer.json()).error.code).toBe(code);
    const groups = await installation.deps.catalog.tenant(1).groups.list({ limit: 10 });
    expect(groups.items).toEqual([]);
  });

  it("the fields are named", async () => {
    const answer = await send('{"name":"x","colour":"red"}');
    expect(answer.json().error.details).toEqual({ fields: [{ field: "colour", message: "is not a known field" }] });
    const wrong = await installation.call({ url: "/api/cameras?limit=many" });
    expect(wrong.json().error.details.fields[0].field).toBe("limit");
  });

  it.each([
    ["an unknown route", "GET", "/api/nothing", 404, "not_found"],
    ["an unknown method", "DELETE", "/api/health", 405, "method_not_allowed"],
    ["a broken escape", "GET", "/api/cameras/%zz", 400, "bad_request"],
    ["an overlong parameter", "GET", `/api/cameras/${"1".repeat(3000)}`, 400, undefined],
    ["an overlong address", "GET", `/api/cameras?cursor=${"1".repeat(9000)}`, 400, "bad_request"],
    ["an id that is not a number", "GET", "/api/cameras/door", 400, "invalid_field"],
    ["an id with NUL", "GET", "/api/cameras/1%00", 400, "invalid_field"],
    ["an unknown id", "GET", "/api/cameras/4711", 404, "not_found"],
    ["ten thousand ids", "GET", `/api/recordings/segments?${"camera_id=1&".repeat(600)}`, 400, "invalid_field"],
  ] as const)("%s", async (_, method, url, status, code) => {
    const answer = await installation.call({ method, url });
    expect(answer.statusCode, answer.body).toBe(status);
    if (code !== undefined) expect(ErrorBody.parse(answer.json()).error.code).toBe(code);
  });

  it("says which methods are possible", async () => {
    const answer = await installation.call({ method: "PUT", url: "/api/cameras/1" });
    expect(answer.headers.allow).toBe("DELETE, GET, PATCH");
  });

  it("what is not HTTP, and headers that are too long, on the wire; the server goes on", async () => {
    await installation.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = new URL(installation.app.listeningOrigin);
    const raw = (text: string) =>
      new Promise<string>((resolve, reject) => {
        let received = "";
        const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
        socket.setEncoding("utf8").on("data", (part) => {
          received += part;
        });
        socket.once("close", () => resolve(received)).once("error", reject);
      });
    expect(await raw("this is not HTTP\r\n\r\n")).toMatch(/^HTTP\/1.1 400 .*bad_request/s);
    const long = `GET /api/health HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(40_000)}\r\n\r\n`;
    expect(await raw(long)).toMatch(/^HTTP\/1.1 400 .*too long/s);
    expect((await installation.call({ url: "/api/health" })).statusCode).toBe(200);
  });
});

describe("a defect", () => {
  it("is answered with the request id, and told only to the log", async () => {
    const broken = createHttpApp({
      ...installation.deps,
      runtime: {
        ...installation.deps.runtime,
        status() {
          throw new Error("the secret cause rtsp://viewer:hunter2@10.0.0.7/main");
        },
      },
    });
    const id = await installation.addCamera();
    const headers = { authorization: `Bearer ${installation.admin}` };
    const answer = await broken.inject({ url: `/api/cameras/${id}/status`, headers });
    expect(answer.statusCode).toBe(500);
    const { error } = ErrorBody.parse(answer.json());
    expect(error.code).toBe("internal");
    expect(answer.body).not.toMatch(/secret|stack|\.ts/);
    const line = installation
      .logged()
      .split("\n")
      .find((l) => l.includes(String(error.details?.request_id)));
    expect(line).toContain("the secret cause");
    expect(line).not.toContain("hunter2");
    await broken.close();
  });
});

describe("security headers", () => {
  it("are on pages, answers and errors", async () => {
    for (const url of ["/", "/api/health", "/api/cameras/4711", "/api/nothing"]) {
      const { headers } = await installation.call({ url });
      const policy = String(headers["content-security-policy"]);
      expect(policy, url).toContain("frame-ancestors 'none'");
      expect(policy).toMatch(/script-src 'self';/);
      expect(policy).toContain("media-src 'self' blob:");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("same-origin");
      expect(headers).not.toHaveProperty("strict-transport-security");
    }
  });

  it("let the documentation's page load nothing from elsewhere", async () => {
    const page = await installation.call({ url: "/api/docs/" });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
    expect(page.headers["content-security-policy"]).not.toContain("http");
    expect(page.body).not.toMatch(/(src|href)="https?:/);
  });
});

describe("health", () => {
  it("is ok, degraded or down, and needs nobody signed in", async () => {
    const ask = () => installation.call({ url: "/api/health", token: null });
    expect((await ask()).json()).toEqual({
      status: "ok",
      version: "0.1.0-test",
      checks: [{ name: "catalog", ok: true, detail: "answers" }],
    });
  });

  it("is 503 only without something essential", async () => {
    let ok = false;
    const check = (name: string, essential: boolean) => ({
      name,
      essential,
      check: async () => ({ ok, detail: ok ? "is there" : "is away" }),
    });
    const answers = async (essential: boolean) => {
      const app = createHttpApp({ ...installation.deps, healthChecks: [check("storage", essential)] });
      const answer = await app.inject({ url: "/api/health" });
      await app.close();
      return [answer.statusCode, answer.json().status, answer.json().checks[1]?.detail];
    };
    expect(await answers(true)).toEqual([503, "down", "is away"]);
    expect(await answers(false)).toEqual([200, "degraded", "is away"]);
    ok = true;
    expect(await answers(true)).toEqual([200, "ok", "is there"]);
  });
});
