import { afterEach, describe, expect, it, vi } from "vitest";
import { childEnvironment } from "./child-environment.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the environment of a worker", () => {
  it("has what programs need, and no setting or secret of ours", () => {
    vi.stubEnv("NIGHTJAR_ADMIN_PASSWORD", "secret");
    vi.stubEnv("NIGHTJAR_DATABASE_URL", "postgres://user:secret@host/nightjar");
    vi.stubEnv("TZ", "Europe/Berlin");
    const environment = childEnvironment();
    expect(environment.PATH).toBeTruthy();
    expect(environment.TZ).toBe("Europe/Berlin");
    expect(JSON.stringify(environment)).not.toContain("secret");
  });
});
