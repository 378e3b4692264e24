import { z } from 'zod';
import { median } from '../../../scripts/lib/statistics.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { BASELINES, FLOAT_BUNDLE, INT8_BUNDLE, INT8_MODEL } from '../paths.ts';
import { FLOAT_MODEL } from '../python/float-model.ts';
import { venvPython } from '../python/venv.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { type BareCommand, bundledBareRun, startBareRunner } from '../subjects/bare-runner.ts';
import { turns } from '../turns.ts';
import type { Context } from './context.ts';

type BareRun = Result['bareRuns'][number];
type Case = Omit<BareRun, 'medianMs'>;

/** The model alone in Node.js, Python and OpenVINO, in turns. */
export async function measureBareRuns({ plan, cores }: Context): Promise<BareRun[]> {
  const threadCounts = [...new Set([1, cores])];
  const found: BareRun[] = [];
  for (const threads of threadCounts) {
    step(`Bare runs with ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
    const cases: readonly Case[] = [
      { runtime: 'onnxruntime-node', model: 'int8', threads },
      { runtime: 'onnxruntime', model: 'int8', threads },
      { runtime: 'openvino', model: 'int8', threads },
      { runtime: 'onnxruntime-node', model: 'float32', threads },
      { runtime: 'onnxruntime', model: 'float32', threads },
      { runtime: 'openvino', model: 'float32', threads },
      { runtime: 'openvino', model: 'bfloat16', threads },
    ];
    await using stack = new AsyncDisposableStack();
    const runners = await Promise.all(
      cases.map(async (item) => ({
        item,
        runner: stack.use(await startBareRunner(item.runtime, commandOf(item))),
        medianMs: [] as number[],
      })),
    );
    for (const { runner } of runners) await runner.run(plan.bareRuns);
    for (let round = 0; round < plan.bareRounds; round += 1) {
      for (const { runner, medianMs } of turns(runners, round))
        medianMs.push(median(await runner.run(plan.bareRuns)));
    }
    found.push(...runners.map(({ item, medianMs }) => ({ ...item, medianMs })));
  }
  return found;
}

function commandOf({ runtime, model, threads }: Case): BareCommand {
  if (runtime === 'onnxruntime-node') {
    return bundledBareRun(model === 'int8' ? INT8_BUNDLE : FLOAT_BUNDLE, threads);
  }
  const file = model === 'int8' ? INT8_MODEL : FLOAT_MODEL;
  const precision = { int8: [], float32: ['--precision=f32'], bfloat16: ['--precision=bf16'] }[model];
  return {
    command: venvPython('limits'),
    args: [
      `${BASELINES}limits/bare_run.py`,
      `--runtime=${runtime}`,
      `--model=${file}`,
      `--threads=${threads}`,
      ...precision,
    ],
  };
}

const rates = z.record(z.string(), z.number());

/** The peak of the processor in each precision, by the fastest library. */
export async function measurePeaks({ cores }: Context): Promise<Result['peaks']> {
  step('Peak of the processor');
  const peaks: Result['peaks'] = [];
  for (const threads of new Set([1, cores])) {
    const text = await run(venvPython('limits'), [
      `${BASELINES}limits/peak.py`,
      '--threads',
      String(threads),
    ]);
    const all = Object.entries(rates.parse(JSON.parse(text)));
    const best = (precision: string) =>
      Math.max(...all.filter(([name]) => name.startsWith(precision)).map(([, rate]) => rate));
    peaks.push({ threads, float32: best('float32'), int8: best('int8') });
  }
  return peaks;
}
