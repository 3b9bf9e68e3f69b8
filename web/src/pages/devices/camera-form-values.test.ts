import { CameraCreate, CameraPatch } from "@nightjar/api/camera";
import { describe, expect, it } from "vitest";
import {
  cameraCreateOf,
  formValuesOf,
  generalPatchOf,
  judgeUrl,
  splitCredentials,
  streamsPatchOf,
} from "./camera-form-values.ts";

const VALUES = { ...formValuesOf(null, ""), name: " Door ", url: "rtsp://10.0.0.7/main" };

describe("the camera form", () => {
  it("makes bodies that the contract accepts", () => {
    expect(CameraCreate.safeParse(cameraCreateOf(VALUES, null)).success).toBe(true);
    const filled = { ...VALUES, username: "viewer", password: "secret", mode: "disabled", audio: "off" } as const;
    expect(CameraCreate.parse(cameraCreateOf(filled, 3))).toMatchObject({
      name: "Door",
      group_id: 3,
      password: "secret",
    });
    expect(CameraPatch.safeParse(generalPatchOf(filled, 3)).success).toBe(true);
    expect(CameraPatch.safeParse(streamsPatchOf(filled)).success).toBe(true);
    expect(streamsPatchOf({ ...filled, subUrl: " rtsp://10.0.0.7/sub " }).streams).toEqual({
      main: { url: "rtsp://10.0.0.7/main" },
      sub: { url: "rtsp://10.0.0.7/sub" },
    });
  });

  it("keeps a stored password when none is typed and clears it with the user name", () => {
    expect(streamsPatchOf({ ...VALUES, username: "viewer" }).password).toBe("");
    expect(streamsPatchOf(VALUES).password).toBeNull();
  });

  it("moves pasted credentials out of the address", () => {
    expect(splitCredentials("rtsp://viewer:p%40ss@10.0.0.7:554/main?x=1@2")).toEqual({
      url: "rtsp://10.0.0.7:554/main?x=1@2",
      username: "viewer",
      password: "p@ss",
    });
    expect(splitCredentials("rtsp://10.0.0.7/main")).toBeNull();
    expect(splitCredentials("rtsp://")).toBeNull();
  });

  it("tries an address only when it may be whole", () => {
    const verdicts = ["", "rt", "rtsp://", "rtsp://10.0.0.7", "pattern:clock", "ftp://x/y", "rtsp:/"].map(judgeUrl);
    expect(verdicts).toEqual(["empty", "incomplete", "incomplete", "complete", "complete", "wrong", "incomplete"]);
  });
});
