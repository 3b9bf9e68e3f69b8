import { u32, u64, writeFullBox } from "./box.ts";
import type { SampleRun, TrackFragment } from "./movie-fragment.ts";

const FIRST_CAPACITY = 1024;
const MAX_U32 = 0xffffffff;
/** Headers and counts of the six boxes, at most. */
const BOX_HEADS_BYTES = 6 * 16 + 4;

/** Consecutive samples with one value, as `stts` and `ctts` store them. */
interface ValueRun {
  count: number;
  value: number;
}

/**
 * The sample tables of one track (ISO/IEC 14496-12, clauses 8.6 and 8.7), gathered while its fragments are written and put out when the
 * file is closed. Sizes lie in a growing typed array, times as runs: an hour of 25 pictures a second takes about 0.4 MB.
 */
export class SampleTable {
  #sizes = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  #durations: ValueRun[] = [];
  #compositionOffsets: ValueRun[] = [];
  #hasComposition = false;
  #syncNumbers: number[] = [];
  #chunkOffsets: number[] = [];
  #chunkSamples: ValueRun[] = [];
  #firstDecodeTicks: number | null = null;
  #endDecodeTicks = 0;

  get sampleCount(): number {
    return this.#count;
  }

  /** Decode time of the first sample, ticks; null while there is none. */
  get firstDecodeTicks(): number | null {
    return this.#firstDecodeTicks;
  }

  /** Sum of the sample durations, ticks. */
  get durationTicks(): number {
    return this.#firstDecodeTicks === null ? 0 : this.#endDecodeTicks - this.#firstDecodeTicks;
  }

  /** Takes the samples of a fragment whose `moof` lies at `moofOffsetBytes` of the file. */
  append(fragment: TrackFragment, moofOffsetBytes: number): void {
    if (this.#firstDecodeTicks === null) {
      this.#firstDecodeTicks = fragment.decodeTimeTicks;
      this.#endDecodeTicks = fragment.decodeTimeTicks;
    }
    this.#closeJump(fragment.decodeTimeTicks);
    for (const run of fragment.runs) this.#appendRun(run, moofOffsetBytes);
  }

  /** A decode time that is not where the last sample ended lengthens (or shortens) that sample, so that `stts` stays in step. */
  #closeJump(decodeTimeTicks: number): void {
    const jump = decodeTimeTicks - this.#endDecodeTicks;
    const last = this.#durations.at(-1);
    if (jump === 0 || last === undefined || last.value + jump < 0) return;
    const mended = last.value + jump;
    last.count -= 1;
    if (last.count === 0) this.#durations.pop();
    addToRuns(this.#durations, mended);
    this.#endDecodeTicks = decodeTimeTicks;
  }

  #appendRun(run: SampleRun, moofOffsetBytes: number): void {
    if (run.samples.length === 0) return;
    this.#chunkOffsets.push(moofOffsetBytes + run.dataOffsetBytes);
    addToRuns(this.#chunkSamples, run.samples.length);
    for (const sample of run.samples) {
      if (this.#count === this.#sizes.length) this.#grow();
      this.#sizes[this.#count] = sample.sizeBytes;
      this.#count += 1;
      addToRuns(this.#durations, sample.durationTicks);
      addToRuns(this.#compositionOffsets, sample.compositionOffsetTicks);
      if (sample.compositionOffsetTicks !== 0) this.#hasComposition = true;
      if (sample.sync) this.#syncNumbers.push(this.#count);
      this.#endDecodeTicks += sample.durationTicks;
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#sizes.length * 2);
    larger.set(this.#sizes);
    this.#sizes = larger;
  }

  /** What `boxes()` would take, without making them. */
  get sizeBytes(): number {
    const records =
      8 * this.#durations.length +
      (this.#hasComposition ? 8 * this.#compositionOffsets.length : 0) +
      (this.#syncNumbers.length < this.#count ? 4 * this.#syncNumbers.length : 0) +
      12 * this.#chunkSamples.length +
      4 * this.#count +
      (this.#hasFarChunk ? 8 : 4) * this.#chunkOffsets.length;
    return records + BOX_HEADS_BYTES;
  }

  get #hasFarChunk(): boolean {
    return (this.#chunkOffsets.at(-1) ?? 0) > MAX_U32;
  }

  /** The boxes of `stbl` behind `stsd`: `stts`, `ctts`, `stss`, `stsc`, `stsz`, `co64` or `stco`. */
  boxes(): Buffer[] {
    const boxes = [timeBox("stts", 0, this.#durations)];
    if (this.#hasComposition) boxes.push(timeBox("ctts", 1, this.#compositionOffsets));
    if (this.#syncNumbers.length < this.#count) {
      boxes.push(writeFullBox("stss", 0, 0, u32(this.#syncNumbers.length), u32List(this.#syncNumbers)));
    }
    boxes.push(this.#sampleToChunk(), this.#sampleSizes(), this.#chunkOffsetBox());
    return boxes;
  }

  #sampleToChunk(): Buffer {
    const records: number[] = [];
    let firstChunk = 1;
    for (const { count, value } of this.#chunkSamples) {
      records.push(firstChunk, value, 1);
      firstChunk += count;
    }
    return writeFullBox("stsc", 0, 0, u32(this.#chunkSamples.length), u32List(records));
  }

  #sampleSizes(): Buffer {
    return writeFullBox("stsz", 0, 0, u32(0, this.#count), u32List(this.#sizes.subarray(0, this.#count)));
  }

  #chunkOffsetBox(): Buffer {
    const count = u32(this.#chunkOffsets.length);
    return this.#hasFarChunk
      ? writeFullBox("co64", 0, 0, count, u64(...this.#chunkOffsets))
      : writeFullBox("stco", 0, 0, count, u32List(this.#chunkOffsets));
  }
}

function addToRuns(runs: ValueRun[], value: number): void {
  const last = runs.at(-1);
  if (last?.value === value) last.count += 1;
  else runs.push({ count: 1, value });
}

function timeBox(type: "stts" | "ctts", version: number, runs: readonly ValueRun[]): Buffer {
  const body = Buffer.allocUnsafe(runs.length * 8);
  for (const [index, run] of runs.entries()) {
    body.writeUInt32BE(run.count, index * 8);
    body.writeInt32BE(run.value | 0, index * 8 + 4);
  }
  return writeFullBox(type, version, 0, u32(runs.length), body);
}

/** Many 32-bit fields, without spreading them into arguments. */
function u32List(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (let index = 0; index < values.length; index += 1) bytes.writeUInt32BE(values[index] ?? 0, index * 4);
  return bytes;
}
