/** A worker that was started or found again: one process, however often its number is given to others later. */
export interface RunningWorker {
  /** 0 where none came to be. */
  readonly pid: number;
  /** It is a successor in a place that is only for the meantime: it is to be replaced once more. */
  readonly interim?: boolean;
  /** Whether this very process has ended. */
  gone(): boolean;
  /** How it ended, in words that go behind "the worker": `ended with code 1`. To be asked when it is gone. */
  ending(): Promise<string>;
  /** Asks it to end, which closes its segments, and waits until it is gone; ends it by force when it takes too long. Never rejects. */
  end(): Promise<void>;
}

/** What runs workers. Whatever becomes of the server, they go on. */
export interface WorkerBackend {
  /** Whether an ordinary stop of the server leaves its workers. */
  readonly workersOutliveServer: boolean;
  /**
   * Starts the worker `name` with these arguments; one that runs already is not started twice, but answered. Rejects with why it cannot be
   * started.
   */
  start(name: string, workerArguments: readonly string[]): Promise<RunningWorker>;
  /**
   * Starts another process for `name` beside `predecessor`, to take its place when that is gone; `start` finds it then. One that was to do
   * so before is ended. null where there can only be one process for a name now.
   */
  startSuccessor(
    name: string,
    workerArguments: readonly string[],
    predecessor: RunningWorker,
  ): Promise<RunningWorker | null>;
  /** Ends what was started to take the place of the worker `pid`, which would do so when that is ended. Never rejects. */
  endSuccessors(name: string, pid: number): Promise<void>;
  /** The worker that has just said on the socket of `name` that it is the process `pid`. */
  found(name: string, pid: number): RunningWorker;
}
