import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { readPicture } from "../rig/picture.ts";
import type { Shown } from "./player.ts";
import { waitFor } from "./wait.ts";

const HLS = join(import.meta.dirname, "../../node_modules/hls.js/dist/hls.min.js");

const READY_SECONDS = 4;
const READY_WITHIN_MS = 30_000;

/** What a page with only a `<video>` and hls.js plays. */
export interface HlsPage {
  readonly video: Locator;
  /** What it shows now, and the wall time that the playlist gives that moment, when a second of the player is `speed` seconds. */
  shown(speed?: number): Promise<Shown>;
  /** Errors after which hls.js did not go on, by their names. */
  fatalErrors(): Promise<readonly string[]>;
}

interface PlayingWindow {
  readonly Hls: new (
    config: object,
  ) => {
    loadSource(url: string): void;
    attachMedia(video: HTMLVideoElement): void;
    on(event: string, listener: (name: string, data: { fatal: boolean; details: string }) => void): void;
    readonly levels: readonly { details?: { fragments: readonly PlacedFragment[] } }[];
  };
  playing: InstanceType<PlayingWindow["Hls"]>;
  fatalErrors: string[];
}

interface PlacedFragment {
  readonly start: number;
  readonly duration: number;
  readonly programDateTime: number | null;
}

/** Plays a playlist of the server in a page that is signed in; the page's context must be one with `bypassCSP`. */
export async function playHls(page: Page, baseUrl: string, playlistPath: string): Promise<HlsPage> {
  await page.goto(`${baseUrl}/api/health`);
  await page.addScriptTag({ path: HLS });
  await page.evaluate((url) => {
    const own = window as unknown as PlayingWindow;
    document.body.innerHTML = "<video muted width='640'></video>";
    const video = document.querySelector("video");
    if (video === null) return;
    own.fatalErrors = [];
    own.playing = new own.Hls({ maxBufferLength: 20, enableWorker: false, startPosition: 0 });
    own.playing.on("hlsError", (_, data) => {
      if (data.fatal) own.fatalErrors.push(data.details);
    });
    own.playing.attachMedia(video);
    own.playing.loadSource(url);
  }, playlistPath);
  const video = page.locator("video");
  // With some seconds ready, playing on is a matter of decoding alone.
  const isReady = () =>
    video.evaluate((element: HTMLVideoElement, seconds) => {
      const { buffered, duration } = element;
      const ready = buffered.length > 0 && buffered.end(0) >= Math.min(seconds, duration - 0.5);
      if (ready) void element.play();
      return ready;
    }, READY_SECONDS);
  await waitFor("the player to have something to play", isReady, { withinMs: READY_WITHIN_MS });
  const fragments = () =>
    page.evaluate(() =>
      ((window as unknown as PlayingWindow).playing.levels[0]?.details?.fragments ?? []).map(
        ({ start, duration, programDateTime }) => ({ start, duration, programDateTime }),
      ),
    );
  return {
    video,
    async shown(speed = 1) {
      const picture = await readPicture(video);
      const placed = (await fragments()).findLast((fragment) => fragment.start <= picture.currentTime + 0.001);
      const insideMs = (picture.currentTime - (placed?.start ?? 0)) * 1000 * speed;
      return { ...picture, wallMs: (placed?.programDateTime ?? 0) + insideMs };
    },
    fatalErrors: () => page.evaluate(() => (window as unknown as PlayingWindow).fatalErrors),
  };
}
