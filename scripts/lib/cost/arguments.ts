import { parseArgs } from 'node:util';
import { UsageError } from '../command/command.ts';
import { DEFAULT_COLD_START_SHARE, DEFAULT_SLOWDOWN } from './stage.ts';

export const USAGE = `Usage: npm run cost -- [--stage prod] [--rps 5] [--p95 300] [--memory MIB] [--arch x86_64|arm64]
       [--slowdown ${DEFAULT_SLOWDOWN} | --duration-ms MS] [--cold-start-share ${DEFAULT_COLD_START_SHARE}] [--plot FILE] [--json]
       npm run cost -- --report | --check | --count`;

export interface Question {
  readonly kind: 'question';
  readonly stage: string;
  readonly requestsPerSecond: number;
  readonly targetP95Ms: number;
  /** Undefined: as the stage says. */
  readonly memoryMiB: number | undefined;
  readonly architecture: 'x86_64' | 'arm64' | undefined;
  /** Of Lambda against the measured machine, or the mean duration that Lambda was seen to take. */
  readonly speed:
    | { readonly kind: 'slowdown'; readonly factor: number }
    | { readonly kind: 'seen'; readonly meanMs: number };
  readonly coldStartShare: number;
  readonly plot: string | undefined;
  readonly json: boolean;
}

export type Order = Question | { readonly kind: 'report' | 'check' | 'count' };

/** @throws UsageError */
export function readOrder(args: readonly string[]): Order {
  const values = parsed(args);
  const orders = (['report', 'check', 'count'] as const).filter((kind) => values[kind]);
  const [kind] = orders;
  if (kind) {
    if (args.length > 1) throw new UsageError(`--${kind}: expected no other flag, got ${args.join(' ')}`);
    return { kind };
  }
  const { stage, memory, arch, slowdown, plot, json } = values;
  const live = values['duration-ms'];
  if (live !== undefined && slowdown !== undefined) {
    throw new UsageError('--duration-ms: expected no --slowdown beside it, which it replaces');
  }
  return {
    kind: 'question',
    stage,
    requestsPerSecond: number('--rps', values.rps, 0, 1e6),
    targetP95Ms: number('--p95', values.p95, 1, 900_000),
    memoryMiB: memory === undefined ? undefined : wholeNumber('--memory', memory, 128, 10_240),
    architecture: arch === undefined ? undefined : architecture(arch),
    speed:
      live === undefined
        ? { kind: 'slowdown', factor: number('--slowdown', slowdown ?? String(DEFAULT_SLOWDOWN), 0.1, 100) }
        : { kind: 'seen', meanMs: number('--duration-ms', live, 1, 900_000) },
    coldStartShare: number('--cold-start-share', values['cold-start-share'], 0, 1),
    plot,
    json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string', default: 'prod' },
        rps: { type: 'string', default: '5' },
        p95: { type: 'string', default: '300' },
        memory: { type: 'string' },
        arch: { type: 'string' },
        slowdown: { type: 'string' },
        'duration-ms': { type: 'string' },
        'cold-start-share': { type: 'string', default: String(DEFAULT_COLD_START_SHARE) },
        plot: { type: 'string' },
        json: { type: 'boolean', default: false },
        report: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        count: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function number(flag: string, text: string, minimum: number, maximum: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= minimum && value <= maximum) return value;
  throw new UsageError(`${flag}: expected a number from ${minimum} to ${maximum}, got ${text}`);
}

function wholeNumber(flag: string, text: string, minimum: number, maximum: number): number {
  const value = number(flag, text, minimum, maximum);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`${flag}: expected a whole number, got ${text}`);
}

function architecture(text: string): 'x86_64' | 'arm64' {
  if (text === 'x86_64' || text === 'arm64') return text;
  throw new UsageError(`--arch: expected x86_64 or arm64, got ${text}`);
}
