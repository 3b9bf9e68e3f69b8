/** One row of a benchmark's table. */
export interface Measurement {
  readonly what: string;
  readonly unit: string;
  /** One value for each repetition. */
  readonly values: readonly number[];
  /** No value may be above it; null: no budget was set, it is only shown. */
  readonly budget: number | null;
}

export interface Benchmark {
  /** As given on the command line. */
  readonly name: string;
  /** One sentence: what is measured, and how. */
  readonly about: string;
  /** Names of others that belong to what it measures: asked for by name, it brings them along. */
  readonly runsWith?: readonly string[];
  /** `report` tells a person what is going on. */
  run(report: (text: string) => void): Promise<readonly Measurement[]>;
}

/** n, median, least and greatest value. */
export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  readonly withinBudget: boolean | null;
}

export function summarize({ values, budget }: Measurement): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const greatest = at(sorted.length - 1);
  return {
    n: sorted.length,
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    greatest,
    withinBudget: budget === null ? null : greatest <= budget,
  };
}
