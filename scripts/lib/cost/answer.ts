import { renderPlot } from '../plot/svg-plot.ts';
import type { Question } from './arguments.ts';
import { vcpusOf } from './capacity.ts';
import { compare } from './comparison.ts';
import { deploymentBill } from './deployment.ts';
import { durationModel, readMeasurement } from './durations.ts';
import { formatBill, formatTuning, textTable, usd } from './format.ts';
import { tuningPanels } from './plots.ts';
import { type BilledSettings, defaultBasis, deploymentOf } from './stage.ts';
import { tuneMemory } from './tuning.ts';

export interface Answer {
  /** For a terminal, or JSON where that was asked for. */
  readonly text: string;
  /** SVG of the memory settings. */
  readonly plot: string;
}

/** The bill of a stage under a load, its memory settings, and the alternatives. */
export function answer(question: Question, stageSettings: BilledSettings): Answer {
  const { stage, requestsPerSecond, targetP95Ms, coldStartShare } = question;
  const settings = {
    ...stageSettings,
    memoryMiB: question.memoryMiB ?? stageSettings.memoryMiB,
    architecture: question.architecture ?? stageSettings.architecture,
  };
  const slowdown = slowdownOf(question, settings.memoryMiB);
  const { prices, durations, inventory } = defaultBasis(stage, slowdown);
  const deployment = deploymentOf(settings, inventory, coldStartShare);
  const load = { requestsPerSecond };
  const bill = deploymentBill(prices, deployment, load, durations);
  const tuning = tuneMemory(prices, deployment, load, durations, targetP95Ms);
  const alternatives = compare(prices, deployment, load, durations);
  const plot = renderPlot(tuningPanels(tuning, targetP95Ms, requestsPerSecond));
  if (question.json) {
    const json = { stage, load, slowdown, region: prices.region, bill, tuning, alternatives };
    return { text: JSON.stringify(json, null, 2), plot };
  }
  const { memoryMiB, architecture, coldStart } = settings;
  const text = [
    `Stage ${stage}: ${memoryMiB} MiB ${architecture}, ${coldStart.kind}, ${requestsPerSecond} requests/s; prices of ${prices.region}, ${prices.checkedOn}`,
    formatBill(bill),
    `Memory for p95 within ${targetP95Ms} ms: ${tuning.cheapest ? `${tuning.cheapest.memoryMiB} MiB` : 'no setting keeps it'}`,
    formatTuning(tuning),
    textTable(
      ['The same load', '', 'USD/month'],
      alternatives.map((one) => [
        one.name,
        one.detail,
        one.bill ? usd(one.bill.usdPerMonth) : 'too much for it',
      ]),
    ),
    `Durations: measured milliseconds times ${Number(slowdown.toPrecision(3))}; docs/cost.md says what is assumed.`,
  ].join('\n\n');
  return { text, plot };
}

/** A duration that was seen on Lambda says how much slower than the measured machine it is. */
function slowdownOf({ speed }: Question, memoryMiB: number): number {
  if (speed.kind === 'slowdown') return speed.factor;
  return speed.meanMs / durationModel(readMeasurement(), 1).prediction(vcpusOf(memoryMiB)).meanMs;
}
