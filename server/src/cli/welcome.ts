import { networkInterfaces } from "node:os";
import type { Settings } from "../config/settings.ts";

const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

/** What the start prints: where the page is, how to sign in, how to reach it from elsewhere. */
export function welcome(settings: Settings, setupCode: string | null, setupRequired: boolean): string {
  const scheme = settings.tls === null ? "http" : "https";
  const address = (host: string): string => `${scheme}://${host.includes(":") ? `[${host}]` : host}:${settings.port}`;
  const everywhere = ANY_ADDRESS.has(settings.host);
  const own = address(everywhere ? "localhost" : settings.host);
  const lines = ["", `Nightjar is running:  ${own}`, ""];
  if (setupCode !== null) {
    lines.push(`First start: open the page and make the first administrator with the setup code  ${setupCode}`);
  } else if (!setupRequired) {
    lines.push("Sign in with your user name and password.");
  }
  lines.push(
    everywhere
      ? `From other machines:  ${lanAddresses().map(address).join("  ") || "no network address found"}`
      : elsewhere(settings),
    "",
  );
  return lines.join("\n");
}

function elsewhere(settings: Settings): string {
  return settings.host === "127.0.0.1" || settings.host === "localhost" || settings.host === "::1"
    ? "Only this machine can reach it. For others too, start it with NIGHTJAR_HOST=0.0.0.0 (and a certificate: NIGHTJAR_TLS_CERT, NIGHTJAR_TLS_KEY)."
    : `From other machines it is reached at the same address.`;
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => !entry.internal && entry.family === "IPv4")
    .map((entry) => entry.address);
}
