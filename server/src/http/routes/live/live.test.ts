import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../../base/eventually.contract.ts";
import { headFrame, mediaFrameHeader } from "../../../ipc/live-frames.ts";
import { type Installation, startInstallation } from "../../installation.contract.ts";
import { SESSION_COOKIE } from "../../plugins/authentication.ts";

let installation: Installation;
let cameraId: number;
const sockets = new Set<Socket>();
const fragment = Buffer.concat([mediaFrameHeader("syncFragment", 8), Buffer.from("fragment")]);

/** The worker's end: every connection is shown the same picture. */
const worker = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  const head = { stream: "main", codecs: "avc1.42c01f", width: 640, height: 360, continues: false } as const;
  socket.write(Buffer.concat([headFrame(head), mediaFrameHeader("init", 4), Buffer.from("init"), fragment]));
});

beforeAll(async () => {
  installation = await startInstallation();
  cameraId = await installation.addCamera();
  await new Promise<void>((resolve) => worker.listen(join(installation.folder, `1-${cameraId}.live`), resolve));
});

afterAll(async () => {
  await installation.close();
  for (const socket of sockets) socket.destroy();
  worker.close();
});

const url = (query = "", id = cameraId) => `/api/cameras/${id}/live${query}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function open(path: string, headers: Record<string, string>) {
  const messages: (string | Buffer)[] = [];
  let closeCode = 0;
  const socket = await installation.app.injectWS(
    path,
    { headers: { host: "nvr.example", ...headers } },
    {
      onInit: (made) => {
        made.on("message", (data: Buffer, isBinary: boolean) => messages.push(isBinary ? data : data.toString()));
        made.on("close", (code: number) => {
          closeCode = code;
        });
      },
    },
  );
  return { socket, messages, closeCode: () => closeCode };
}

describe("live over a WebSocket", () => {
  it("is a text that tells of the stream, an init, and a message for each fragment", async () => {
    const { socket, messages } = await open(url("?stream=main"), bearer(installation.admin));
    await eventually(() => expect(messages).toHaveLength(3));
    const [text, init, first] = messages;
    expect(JSON.parse(String(text))).toMatchObject({ codecs: "avc1.42c01f", width: 640, height: 360, stream: "main" });
    expect([init, first].map(String)).toEqual(["init", "fragment"]);
    socket.terminate();
  });

  it("is refused before it begins to whoever may not watch, in the way of every other route", async () => {
    const refused = (path: string, headers: Record<string, string>) =>
      open(path, headers).then(
        () => "opened",
        (error: Error) => error.message,
      );
    const admin = bearer(installation.admin);
    expect(await refused(url(), {})).toMatch(/401/);
    expect(await refused(url("", 999), admin)).toMatch(/404/);
    expect(await refused(url("?stream=third"), admin)).toMatch(/400/);
    const without = bearer(await installation.apiToken(["audit.view"]));
    expect(await refused(url(), without)).toMatch(/403/);
    const cookie = { cookie: `${SESSION_COOKIE}=${installation.admin}` };
    expect(await refused(url(), { ...cookie, origin: "http://evil.example" })).toMatch(/403/);
    expect(await refused(url(), { ...cookie, origin: "http://nvr.example" })).toBe("opened");
    const plain = await installation.call({ url: url() });
    expect(plain.statusCode).toBe(400);
    expect(plain.json().error.message).toMatch(/WebSocket/);
  });

  it("is open to a media token of the camera, and of no other", async () => {
    const issue = async (id: number) => {
      const answer = await installation.call({
        method: "POST",
        url: "/api/auth/media-token",
        payload: { camera_id: id },
      });
      return answer.json().token as string;
    };
    const { socket } = await open(url(`?media_token=${await issue(cameraId)}`), {});
    socket.terminate();
    const other = await issue(await installation.addCamera());
    await expect(open(url(`?media_token=${other}`), {})).rejects.toThrow(/403/);
  });

  it("ends when the viewer has signed out", async () => {
    const token = await installation.tokenFor("guest", "Viewer");
    const { messages, closeCode } = await open(url(), bearer(token));
    await eventually(() => expect(messages).toHaveLength(3));
    await installation.call({ method: "POST", url: "/api/auth/logout", token });
    await eventually(() => {
      installation.clock.advance(5000);
      expect(closeCode()).toBe(4401);
    });
  });
});
