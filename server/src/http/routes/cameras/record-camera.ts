import type { CameraStatus, RecordRequest } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import type { RecordAnswer } from "../../../ipc/messages.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function recordCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.record, async ({ principal, params, body, request }) => {
    const camera = await cameraOf(deps, principal, params.id);
    const answer = await deps.runtime.record(camera.id, { action: body.action, seconds: body.seconds ?? null });
    await deps.access.audit.write({
      tenantId: principal.tenantId,
      actor: principal.username,
      action: `camera.record.${body.action}`,
      object: `camera ${camera.id}`,
      after: { seconds: body.seconds ?? null, kept_seconds: answer.keptSeconds },
      address: request.ip,
    });
    const message = whatWasDone(body, answer, deps.runtime.status(camera.id));
    return { recording: answer.recording, kept_seconds: answer.keptSeconds, message };
  });
}

function whatWasDone({ action, seconds }: RecordRequest, answer: RecordAnswer, status: CameraStatus | null): string {
  switch (action) {
    case "start": {
      const howLong = seconds === undefined ? "until it is stopped" : `for ${seconds} seconds`;
      if (status?.connection === "connected") return `Recording, ${howLong}.`;
      return `Recording is switched on, ${howLong}; it begins when the camera is connected.`;
    }
    case "stop":
      return answer.recording
        ? "Recording by hand has ended; the camera goes on recording by its mode."
        : "Recording by hand has ended.";
    case "keep":
      return whatWasKept(answer.keptSeconds ?? 0, seconds);
  }
}

function whatWasKept(keptSeconds: number, askedSeconds: number | undefined): string {
  const kept = Math.round(keptSeconds * 10) / 10;
  if (kept === 0) return "Nothing was kept: the buffer is empty.";
  if (askedSeconds === undefined || keptSeconds >= askedSeconds) return `The last ${kept} seconds are kept.`;
  return `The last ${kept} seconds are kept: that is all the buffer held of the ${askedSeconds} that were asked for.`;
}
