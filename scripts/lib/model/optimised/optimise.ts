import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from '../../../../lambda/model/onnxruntime.ts';

/**
 * Lets ONNX Runtime optimise a graph as far as it does when it loads one. Weights in another file stay there. The
 * same version makes the same bytes on every processor.
 *
 * @returns the bytes of the optimised graph.
 */
export async function optimise(source: string): Promise<Uint8Array> {
  const work = await mkdtemp(join(tmpdir(), 'optimise-'));
  const target = join(work, 'optimised.onnx');
  try {
    const session = await InferenceSession.create(source, {
      graphOptimizationLevel: 'all',
      optimizedModelFilePath: target,
      logSeverityLevel: 3,
    }).catch((cause: unknown) => {
      throw new Error(`${source}: expected an ONNX model, but ONNX Runtime cannot load it`, { cause });
    });
    await session.release();
    return await readFile(target);
  } finally {
    await rm(work, { recursive: true });
  }
}
