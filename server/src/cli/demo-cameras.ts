import type { CameraInput } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { DEFAULT_TENANT_ID } from "../catalog/tenants.ts";

const DEMO: readonly { readonly name: string; readonly url: string }[] = [
  { name: "Demo: yard (with sound)", url: "pattern:clock?size=1280x720&fps=15&sound=1" },
  { name: "Demo: door", url: "pattern:clock?size=640x360&fps=15" },
];

/** Adds the demo cameras that are not there yet. */
export async function addDemoCameras(catalog: Catalog): Promise<void> {
  const { cameras } = catalog.tenant(DEFAULT_TENANT_ID);
  const present = new Set((await cameras.list({ limit: 1000 })).items.map((camera) => camera.streams.main.url));
  for (const { name, url } of DEMO) {
    if (!present.has(url)) await cameras.create(demoCamera(name, url));
  }
}

function demoCamera(name: string, url: string): CameraInput {
  return {
    name,
    groupId: null,
    enabled: true,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    streams: { main: { url }, sub: null },
    username: null,
    passwordSealed: null,
    transport: "tcp",
    // Short segments, so that a first look shows how they follow one another.
    recording: { segment_seconds: 60 },
    audio: null,
  };
}
