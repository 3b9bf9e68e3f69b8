import { LIVE_EVENT_TYPES, LiveEvent } from "@nightjar/api/live-event";
import { eventRoutes } from "@nightjar/api/routes";

/** `connecting`: not yet, or trying again since less than `PATIENCE_MS`; `lost`: a person should know. */
export type ConnectionState = "connecting" | "connected" | "lost";

/** A short interruption, such as a restart of the server, is not worth a word. */
const PATIENCE_MS = 1500;
const RETRY_MS = [500, 1000, 2000, 5000] as const;

/** The one event stream of the page. It comes back by itself; `hello` then says that everything may have changed. */
export class LiveConnection {
  readonly #onEvent: (event: LiveEvent) => void;
  readonly #onRefused: () => void;
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = "connecting";
  #source: EventSource | undefined;
  #failures = 0;
  #retry: number | undefined;
  #patience: number | undefined;

  /** `onRefused` is called when the server answers but grants no stream: the session may have ended. */
  constructor(options: { onEvent: (event: LiveEvent) => void; onRefused: () => void }) {
    this.#onEvent = options.onEvent;
    this.#onRefused = options.onRefused;
  }

  start(): void {
    this.#connect();
  }

  close(): void {
    window.clearTimeout(this.#retry);
    window.clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#source?.close();
    this.#source = undefined;
    this.#failures = 0;
    this.#become("connecting");
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): ConnectionState => this.#state;

  #connect(): void {
    const source = new EventSource(eventRoutes.stream.path);
    this.#source = source;
    for (const type of LIVE_EVENT_TYPES) source.addEventListener(type, (message) => this.#receive(message));
    source.addEventListener("error", () => this.#failed(source));
  }

  #receive(message: MessageEvent<string>): void {
    const event = LiveEvent.safeParse(JSON.parse(message.data));
    if (!event.success) return;
    if (event.data.type === "hello") {
      this.#failures = 0;
      window.clearTimeout(this.#patience);
      this.#patience = undefined;
      this.#become("connected");
    }
    this.#onEvent(event.data);
  }

  #failed(source: EventSource): void {
    if (source !== this.#source) return;
    // The browser's own retry gives up on any answer but 200, such as a proxy's 502: so every failure is retried here.
    const refused = source.readyState === EventSource.CLOSED;
    source.close();
    this.#patience ??= window.setTimeout(() => this.#become("lost"), PATIENCE_MS);
    if (refused) this.#onRefused();
    const delayMs = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? PATIENCE_MS;
    this.#failures += 1;
    this.#retry = window.setTimeout(() => this.#connect(), delayMs);
  }

  #become(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
