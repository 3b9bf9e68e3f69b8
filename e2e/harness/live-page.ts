import { expect, type Locator, type Page } from "@playwright/test";
import { frameDueMs } from "../rig/cameras.ts";
import { readPicture } from "../rig/picture.ts";
import type { Scene } from "../rig/scene.ts";
import { signInPage } from "./pages.ts";
import { waitFor } from "./wait.ts";

/** From opening the page to a picture, on a machine that records and runs the browser too. */
const PICTURE_WITHIN_MS = 15_000;

export interface FilmedScene {
  readonly scene: Scene;
  readonly epochMs: number;
}

/** The Live page as a person sees it. */
export class LivePage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(page: Page, baseUrl: string, search = ""): Promise<LivePage> {
    await signInPage(page, baseUrl);
    await page.goto(`${baseUrl}/live${search}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    return new LivePage(page);
  }

  tile(cameraId: number): Locator {
    return this.page.locator(`[data-tile="${cameraId}"]`);
  }

  video(cameraId: number): Locator {
    return this.tile(cameraId).getByTestId("live-video");
  }

  /** Waits for a picture of `filmed` that is no older than said; answers how old it is. */
  async waitForLive(cameraId: number, filmed: FilmedScene, mostMs: number): Promise<number> {
    const onTimeout = async () => `The tile is ${await this.tile(cameraId).getAttribute("data-phase")}`;
    return waitForPictureOf(this.video(cameraId), filmed, mostMs, onTimeout);
  }
}

/** How old the picture of a video is, milliseconds; undefined while it shows none of `filmed`. */
export async function pictureAgeMs(video: Locator, filmed: FilmedScene): Promise<number | undefined> {
  const beforeMs = Date.now();
  const { mark } = await readPicture(video);
  const nowMs = (beforeMs + Date.now()) / 2;
  return mark?.scene === filmed.scene.id ? nowMs - frameDueMs(filmed, mark.number, nowMs) : undefined;
}

/** Waits until a video shows a picture of `filmed` that is no older than said; answers how old it is. */
export async function waitForPictureOf(
  video: Locator,
  filmed: FilmedScene,
  mostMs: number,
  onTimeout: () => Promise<string> = async () => "",
): Promise<number> {
  let last: number | undefined;
  const probe = async () => {
    last = await pictureAgeMs(video, filmed);
    return last !== undefined && last <= mostMs ? last : undefined;
  };
  return waitFor(`a picture of at most ${mostMs} ms ago`, probe, {
    withinMs: PICTURE_WITHIN_MS,
    onTimeout: async () => `It shows one of ${last} ms ago. ${await onTimeout()}`,
  });
}
