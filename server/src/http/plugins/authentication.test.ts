import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpApp } from "../app.ts";
import { type Installation, NOW_MS, PASSWORD, startInstallation } from "../installation.contract.ts";

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.close());

const login = (headers: Record<string, string> = {}, password = PASSWORD) =>
  installation.call({
    method: "POST",
    url: "/api/auth/login",
    payload: { username: "ada", password },
    headers,
    token: null,
  });
const cookieOf = (answer: LightMyRequestResponse) => String(answer.headers["set-cookie"]);
const withCookie = async () => ({ cookie: cookieOf(await login()).split(";")[0] ?? "" });

describe("signing in", () => {
  it("gives a token, and a cookie that scripts and other sites cannot use", async () => {
    const answer = await login();
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      token: expect.any(String),
      user: { username: "ada", tenant: { id: 1, name: "Default" }, role: "Administrator" },
    });
    const cookie = cookieOf(answer);
    expect(cookie).toMatch(/^nightjar_session=.*; Path=\/; HttpOnly; SameSite=Strict$/);
    const me = await installation.call({ url: "/api/auth/me", token: null, headers: await withCookie() });
    expect(me.json().username).toBe("ada");
  });

  it("marks the cookie Secure behind a trusted proxy that speaks https, and only there", async () => {
    const payload = { username: "ada", password: PASSWORD };
    const headers = { "x-forwarded-proto": "https" };
    const trusting = createHttpApp({
      ...installation.deps,
      settings: { ...installation.deps.settings, trustProxy: true },
    });
    const through = await trusting.inject({ method: "POST", url: "/api/auth/login", payload, headers });
    expect(cookieOf(through)).toContain("; Secure");
    expect(cookieOf(await login(headers))).not.toContain("Secure");
    await trusting.close();
  });

  it("ends with signing out: the cookie is cleared and worth nothing", async () => {
    const headers = await withCookie();
    const out = await installation.call({ method: "POST", url: "/api/auth/logout", token: null, headers });
    expect(out.statusCode).toBe(204);
    expect(cookieOf(out)).toMatch(/^nightjar_session=;.*Expires=Thu, 01 Jan 1970/);
    const me = await installation.call({ url: "/api/auth/me", token: null, headers });
    expect(me.statusCode).toBe(401);
  });

  it("with a wrong password says so, and after too many attempts when to try again", async () => {
    const other = await startInstallation();
    const attempt = () =>
      other.call({
        method: "POST",
        url: "/api/auth/login",
        payload: { username: "ada", password: "wrong" },
        token: null,
      });
    expect((await attempt()).json().error.code).toBe("login_failed");
    let answer = await attempt();
    for (let i = 0; i < 100 && answer.statusCode === 401; i++) answer = await attempt();
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    await other.close();
  });
});

describe("a change asked for by a page of another origin", () => {
  const create = async (headers: Record<string, string>) =>
    installation.call({
      method: "POST",
      url: "/api/groups",
      payload: { name: `group ${Math.random()}` },
      token: null,
      headers: { ...(await withCookie()), host: "nvr.example:8470", ...headers },
    });

  it.each([
    [{ origin: "http://evil.example" }],
    [{ origin: "http://nvr.example" }],
    [{ origin: "null" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site", origin: "http://nvr.example:8470" }],
  ])("is refused with the cookie: %j", async (headers: Record<string, string>) => {
    const answer = await create(headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error.code).toBe("cross_origin");
  });

  it.each([[{ origin: "http://nvr.example:8470" }], [{ "sec-fetch-site": "same-origin" }], [{}]])(
    "passes from the page itself or a script: %j",
    async (headers: Record<string, string>) => {
      expect((await create(headers)).statusCode).toBe(201);
    },
  );

  it("cannot sign a browser in", async () => {
    expect((await login({ origin: "http://evil.example" })).json().error.code).toBe("cross_origin");
  });

  it("is nothing a bearer token has to fear", async () => {
    const headers = { origin: "http://tool.example" };
    const answer = await installation.call({ method: "POST", url: "/api/groups", payload: { name: "Yard" }, headers });
    expect(answer.statusCode).toBe(201);
  });
});

describe("a media token", () => {
  it("opens the media of its camera only, and only in the address", async () => {
    const cameraId = await installation.addCamera();
    const otherId = await installation.addCamera();
    const name = await installation.addSegment(cameraId, NOW_MS - 60_000, 4000);
    const otherName = await installation.addSegment(otherId, NOW_MS - 60_000, 4000);
    const issued = await installation.call({
      method: "POST",
      url: "/api/auth/media-token",
      payload: { camera_id: cameraId },
    });
    expect(issued.statusCode).toBe(201);
    const { token } = issued.json();
    const get = (url: string) => installation.call({ url: `${url}media_token=${token}`, token: null });
    const file = (id: number, segment: string) => `/api/recordings/segment/${id}/${segment}?`;
    expect((await get(file(cameraId, name))).statusCode).toBe(200);
    expect((await get(file(otherId, otherName))).statusCode).toBe(403);
    expect((await get(`/api/cameras/${cameraId}?`)).statusCode).toBe(401);
    const listed = await installation.call({ url: "/api/cameras", token });
    expect(listed.statusCode).toBe(401);
    const span = "start=2026-04-09T14:00:00Z&end=2026-04-09T14:29:50Z";
    const playlist = await get(`/api/recordings/playlist.m3u8?camera_id=${cameraId}&${span}&`);
    expect(playlist.statusCode).toBe(200);
    expect(playlist.body).toContain(`segment/${cameraId}/${name}?media_token=${token}\n`);
    expect(playlist.body).toContain(`/init?media_token=${token}"`);
    const session = await installation.call({
      url: `${file(cameraId, name)}media_token=${installation.admin}`,
      token: null,
    });
    expect(session.statusCode).toBe(401);
  });
});

describe("what belongs to another tenant", () => {
  it("does not exist, except for a platform administrator who says that he acts there", async () => {
    const second = await installation.addTenant();
    const theirs = await installation.addCamera(second);
    const stranger = await installation.tokenFor("bob", "Administrator", second);
    const mine = await installation.addCamera();
    const get = (id: number, more = {}) => installation.call({ url: `/api/cameras/${id}`, ...more });
    expect((await get(mine, { token: stranger })).statusCode).toBe(404);
    expect((await get(theirs, { token: stranger })).statusCode).toBe(200);
    expect((await get(theirs)).statusCode).toBe(404);
    expect((await get(theirs, { headers: { "x-tenant-id": "2" } })).statusCode).toBe(200);
    expect((await get(mine, { token: stranger, headers: { "x-tenant-id": "1" } })).statusCode).toBe(404);
    expect((await get(mine, { headers: { "x-tenant-id": "one" } })).statusCode).toBe(400);
    const urls = ["segments", "days", "timeline", "playlist.m3u8"].map(
      (what) =>
        `/api/recordings/${what}?camera_id=${theirs}&month=2026-04&start=2026-04-09T00:00:00Z&end=2026-04-10T00:00:00Z`,
    );
    for (const url of urls) expect((await installation.call({ url })).statusCode, url).toBe(404);
    for (const method of ["PATCH", "DELETE"] as const) {
      const answer = await installation.call({ method, url: `/api/cameras/${theirs}`, payload: {} });
      expect(answer.statusCode).toBe(404);
    }
  });
});

describe("an address that keeps showing invalid tokens", () => {
  it("is told to wait", async () => {
    const other = await startInstallation();
    let answer = await other.call({ url: "/api/auth/me", token: "invented" });
    for (let i = 0; i < 400 && answer.statusCode === 401; i++)
      answer = await other.call({ url: "/api/auth/me", token: "invented" });
    expect(answer.statusCode).toBe(429);
    expect((await other.call({ url: "/api/auth/me" })).statusCode).toBe(200);
    await other.close();
  });
});
