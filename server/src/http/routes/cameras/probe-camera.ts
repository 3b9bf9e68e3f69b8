import type { ProbeRequest } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import type { Principal } from "../../../access/principal.ts";
import { invalidField } from "../../field-error.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps, ProbeCommand } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { checkFileUrl } from "./approved-file.ts";
import { mayGetStoredPassword } from "./stored-password.ts";

export function probeCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.probe, async ({ principal, body }) => {
    await checkFileUrl("url", body.url, deps.settings.approvedRoots);
    return deps.probe.probe(await probeCommand(deps, principal, body));
  });
}

async function probeCommand(deps: HttpDeps, principal: Principal, body: ProbeRequest): Promise<ProbeCommand> {
  const { url, transport } = body;
  const given = { url, transport, username: body.username ?? null, password: body.password || null };
  if (body.camera_id === undefined) return given;
  const camera = await cameraOf(deps, principal, body.camera_id);
  const username = body.username === undefined ? camera.username : body.username;
  const passwordWanted = body.password === undefined || body.password === "";
  if (!passwordWanted || camera.passwordSealed === null) return { ...given, username };
  if (!mayGetStoredPassword(camera, url))
    throw invalidField(
      "password",
      `must be given again: the stored one of camera ${camera.id} is only ever sent to that camera's own host`,
    );
  return { ...given, username, password: deps.secretBox.open(camera.passwordSealed) };
}
