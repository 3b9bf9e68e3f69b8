import { correctionOf } from "./follow.ts";
import { LiveEdge } from "./live-edge.ts";
import { untilFootage } from "./next-footage.ts";
import { type GroupState, INITIAL_GROUP, type PlayerNotice } from "./player-state.ts";
import type { Speed } from "./speeds.ts";
import { Store } from "./store.ts";
import { WallPlayer } from "./wall-player.ts";
import { WallTime } from "./wall-time.ts";

/** A picture further ahead of the clock than this has come to a gap. */
const GAP_MS = 1000;

/** All wait for one that is loading, but not for ever. */
const PATIENCE_MS = 4000;

/** While nothing plays, a picture nearer than this to the clock is left alone. */
const STANDING_MS = 30;

/** So long after a jump a picture is not made to jump again. */
const JUMP_REST_MS = 2000;

interface Member {
  readonly player: WallPlayer;
  readonly stop: () => void;
  /** Since when the others wait for it, on the page's clock; null: it is ready. */
  waitedForSince: number | null;
  jumpedAt: number;
}

/**
 * Up to four cameras on one wall clock. The first that has footage at the time gives the clock, the others are brought to it; in a gap of
 * one the others go on; in a gap of all the clock jumps over it, or runs through it. With one camera the clock is simply its picture's time.
 */
export class PlayerGroup {
  /** The clock: the time of the pictures, or of the one that is being gone to. */
  readonly wallTime = new WallTime();
  readonly store = new Store<GroupState>(INITIAL_GROUP);
  /** Told by those who know which cameras send, and how their live pictures do. */
  readonly edge = new LiveEdge();
  readonly #members: Member[] = [];
  #leader: Member | null = null;
  /** A moment was asked for, and its pictures are not there yet. */
  #askedMs: number | null = null;
  /** For a camera that comes when those before it had no footage at all. */
  #lastAskedMs: number | null = null;
  #looking: AbortController | undefined;
  #scrubbedWhilePlaying = false;
  #tickedAt = 0;
  #tick: number;

  constructor() {
    this.#tick = requestAnimationFrame(this.#onTick);
  }

  get players(): readonly WallPlayer[] {
    return this.#members.map(({ player }) => player);
  }

  /** Adds a camera at the end, at the time of the clock. Returns the player, and the way to take it out again. */
  attach(video: HTMLVideoElement, cameraId: number): { readonly player: WallPlayer; readonly detach: () => void } {
    const player = new WallPlayer(video, cameraId, {
      onRefused: () => (this.store.value.muted ? this.pause() : this.setMuted(true)),
      onPaused: () => this.pause(),
    });
    const stop = player.store.subscribe(() => this.#settle());
    const member: Member = { player, stop, waitedForSince: null, jumpedAt: Number.NEGATIVE_INFINITY };
    this.#members.push(member);
    player.setSpeed(this.store.value.speed);
    this.#applyWish();
    const ms = this.#askedMs ?? this.wallTime.ms ?? this.#lastAskedMs;
    if (ms !== null) player.open(ms);
    const detach = () => {
      stop();
      player.close();
      this.#members.splice(this.#members.indexOf(member), 1);
      if (this.#leader === member) this.#leader = null;
      this.#applyWish();
    };
    return { player, detach };
  }

  /** Shows a wall time; in a gap of all the next footage. Plays on if it was playing, or if `play`. */
  open(ms: number, play = this.store.value.playing || this.#scrubbedWhilePlaying): void {
    this.#looking?.abort();
    this.#scrubbedWhilePlaying = false;
    this.edge.leave();
    this.store.change({ live: false, playing: play, notice: null, targetMs: ms, scrubMs: null });
    this.#applyWish();
    this.wallTime.set(ms);
    this.#ask(ms, this.#members);
  }

  /**
   * Goes to a moment that must be looked for first, unless a person wants to be elsewhere meanwhile: the latest wish wins. `find` answers null
   * where there is no such moment; it is then told in `notice`. What it throws is thrown.
   */
  async look(
    find: (signal: AbortSignal) => Promise<number | null>,
    { play, notice = null }: { play?: boolean; notice?: PlayerNotice | null } = {},
  ): Promise<void> {
    this.#looking?.abort();
    const looking = new AbortController();
    this.#looking = looking;
    const ms = await find(looking.signal).catch((error: unknown) => {
      if (looking.signal.aborted) return null;
      throw error;
    });
    if (looking.signal.aborted) return;
    if (ms === null) this.notify(notice);
    else this.open(ms, play);
  }

  /** The playhead is held at `ms`: nothing plays, the pictures come with `rest`. */
  scrub(ms: number): void {
    if (this.store.value.playing) this.#scrubbedWhilePlaying = true;
    this.#looking?.abort();
    this.store.change({ live: false, playing: false, scrubMs: ms, resting: false, notice: null });
    this.#applyWish();
    this.wallTime.set(ms);
  }

  /** The hand that holds the playhead rests: the exact pictures are shown. */
  rest(): void {
    const { scrubMs } = this.store.value;
    if (scrubMs === null) return;
    this.store.change({ resting: true });
    for (const { player } of this.#members) player.open(scrubMs);
  }

  play(): void {
    const ms = this.wallTime.ms;
    if (this.store.value.live && ms !== null) {
      this.open(ms, true);
      return;
    }
    this.store.change({ playing: true });
    this.#applyWish();
  }

  /** A live picture stands, until the footage of its moment is there to go on from. */
  pause(): void {
    const { live, playing } = this.store.value;
    this.store.change({ playing: false });
    this.#applyWish();
    if (live && playing) void this.#comeFromLive();
  }

  toggle(): void {
    if (this.store.value.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: Speed): void {
    const ms = this.wallTime.ms;
    this.store.change({ speed });
    for (const { player } of this.#members) player.setSpeed(speed);
    if (this.store.value.live && speed !== 1 && ms !== null) this.open(ms);
  }

  setMuted(muted: boolean): void {
    this.store.change({ muted });
    this.#applyWish();
  }

  setSkipGaps(skipGaps: boolean): void {
    this.store.change({ skipGaps });
  }

  /** Shows the first camera's next or previous frame, the others at its time, and stops there. */
  step(direction: 1 | -1): void {
    this.#looking?.abort();
    const liveMs = this.store.value.live ? this.wallTime.ms : null;
    if (liveMs !== null) this.open(liveMs, false);
    this.pause();
    const [first, ...others] = this.#members;
    first?.player.step(direction);
    const ms = first?.player.wallMs;
    if (ms != null) this.#ask(ms, others);
  }

  /** Moves by seconds of the first camera's footage; gaps do not count. */
  skip(seconds: number): void {
    const { live } = this.store.value;
    if (live && seconds > 0) return;
    const ms = live ? (this.wallTime.ms ?? 0) + seconds * 1000 : this.#members[0]?.player.timeAway(seconds);
    if (ms != null) this.open(ms);
  }

  notify(notice: PlayerNotice | null): void {
    this.store.change({ notice });
  }

  /** A live event says that a camera has footage until `endMs`. */
  noticeFootage(cameraId: number, endMs: number): void {
    for (const { player } of this.#members) if (player.cameraId === cameraId) player.noticeFootage(endMs);
  }

  /** There is no live picture: playback goes on where it was, or follows the newest footage. */
  noticeLiveFailed(): void {
    const ms = this.wallTime.ms;
    const isAtNewest = this.#members.every(({ player }) => player.store.value.phase === "at-newest");
    if (isAtNewest || ms === null) this.store.change({ live: false });
    else this.open(ms);
    this.edge.noticeFailed();
    this.#applyWish();
  }

  /** Shows the cameras as they are now. Answers false where none of them sends pictures. */
  goLive(): boolean {
    if (!this.#members.some(({ player }) => this.edge.isConnected(player.cameraId))) return false;
    this.#looking?.abort();
    this.#askedMs = null;
    this.edge.begin();
    this.#scrubbedWhilePlaying = false;
    this.store.change({ live: true, playing: true, targetMs: null, scrubMs: null, notice: null });
    this.setSpeed(1);
    this.#applyWish();
    return true;
  }

  noticeReconnected(): void {
    for (const { player } of this.#members) player.noticeReconnected();
  }

  close(): void {
    cancelAnimationFrame(this.#tick);
    this.#looking?.abort();
    for (const { stop, player } of this.#members.splice(0)) {
      stop();
      player.close();
    }
  }

  /** Until all pictures are there the clock stands at `ms`. */
  #ask(ms: number, members: readonly Member[]): void {
    // What the players tell meanwhile is not about this moment.
    this.#askedMs = null;
    for (const { player } of members) player.open(ms);
    this.#leader = null;
    this.#askedMs = this.#lastAskedMs = ms;
  }

  #applyWish(): void {
    const { playing, muted, live } = this.store.value;
    for (const [i, { player }] of this.#members.entries())
      player.pace.set({ playing: playing && !live, muted: muted || i > 0 });
  }

  #onTick = (now: number): void => {
    this.#tick = requestAnimationFrame(this.#onTick);
    const passedMs = Math.min(250, now - this.#tickedAt);
    this.#tickedAt = now;
    for (const { player } of this.#members) player.tick();
    if (this.store.value.scrubMs !== null || this.#members.length === 0) return;
    this.#settle();
    if (this.#askedMs !== null) return;
    const { live, playing } = this.store.value;
    if (live) {
      if (playing) this.wallTime.set(this.edge.wallMs ?? this.wallTime.ms);
      return;
    }
    if (this.#comesToNow()) {
      this.goLive();
      return;
    }
    const clockMs = this.wallTime.ms;
    if (clockMs === null) this.wallTime.set(this.#earliest()?.player.wallMs ?? null);
    else if (this.#someWait(now)) this.#holdTheReady();
    else this.#goOn(clockMs, passedMs, now);
  };

  /** Once all pictures of the moment asked for are there, or can not come, the clock goes on from the earliest. */
  #settle(): void {
    const askedMs = this.#askedMs;
    if (askedMs === null || this.#someWait(performance.now())) return;
    const first = this.#earliest();
    this.#askedMs = null;
    this.#leader = first;
    const noticeOf = first?.player.store.value.notice ?? null;
    // That one camera has a gap there is said in its own picture.
    this.store.change({ live: false, targetMs: null, notice: noticeOf });
    this.wallTime.set(first?.player.wallMs ?? null);
  }

  #someWait(now: number): boolean {
    let some = false;
    for (const member of this.#members) {
      const { phase, stalled, targetMs } = member.player.store.value;
      const absent = member.player.store.value.absent && this.#askedMs === null;
      const waits = phase === "loading" || targetMs !== null || (phase === "ready" && stalled);
      member.waitedForSince = waits && !absent ? (member.waitedForSince ?? now) : null;
      const alone = this.#members.length === 1;
      if (member.waitedForSince !== null && (alone || now - member.waitedForSince < PATIENCE_MS)) some = true;
    }
    return some;
  }

  async #comeFromLive(): Promise<void> {
    this.#looking?.abort();
    const looking = new AbortController();
    this.#looking = looking;
    const ms = this.wallTime.ms ?? 0;
    const ids = this.#members.map(({ player }) => player.cameraId);
    await untilFootage(ids, ms, looking.signal);
    if (!looking.signal.aborted) this.#ask(ms, this.#members);
  }

  /** Nothing newer is left to play of any camera, and one of them goes on. */
  #comesToNow(): boolean {
    if (!this.store.value.playing || this.edge.failed) return false;
    const phases = this.#members.map(({ player }) => player.store.value.phase);
    const goesOn = this.#members.some(
      ({ player }, i) => phases[i] === "at-newest" && this.edge.isConnected(player.cameraId),
    );
    return goesOn && phases.every((phase) => phase === "at-newest" || phase === "empty");
  }

  /** Those that could play on wait for the one that cannot. */
  #holdTheReady(): void {
    if (this.#members.length === 1) return;
    for (const { player } of this.#members) player.pace.set({ held: player.isReady });
  }

  #goOn(clockMs: number, passedMs: number, now: number): void {
    const { playing, speed, skipGaps } = this.store.value;
    const crossed = this.#members.filter(({ player }) => player.takeCrossing());
    let leader = this.#leader;
    // In a gap of the one that gives the clock another may have footage.
    if (leader === null || crossed.includes(leader) || !givesClock(leader.player)) leader = this.#earliest();
    this.#leader = leader;
    if (leader === null) return;
    const leaderMs = leader.player.wallMs ?? clockMs;
    const inGap = crossed.includes(leader) || leader.player.store.value.absent;
    let toMs = leaderMs;
    if (inGap && leaderMs > clockMs + GAP_MS) {
      if (skipGaps) this.store.change({ notice: { kind: "gap-skipped", fromMs: clockMs, toMs: leaderMs } });
      else toMs = clockMs + (playing ? passedMs * speed : 0);
    }
    this.wallTime.set(toMs);
    for (const member of this.#members) this.#bring(member, toMs, now, member === leader);
  }

  /** Brings one picture to the clock. */
  #bring(member: Member, clockMs: number, now: number, leads: boolean): void {
    const { player } = member;
    const { phase } = player.store.value;
    const { speed, playing } = this.store.value;
    const aheadMs = (player.wallMs ?? clockMs) - clockMs;
    const absent = aheadMs > GAP_MS || (phase === "at-newest" && aheadMs < -GAP_MS);
    player.setAbsent(absent && (phase === "ready" || phase === "at-newest"));
    const mayJump = now - member.jumpedAt > JUMP_REST_MS;
    if (leads || absent || phase !== "ready" || !playing) {
      player.pace.set({ held: absent, correction: 1 });
      const isOff = !leads && !absent && phase === "ready" && Math.abs(aheadMs) > STANDING_MS;
      if (isOff && mayJump) this.#jump(member, clockMs, now);
      return;
    }
    const correction = correctionOf(aheadMs, speed, player.pace.wanted.held, mayJump);
    player.pace.set({
      held: correction.do === "hold",
      correction: correction.do === "rate" ? correction.factor : 1,
    });
    if (correction.do === "seek") this.#jump(member, clockMs, now);
  }

  #jump(member: Member, ms: number, now: number): void {
    member.jumpedAt = now;
    member.player.open(ms);
  }

  /** The picture with the earliest time of those that can go on; the newest of all when none can. */
  #earliest(): Member | null {
    const timed = this.#members.filter(({ player }) => player.wallMs !== null && isShown(player));
    const byTime = timed.sort((a, b) => (a.player.wallMs ?? 0) - (b.player.wallMs ?? 0));
    const goesOn = byTime.filter(({ player }) => {
      const { phase, notice } = player.store.value;
      return phase === "ready" && notice?.kind !== "no-later-footage";
    });
    return goesOn[0] ?? byTime.at(-1) ?? null;
  }
}

function givesClock({ store }: WallPlayer): boolean {
  return store.value.phase === "ready" && !store.value.absent;
}

function isShown({ store }: WallPlayer): boolean {
  const { phase } = store.value;
  return phase === "ready" || phase === "at-newest";
}
