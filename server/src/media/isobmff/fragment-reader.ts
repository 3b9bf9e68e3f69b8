import { MalformedMedia } from "../malformed-media.ts";
import { boxBytes, boxesIn, childrenOf, writeBox } from "./box.ts";
import { BoxReader, joinParts, type WholeBox } from "./box-reader.ts";
import { type InitSegment, type InitTrack, parseMoov, type SampleDefaults } from "./init-segment.ts";
import { parseMoof, type TrackFragment } from "./movie-fragment.ts";
import { ParameterSetWatch } from "./parameter-set-watch.ts";
import { describedAnew, type VideoDescription } from "./sample-description.ts";

/** The head of a fragmented stream, edit lists taken out: their offsets are in the fragments' decode times instead. */
export interface StreamInit extends InitSegment {
  readonly kind: "init";
  /**
   * False: a session begins. True: the session goes on with other parameter sets, perhaps another size; the next part is the sync fragment
   * that begins with them. Tracks, timescales and the run of decode times stay.
   */
  readonly continues: boolean;
  readonly ftyp: Buffer;
  /** Without `edts` and `udta`. */
  readonly moov: Buffer;
  readonly video: InitTrack;
}

/** One `moof` + `mdat`, decode times corrected in place. */
export interface Fragment {
  readonly kind: "fragment";
  readonly moof: Buffer;
  readonly mdat: readonly Buffer[];
  readonly sizeBytes: number;
  readonly tracks: readonly TrackFragment[];
  readonly video: TrackFragment | null;
  /** Begins with a sync sample of the video: decoding can start here. */
  readonly sync: boolean;
}

/** A `moof`+`mdat` beyond this is no camera's. */
const MAX_BOX_BYTES = 64 * 1024 * 1024;

/**
 * Reads what ffmpeg writes to its pipe (`-movflags frag_keyframe+empty_moov+default_base_moof+delay_moov`).
 *
 * ffmpeg tells where a track begins by an edit list; Media Source Extensions ignore its empty edits, so picture and sound would be apart
 * by up to two seconds. Here the edit lists are dropped and what they say is added to every `tfdt`, the one field all players agree on.
 * A negative offset (audio priming) moves all other tracks up instead, as a decode time cannot be negative.
 *
 * When the camera changes its resolution, ffmpeg goes on as if nothing had happened; here another init is answered ahead of the fragment.
 *
 * Throws MalformedMedia; the reader cannot be used after that.
 */
export class FragmentReader {
  readonly #boxes = new BoxReader(MAX_BOX_BYTES);
  #ftyp: Buffer | null = null;
  #init: StreamInit | null = null;
  #moof: Buffer | null = null;
  /** Ticks to add to each track's decode times. */
  #shift = new Map<number, number>();
  #sawFragment = false;
  #watch: ParameterSetWatch | null = null;

  push(chunk: Buffer): (StreamInit | Fragment)[] {
    const found: (StreamInit | Fragment)[] = [];
    for (const box of this.#boxes.push(chunk)) {
      const part = this.#take(box);
      if (part === null) continue;
      const changed = part.kind === "fragment" && part.sync ? this.#takeNewSets(part) : null;
      if (changed !== null) found.push(changed);
      found.push(part);
    }
    return found;
  }

  #take(box: WholeBox): StreamInit | Fragment | null {
    switch (box.type) {
      case "ftyp":
        this.#ftyp = joinParts(box.parts);
        return null;
      case "moov":
        return this.#takeMoov(joinParts(box.parts));
      case "moof":
        this.#moof = joinParts(box.parts);
        return null;
      case "mdat":
        return this.#takeMdat(box);
      default:
        return null;
    }
  }

  #takeMoov(moov: Buffer): StreamInit {
    if (this.#ftyp === null) throw new MalformedMedia("moov before ftyp");
    nameHevcForPlayers(moov);
    const parsed = parseMoov(moov);
    const video = parsed.tracks.find((track) => track.kind === "video");
    if (video === undefined) throw new MalformedMedia("the stream has no video track");
    this.#shift = decodeTimeShifts(parsed.tracks);
    this.#sawFragment = false;
    this.#init = { kind: "init", continues: false, ftyp: this.#ftyp, moov: withoutEdits(moov), video, ...parsed };
    this.#watch = ParameterSetWatch.of(video);
    return this.#init;
  }

  /** The init that a sync fragment needs, where its parameter sets are not those in force. */
  #takeNewSets({ moof, mdat, video }: Fragment): StreamInit | null {
    const run = video?.runs[0];
    const sample = run?.samples[0];
    if (this.#watch === null || this.#init === null || run === undefined || sample === undefined) return null;
    // ffmpeg writes the mdat right behind its moof; the parts have its header.
    const at = run.dataOffsetBytes - moof.length;
    const description = at < 0 ? null : this.#watch.look(mdat, at, sample.sizeBytes);
    if (description === null) return null;
    this.#init = continued(this.#init, description);
    return this.#init;
  }

  #takeMdat(mdat: WholeBox): Fragment {
    const moof = this.#moof;
    const init = this.#init;
    if (moof === null || init === null) throw new MalformedMedia("mdat without moof or moov");
    this.#moof = null;
    const first = !this.#sawFragment;
    this.#sawFragment = true;
    const earlierTicks = first ? this.#mendFirstSample(moof, init) : 0;
    const tracks = parseMoof(moof, this.#defaultsOf).map((track) => {
      const shift = this.#shift.get(track.trackId) ?? 0;
      return shiftDecodeTime(moof, track, track.trackId === init.video.id ? shift - earlierTicks : shift);
    });
    const video = tracks.find((track) => track.trackId === init.video.id) ?? null;
    return {
      kind: "fragment",
      moof,
      mdat: mdat.parts,
      sizeBytes: moof.length + mdat.sizeBytes,
      tracks,
      video,
      sync: video?.runs[0]?.samples[0]?.sync ?? false,
    };
  }

  /**
   * The first packet after joining an RTSP session often has no time stamp yet; ffmpeg then puts it one tick before the second. Such a
   * picture is given a whole picture's duration and begins that much earlier: the answer, in ticks. Where there is no room before it, all
   * tracks move up.
   */
  #mendFirstSample(moof: Buffer, init: StreamInit): number {
    const tracks = parseMoof(moof, this.#defaultsOf);
    const run = tracks.find((track) => track.trackId === init.video.id)?.runs[0];
    const [first, second, third] = run?.samples ?? [];
    if (run === undefined || run.firstDurationAt === null || first === undefined || second === undefined) return 0;
    if (first.durationTicks > 1 || second.durationTicks <= 1) return 0;
    const secondTicks = first.durationTicks + second.durationTicks;
    const nominalTicks = third?.durationTicks ?? secondTicks;
    if (secondTicks > 0xffffffff) throw new MalformedMedia(`a sample of ${secondTicks} ticks`);
    moof.writeUInt32BE(nominalTicks, run.firstDurationAt);
    moof.writeUInt32BE(secondTicks, run.firstDurationAt + run.recordBytes);
    const missingSeconds = Math.max(0, nominalTicks - (this.#shift.get(init.video.id) ?? 0)) / init.video.timescale;
    for (const track of init.tracks) {
      this.#shift.set(track.id, Math.round((this.#shift.get(track.id) ?? 0) + missingSeconds * track.timescale));
    }
    return nominalTicks;
  }

  readonly #defaultsOf = (trackId: number): SampleDefaults =>
    this.#init?.tracks.find((track) => track.id === trackId)?.defaults ?? { durationTicks: 0, sizeBytes: 0, flags: 0 };
}

function continued(init: StreamInit, description: VideoDescription): StreamInit {
  const moov = describedAnew(init.moov, init.video.id, description);
  const parsed = parseMoov(moov);
  const video = parsed.tracks.find((track) => track.id === init.video.id);
  if (video === undefined) throw new MalformedMedia("the stream has no video track");
  return { kind: "init", continues: true, ftyp: init.ftyp, moov, video, ...parsed };
}

function decodeTimeShifts(tracks: readonly InitTrack[]): Map<number, number> {
  const offsets = tracks.map((track) => track.editOffsetTicks / track.timescale);
  const baseSeconds = Math.max(0, -Math.min(0, ...offsets));
  return new Map(tracks.map((track) => [track.id, Math.round(track.editOffsetTicks + baseSeconds * track.timescale)]));
}

function shiftDecodeTime(moof: Buffer, track: TrackFragment, shiftTicks: number): TrackFragment {
  if (shiftTicks === 0) return track;
  const decodeTimeTicks = track.decodeTimeTicks + shiftTicks;
  if (decodeTimeTicks < 0 || !Number.isSafeInteger(decodeTimeTicks))
    throw new MalformedMedia(`a decode time of ${decodeTimeTicks}`);
  moof.writeBigUInt64BE(BigInt(decodeTimeTicks), track.decodeTimeAt);
  return { ...track, decodeTimeTicks };
}

/** ffmpeg names copied H.265 `hev1`; QuickTime and Safari play it only as `hvc1`. The parameter sets are in `hvcC` either way. */
function nameHevcForPlayers(moov: Buffer): void {
  for (const track of parseMoov(moov).tracks) {
    if (track.sampleEntry === "hev1") moov.write("hvc1", track.sampleEntryAt, "latin1");
  }
}

/** The `moov` without its tracks' `edts` and its own `udta`. */
function withoutEdits(moov: Buffer): Buffer {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined) throw new MalformedMedia("not a moov box");
  const parts: Buffer[] = [];
  for (const child of childrenOf(moov, root)) {
    if (child.type === "udta") continue;
    if (child.type !== "trak") {
      parts.push(boxBytes(moov, child));
      continue;
    }
    const kept = childrenOf(moov, child).filter((part) => part.type !== "edts");
    parts.push(writeBox("trak", ...kept.map((part) => boxBytes(moov, part))));
  }
  return writeBox("moov", ...parts);
}
