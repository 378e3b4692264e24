/** Which metric, as CloudWatch tells them apart. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  /** `*` for a value that this run does not know. */
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Sample extends MetricName {
  readonly value: number;
  /** Milliseconds from the start of the run. */
  readonly atMs: number;
}

export type LogName = 'service' | 'access';
export type LogLine = Readonly<Record<string, unknown>>;

/** What a run wrote: values of metrics, and lines of logs. */
export class Records {
  readonly samples: Sample[] = [];
  readonly lines: Readonly<Record<LogName, LogLine[]>> = { service: [], access: [] };
  #begin = performance.now();

  /** Begins the run: all times are from here on. */
  start(): void {
    this.#begin = performance.now();
  }

  add(metric: MetricName, value: number): void {
    this.samples.push({ ...metric, value, atMs: performance.now() - this.#begin });
  }

  /** A line of a function's log. One in embedded metric format also has values of metrics. */
  addServiceLine(text: string): void {
    let line: LogLine & Partial<EmbeddedMetrics>;
    try {
      line = JSON.parse(text);
    } catch {
      return;
    }
    this.lines.service.push(line);
    for (const { Namespace, Dimensions, Metrics } of line._aws?.CloudWatchMetrics ?? []) {
      const dimensions = Object.fromEntries((Dimensions[0] ?? []).map((name) => [name, String(line[name])]));
      for (const { Name: name } of Metrics) {
        const values = [line[name]].flat() as number[];
        for (const value of values) this.add({ namespace: Namespace, name, dimensions }, value);
      }
    }
  }
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** Whether a recorded metric is the one that a widget names. */
export function isSameMetric(recorded: MetricName, wanted: MetricName): boolean {
  const { dimensions } = recorded;
  const names = Object.keys(wanted.dimensions);
  return (
    recorded.namespace === wanted.namespace &&
    recorded.name === wanted.name &&
    names.length === Object.keys(dimensions).length &&
    names.every((name) => dimensions[name] === '*' || dimensions[name] === wanted.dimensions[name])
  );
}
