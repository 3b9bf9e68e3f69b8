import Hls, {
  type ErrorData,
  type FragLoadedData,
  type HlsConfig,
  type LevelDetails,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderStats,
  type PlaylistLoaderContext,
  type RetryConfig,
} from "hls.js";
import type { LoadedEntry } from "./frame-index.ts";
import { pictureLeadSeconds } from "./frame-times.ts";
import type { PlaylistSource } from "./playlist-source.ts";
import { buildTable, type WallClockTable } from "./wall-clock-table.ts";

/** Why playing stopped, as far as a person can do something about it. */
export type StreamFailure = "codec" | "network" | "missing" | "media";

export interface StreamEvents {
  /** The playlist was placed, or placed anew, in the player. */
  readonly onTable: (table: WallClockTable) => void;
  readonly onFailure: (failure: StreamFailure) => void;
  /** An entry of the playlist, by its place in it, has been loaded. */
  readonly onEntry: (number: number, entry: LoadedEntry) => void;
}

/** Seconds of media to keep ready at normal speed. */
const BUFFER_SECONDS = 20;

/**
 * A server that does not answer is asked again for as long as it takes. Otherwise the player would leave out what it could not load and go
 * on behind it, and footage that exists would look like a gap.
 */
const PATIENT_RETRY: RetryConfig = {
  maxNumRetry: Number.POSITIVE_INFINITY,
  retryDelayMs: 500,
  maxRetryDelayMs: 2000,
  shouldRetry: (_config, _count, isTimeout, response) => isTimeout || isPassing(response?.code ?? 0),
};

/** Not reached at all, too many requests, or the server's own failure: what may be over soon. */
function isPassing(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Footage is played as it is, without remuxing, so a worker thread would save nothing. */
const CONFIG: Partial<HlsConfig> = {
  enableWorker: false,
  autoStartLoad: false,
  lowLatencyMode: false,
  maxBufferLength: BUFFER_SECONDS,
  maxMaxBufferLength: 600,
  backBufferLength: 60,
  liveMaxUnchangedPlaylistRefresh: Number.POSITIVE_INFINITY,
  ignorePlaylistParsingErrors: true,
  fragLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 10_000,
      maxLoadTimeMs: 120_000,
      timeoutRetry: PATIENT_RETRY,
      errorRetry: PATIENT_RETRY,
    },
  },
  // A segment that is being written changes between two requests. A browser that keeps parts of it asks for the next one only "if it is
  // still the same", and is then sent the whole file.
  xhrSetup: (request) => request.setRequestHeader("Cache-Control", "no-cache"),
};

/** Can this browser play footage at all? */
export function isPlaybackSupported(): boolean {
  return Hls.isSupported();
}

/** hls.js on one video element and one playlist. */
export class HlsStream {
  readonly #hls: Hls;
  readonly #events: StreamEvents;
  readonly #pace: number;
  /** By an entry's place in the playlist: seconds of sound ahead of its first picture. hls.js places an entry by its earliest sample. */
  readonly #leads = new Map<number, number>();

  constructor(video: HTMLVideoElement, source: PlaylistSource, events: StreamEvents) {
    this.#events = events;
    this.#pace = source.form.pace;
    this.#hls = new Hls({ ...CONFIG, pLoader: loaderOf(source) });
    this.#hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => this.#place(details));
    this.#hls.on(Hls.Events.LEVEL_PTS_UPDATED, (_, { details }) => this.#place(details));
    this.#hls.on(Hls.Events.FRAG_LOADED, (_, data) => this.#tellEntry(data));
    this.#hls.on(Hls.Events.ERROR, (_, data) => this.#fail(data));
    this.#hls.attachMedia(video);
    this.#hls.loadSource(new URL(source.url, location.href).href);
  }

  /** Begins to load at a player position. */
  start(mediaSeconds: number): void {
    this.#hls.startLoad(mediaSeconds);
  }

  /** Keeps more ready, the faster it plays: `rate` seconds of media a second. */
  prepareFor(rate: number): void {
    this.#hls.config.maxBufferLength = BUFFER_SECONDS * Math.max(1, rate);
  }

  /** Tries again after the connection was lost. */
  retry(mediaSeconds: number): void {
    this.#hls.startLoad(mediaSeconds);
  }

  destroy(): void {
    this.#hls.destroy();
  }

  #place(details: LevelDetails): void {
    const placed = details.fragments.map(({ sn, start, duration, programDateTime }) => {
      const lead = Math.min(this.#leads.get(sn) ?? 0, duration);
      return { start: start + lead, duration: duration - lead, programDateTime };
    });
    this.#events.onTable(buildTable(placed, this.#pace));
  }

  #tellEntry({ frag, payload }: FragLoadedData): void {
    const init = frag.initSegment?.data;
    if (frag.sn === "initSegment" || init === undefined || payload.byteLength === 0) return;
    const fragments = new Uint8Array(payload);
    const lead = pictureLeadSeconds(init, fragments);
    this.#leads.set(frag.sn, lead);
    this.#events.onEntry(frag.sn, { startSeconds: () => frag.start + lead, init, fragments });
  }

  #fail(data: ErrorData): void {
    if (isCodecError(data)) {
      this.#events.onFailure("codec");
      return;
    }
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      const status = data.response?.code ?? 0;
      this.#events.onFailure(status === 404 || status === 416 ? "missing" : "network");
      return;
    }
    this.#events.onFailure("media");
  }
}

function isCodecError(data: ErrorData): boolean {
  const { BUFFER_ADD_CODEC_ERROR, BUFFER_INCOMPATIBLE_CODECS_ERROR, MANIFEST_INCOMPATIBLE_CODECS_ERROR } =
    Hls.ErrorDetails;
  const codecErrors: string[] = [
    BUFFER_ADD_CODEC_ERROR,
    BUFFER_INCOMPATIBLE_CODECS_ERROR,
    MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  ];
  return codecErrors.includes(data.details);
}

/** The loader through which hls.js gets its playlist: from the source instead of from the network. */
function loaderOf(source: PlaylistSource): NonNullable<HlsConfig["pLoader"]> {
  return class SourceLoader implements Loader<PlaylistLoaderContext> {
    context: PlaylistLoaderContext | null = null;
    readonly stats: LoaderStats = emptyStats();
    #aborted = false;

    load(
      context: PlaylistLoaderContext,
      _: LoaderConfiguration,
      callbacks: LoaderCallbacks<PlaylistLoaderContext>,
    ): void {
      this.context = context;
      this.stats.loading.start = performance.now();
      void source.forPlayer().then((data) => {
        if (this.#aborted) return;
        this.stats.loading.first = this.stats.loading.end = performance.now();
        this.stats.loaded = this.stats.total = data.length;
        callbacks.onSuccess({ url: context.url, data }, this.stats, context, null);
      });
    }

    abort(): void {
      this.#aborted = true;
      this.stats.aborted = true;
    }

    destroy(): void {
      this.#aborted = true;
    }
  };
}

function emptyStats(): LoaderStats {
  return {
    aborted: false,
    loaded: 0,
    retry: 0,
    total: 0,
    chunkCount: 0,
    bwEstimate: 0,
    loading: { start: 0, first: 0, end: 0 },
    parsing: { start: 0, end: 0 },
    buffering: { start: 0, first: 0, end: 0 },
  };
}
