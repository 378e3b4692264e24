import { connectPhotoClassifier } from '../../../scripts/lib/model/accuracy/connect.ts';
import { measureAccuracy } from '../../../scripts/lib/model/accuracy/measure.ts';
import { FLOAT_BUNDLE, INT8_BUNDLE } from '../paths.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { startSubject } from '../subjects/running-subject.ts';
import { ours } from '../subjects/subjects.ts';
import { knownPhoto } from '../workload.ts';
import type { Context } from './context.ts';

/** Top-1 accuracy of the int8 and the float32 model over HTTP. @param folder photos named by WordNet id */
export async function measureTop1(context: Context, folder: string): Promise<Result['accuracy']> {
  step('Accuracy');
  const known = await knownPhoto(context);
  const top1 = async (bundle: string) => {
    await using server = await startSubject(ours('bundle', { MODELS: bundle }), known);
    return await measureAccuracy(folder, await connectPhotoClassifier(server.url));
  };
  const int8 = await top1(INT8_BUNDLE);
  const float = await top1(FLOAT_BUNDLE);
  return { images: int8.images, int8Top1: int8.top1, floatTop1: float.top1 };
}
