import {
  type AlarmRules,
  type AlarmState,
  compositeAlarmState,
  EXTRA_PERIODS,
  metricAlarmState,
} from './alarm-state.ts';
import { evaluateExpression } from './expression.ts';
import type { Missing, Series } from './series.ts';
import { statistic } from './statistic.ts';

interface Statistic {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string }[];
}
interface MetricAlarm extends AlarmRules, Partial<Statistic> {
  readonly AlarmName: string;
  readonly Period?: number;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Statistic; readonly Period: number; readonly Stat: string };
  }[];
}
interface CompositeAlarm {
  readonly AlarmName: string;
  readonly AlarmRule: {
    readonly 'Fn::Join': readonly [string, readonly (string | { 'Fn::GetAtt': [string] })[]];
  };
}
interface Resource {
  readonly Type: string;
  readonly Properties: object;
}

/**
 * The values that reach CloudWatch in a minute, counted from 0: `[]` or undefined if there are none. A metric
 * is known by its namespace and name, such as `AWS/Lambda Errors`. Those of the hooks, which have no alias, are
 * `AWS/Lambda Errors of a hook`. Values of dimensions make no difference.
 */
export type Samples = (metric: string, minute: number) => readonly number[] | undefined;

/** The alarms of a CloudFormation template, evaluated on made-up data. */
export class TemplateAlarms {
  readonly #metric = new Map<string, MetricAlarm>();
  readonly #composite = new Map<string, CompositeAlarm>();
  readonly #prefix: string;

  /** @param prefix of the alarms' names, which is left out here */
  constructor(resources: Readonly<Record<string, Resource>>, prefix: string) {
    this.#prefix = prefix;
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type === 'AWS::CloudWatch::Alarm') this.#metric.set(id, Properties as MetricAlarm);
      if (Type === 'AWS::CloudWatch::CompositeAlarm') this.#composite.set(id, Properties as CompositeAlarm);
    }
  }

  get names(): readonly string[] {
    return [...this.#metric.values(), ...this.#composite.values()].map(({ AlarmName }) =>
      this.#short(AlarmName),
    );
  }

  /** Names of the alarms that are on at the end of a minute. */
  on(samples: Samples, minute: number, missing: Missing): string[] {
    const states = new Map<string, AlarmState>();
    for (const [id, alarm] of this.#metric) states.set(id, stateOf(alarm, samples, minute, missing));
    const compositeState = (id: string): AlarmState => {
      const known = states.get(id);
      if (known) return known;
      const composite = this.#composite.get(id);
      if (!composite) throw new Error(`expected an alarm, got ${id}`);
      return compositeAlarmState(ruleOf(composite), compositeState);
    };
    for (const id of this.#composite.keys()) states.set(id, compositeState(id));
    return [...states]
      .filter(([, state]) => state === 'ALARM')
      .map(([id]) => this.#short((this.#metric.get(id) ?? this.#composite.get(id))?.AlarmName ?? id))
      .sort();
  }

  #short(name: string): string {
    return name.replace(this.#prefix, '');
  }
}

const ruleOf = ({ AlarmRule }: CompositeAlarm): string =>
  AlarmRule['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : part['Fn::GetAtt'][0])).join('');

function stateOf(alarm: MetricAlarm, samples: Samples, minute: number, missing: Missing): AlarmState {
  const periods = alarm.EvaluationPeriods + EXTRA_PERIODS;
  const read = (metric: Statistic, stat: string, periodSeconds: number): Series =>
    Array.from({ length: periods }, (_, index) => {
      const length = periodSeconds / 60;
      const end = minute + 1 - (periods - 1 - index) * length;
      const values: number[] = [];
      for (let at = Math.max(0, end - length); at < end; at += 1) {
        values.push(...(samples(nameOf(metric), at) ?? []));
      }
      return values.length === 0 ? undefined : statistic(stat, values);
    });
  return metricAlarmState(seriesOf(alarm, read, missing), alarm);
}

function nameOf({ Namespace, MetricName, Dimensions = [] }: Statistic): string {
  const ofHook = Namespace === 'AWS/Lambda' && !Dimensions.some(({ Name }) => Name === 'Resource');
  return `${Namespace} ${MetricName}${ofHook ? ' of a hook' : ''}`;
}

type Read = (metric: Statistic, stat: string, periodSeconds: number) => Series;

function seriesOf(alarm: MetricAlarm, read: Read, missing: Missing): Series {
  const { Namespace, MetricName, Dimensions = [], Period = 0, Statistic, ExtendedStatistic } = alarm;
  if (Namespace && MetricName)
    return read({ Namespace, MetricName, Dimensions }, Statistic ?? ExtendedStatistic ?? '', Period);
  const inputs = (alarm.Metrics ?? []).flatMap(({ Id, MetricStat }) =>
    MetricStat ? [{ Id, ...MetricStat }] : [],
  );
  const [expression] = (alarm.Metrics ?? []).flatMap(({ Expression }) => Expression ?? []);
  const periodSeconds = inputs[0]?.Period ?? 0;
  if (inputs.some((input) => input.Period !== periodSeconds)) {
    throw new Error(`${alarm.AlarmName}: expected one period for all metrics`);
  }
  const metrics = Object.fromEntries(
    inputs.map(({ Id, Metric, Stat }) => [Id, read(Metric, Stat, periodSeconds)]),
  );
  return evaluateExpression(expression ?? '', { metrics, periodSeconds, missing });
}
