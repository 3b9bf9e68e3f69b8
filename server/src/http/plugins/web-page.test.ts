import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "../installation.contract.ts";

const html = { accept: "text/html,application/xhtml+xml" };

describe("the built web page", () => {
  let webFolder: string;
  let installation: Installation;
  beforeAll(async () => {
    webFolder = await mkdtemp(join(tmpdir(), "nightjar-web-"));
    await mkdir(join(webFolder, "assets"));
    await writeFile(join(webFolder, "index.html"), "<!doctype html><title>the page</title>");
    await writeFile(join(webFolder, "assets", "main-4f2a.js"), "export {};");
    await writeFile(join(webFolder, ".hidden"), "hidden");
    installation = await startInstallation({ webFolder });
  });
  afterAll(async () => {
    await installation.close();
    await rm(webFolder, { recursive: true });
  });
  const get = (url: string, headers = {}) => installation.call({ url, headers, token: null });

  it("is served at the root and at its own addresses, and asked for again each time", async () => {
    for (const url of ["/", "/playback?camera=1", "/setup/cameras/3"]) {
      const answer = await get(url, html);
      expect(answer.statusCode, url).toBe(200);
      expect(answer.body).toContain("the page");
      expect(answer.headers["cache-control"]).toBe("no-cache");
    }
  });

  it("lets browsers keep files with a hash in their name", async () => {
    const answer = await get("/assets/main-4f2a.js");
    expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("answers a missing file, a hidden one and one outside with 404, not with the page", async () => {
    for (const url of ["/assets/gone.js", "/.hidden", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd"]) {
      const answer = await get(url);
      expect([400, 403, 404], url).toContain(answer.statusCode);
      expect(answer.body).not.toMatch(/hidden|root:/);
    }
  });

  it("never stands in for the API", async () => {
    const answer = await get("/api/unknown", html);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe("not_found");
  });
});

describe("a web page that is not built", () => {
  it("is replaced by one that says what to run", async () => {
    const installation = await startInstallation();
    const answer = await installation.call({ url: "/", headers: html, token: null });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain("npm run build");
    await installation.close();
  });
});
