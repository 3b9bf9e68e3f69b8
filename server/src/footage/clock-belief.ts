import { readFile, stat } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { replaceFile } from "../base/replace-file.ts";
import { BELIEVED_AHEAD_MS, type ClockTrust, trustClock } from "../recording/clock-trust.ts";

/** Files that a time service touches while it keeps the clock right: systemd-timesyncd, chrony, ntpd. */
const SIGNS_OF_SYNC = [
  "/run/systemd/timesync/synchronized",
  "/var/lib/chrony/drift",
  "/var/lib/chrony/chrony.drift",
  "/var/lib/ntp/ntp.drift",
  "/var/lib/ntpsec/ntp.drift",
];
/** Less is slewing and the rounding of two clocks read one after the other. */
const STEP_MS = 5000;
/** A belief that moved on by this is written down. */
const KEPT_EVERY_MS = 300_000;

export interface ClockBeliefOptions {
  readonly clock: Clock;
  /** Where the belief is kept over a restart. */
  readonly path: string;
  /** End of the newest footage, for who has no belief yet; 0: there is none. */
  readonly newestMs: number;
  /** What an administrator confirmed last; null: nothing. */
  readonly confirmedMs: () => number | null;
  readonly signsOfSync?: readonly string[];
}

/** Knows whether the clock is believed, so that footage may be deleted by its age; see `trustClock`. Ask it regularly. */
export class ClockBelief {
  readonly #options: ClockBeliefOptions;
  #believedMs: number | null;
  #keptMs: number;
  #offsetMs: number;
  #steppedAtMs: number | null = null;

  private constructor(options: ClockBeliefOptions, believedMs: number | null) {
    this.#options = options;
    this.#believedMs = believedMs;
    this.#keptMs = believedMs ?? 0;
    this.#offsetMs = options.clock.nowMs() - options.clock.monotonicMs();
  }

  /** Goes on from where it was believed last. */
  static async open(options: ClockBeliefOptions): Promise<ClockBelief> {
    const kept = Number((await readFile(options.path, "utf8").catch(() => "")).trim());
    const known = Math.max(Number.isFinite(kept) ? kept : 0, kept > 0 ? 0 : options.newestMs);
    return new ClockBelief(options, known > 0 ? known : null);
  }

  /** Judges the clock as it is now, and remembers it where it is believed. Never rejects. */
  async judge(): Promise<ClockTrust> {
    const { clock, confirmedMs } = this.#options;
    const nowMs = clock.nowMs();
    const offsetMs = nowMs - clock.monotonicMs();
    if (Math.abs(offsetMs - this.#offsetMs) >= STEP_MS) this.#steppedAtMs = clock.monotonicMs();
    this.#offsetMs = offsetMs;
    const trust = trustClock({
      nowMs,
      believedMs: latest(this.#believedMs, confirmedMs()),
      sinceStepMs: this.#steppedAtMs === null ? null : clock.monotonicMs() - this.#steppedAtMs,
      confirmed: await this.#isSynchronised(nowMs),
    });
    if (trust.kind === "believed") await this.#believe(nowMs);
    return trust;
  }

  /** Somebody who must know says that the clock is right now. */
  async confirm(): Promise<void> {
    this.#steppedAtMs = null;
    this.#offsetMs = this.#options.clock.nowMs() - this.#options.clock.monotonicMs();
    this.#keptMs = 0;
    await this.#believe(this.#options.clock.nowMs());
  }

  async #believe(nowMs: number): Promise<void> {
    this.#believedMs = nowMs;
    if (Math.abs(nowMs - this.#keptMs) < KEPT_EVERY_MS) return;
    this.#keptMs = nowMs;
    // Where this fails, the next start asks for a confirmation too early rather than too late.
    await replaceFile(this.#options.path, `${Math.round(nowMs)}\n`).catch(() => {});
  }

  async #isSynchronised(nowMs: number): Promise<boolean> {
    for (const sign of this.#options.signsOfSync ?? SIGNS_OF_SYNC) {
      const found = await stat(sign).catch(() => null);
      if (found !== null && Math.abs(nowMs - found.mtimeMs) <= BELIEVED_AHEAD_MS) return true;
    }
    return false;
  }
}

function latest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
