/** One `moof` + `mdat` of a segment file, told by its video track. */
export interface SegmentFragment {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Decode time of its first video sample, ticks of the index's timescale. */
  readonly decodeTicks: number;
  readonly durationTicks: number;
  /** Whether its video begins with a sync sample. */
  readonly sync: boolean;
}

/** What playback must know of a segment file: where its whole fragments lie and when they play. */
export interface SegmentIndex {
  /** Ticks per second of the video track. */
  readonly timescale: number;
  /** As in the `codecs` parameter of a media type, such as `avc1.640028,mp4a.40.2`. */
  readonly codecs: string;
  /** In file order, without a hole between them. */
  readonly fragments: readonly SegmentFragment[];
}
