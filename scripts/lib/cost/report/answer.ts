import type { StageName } from '../../../../lib/stages.ts';
import { lineCharts } from '../../plot/line-chart.ts';
import { compareAlternatives } from '../alternatives.ts';
import { deploymentBill } from '../deployment.ts';
import { durationModel, readMeasurement } from '../durations.ts';
import { type Architecture, vcpusOf } from '../function.ts';
import { type BilledSettings, defaultBasis, deploymentOf } from '../stage.ts';
import { tuneMemory } from '../tuning.ts';
import { usd } from './cells.ts';
import { formatJob, jobAnswer } from './job-answer.ts';
import { tuningCharts } from './plots.ts';
import { formatBill, formatTuning, textTable } from './terminal.ts';

/** How fast Lambda is: against the measured machine, or by the mean duration that was seen on Lambda. */
export type Speed =
  | { readonly kind: 'slowdown'; readonly factor: number }
  | { readonly kind: 'seen'; readonly meanMs: number };

export interface Question {
  readonly stage: StageName;
  readonly requestsPerSecond: number;
  readonly targetP95Ms: number;
  /** Undefined for the setting of the stage. */
  readonly memoryMiB: number | undefined;
  readonly architecture: Architecture | undefined;
  readonly speed: Speed;
  readonly coldStartShare: number;
  readonly json: boolean;
}

export interface CostAnswer {
  /** For a terminal, or JSON. */
  readonly text: string;
  /** The memory settings, in SVG. */
  readonly plot: string;
}

/** The bill of a stage, its memory settings, the same traffic elsewhere, and a job of a million photos. */
export function answer(question: Question, stageSettings: BilledSettings): CostAnswer {
  const { stage, requestsPerSecond, targetP95Ms, coldStartShare } = question;
  const settings = {
    ...stageSettings,
    memoryMiB: question.memoryMiB ?? stageSettings.memoryMiB,
    architecture: question.architecture ?? stageSettings.architecture,
  };
  const slowdown = slowdownOf(question.speed, settings.memoryMiB);
  const { prices, durations, inventory } = defaultBasis(stage, slowdown);
  const deployment = deploymentOf(settings, inventory, coldStartShare);
  const traffic = { requestsPerSecond };
  const bill = deploymentBill(prices, deployment, traffic, durations);
  const tuning = tuneMemory(prices, deployment, traffic, durations, targetP95Ms);
  const alternatives = compareAlternatives(prices, deployment, traffic, durations);
  const job = settings.jobs === 'off' ? undefined : jobAnswer(prices, settings, settings.jobs, durations);
  const plot = lineCharts(tuningCharts(tuning, targetP95Ms, requestsPerSecond));
  if (question.json) {
    const json = { stage, traffic, slowdown, region: prices.region, bill, tuning, alternatives, job };
    return { text: JSON.stringify(json, null, 2), plot };
  }
  const { memoryMiB, architecture, coldStart } = settings;
  const text = [
    `Stage ${stage}: ${memoryMiB} MiB ${architecture}, ${coldStart.kind}, ${requestsPerSecond} requests/s; prices of ${prices.region}, ${prices.checkedOn}`,
    formatBill(bill),
    `Memory for p95 within ${targetP95Ms} ms: ${tuning.cheapest ? `${tuning.cheapest.memoryMiB} MiB` : 'no setting is fast enough'}`,
    formatTuning(tuning),
    textTable(
      ['The same traffic', '', 'USD/month'],
      alternatives.map((one) => [one.name, one.detail, one.bill ? usd(one.bill.usdPerMonth) : 'overloaded']),
    ),
    ...(job === undefined ? [] : [formatJob(job)]),
    `Durations: measured milliseconds times ${Number(slowdown.toPrecision(3))}; docs/cost.md lists the assumptions.`,
  ].join('\n\n');
  return { text, plot };
}

/** A duration that was seen on Lambda tells how much slower than the measured machine Lambda is. */
function slowdownOf(speed: Speed, memoryMiB: number): number {
  if (speed.kind === 'slowdown') return speed.factor;
  return speed.meanMs / durationModel(readMeasurement(), 1).prediction(vcpusOf(memoryMiB)).meanMs;
}
