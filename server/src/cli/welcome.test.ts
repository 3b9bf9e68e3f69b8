import { describe, expect, it } from "vitest";
import { loadSettings } from "../config/load-settings.ts";
import type { Settings } from "../config/settings.ts";
import { welcome } from "./welcome.ts";

const settings: Settings = { ...loadSettings({ options: {}, defaultData: "/srv/nightjar", env: {} }), port: 8470 };

describe("what the start prints", () => {
  it("says where the page is and how to reach it from elsewhere", () => {
    const own = welcome(settings, null, false);
    expect(own).toContain("http://127.0.0.1:8470");
    expect(own).toContain("NIGHTJAR_HOST=0.0.0.0");
    expect(welcome({ ...settings, host: "0.0.0.0" }, null, false)).toMatch(
      /localhost:8470[\s\S]*From other machines: /,
    );
    expect(welcome({ ...settings, host: "fd00::7" }, null, false)).toContain("http://[fd00::7]:8470");
    const certificate = { certFile: "/c.pem", keyFile: "/k.pem" };
    expect(welcome({ ...settings, tls: certificate }, null, false)).toContain("https://127.0.0.1:8470");
  });

  it("gives the setup code at the first start, and afterwards says how to sign in", () => {
    expect(welcome(settings, "ABCD-EFGH", true)).toContain("ABCD-EFGH");
    const later = welcome(settings, null, false);
    expect(later).toContain("Sign in");
    expect(later).not.toContain("setup code");
  });
});
