import { IMAGE_FORMATS } from '../../lambda/images/formats/table.ts';
import type { Sample } from './corpus/index.ts';
import { GIANTS, giant } from './giants.ts';
import { mutateBytes } from './mutations.ts';
import { Random } from './random.ts';
import { mutateRequest } from './requests/index.ts';
import { mutateStructure } from './structures/index.ts';
import type { Changed } from './structures/parts.ts';

export interface Mutant {
  /** The image, and how it was changed. The seed makes the same mutant again. */
  readonly about: string;
  readonly kind: 'giant' | 'bytes' | 'structure' | 'request';
  readonly path: '/predict' | '/predict/batch';
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Giants are rare, because one takes as long as hundreds of other mutants. */
const GIANT_IN = 600;

/** Every format has the same share, however many variants it has. */
function takeSample(corpus: readonly Sample[], random: Random): Sample {
  const format = random.of(IMAGE_FORMATS);
  return random.of(corpus.filter((sample) => sample.format === format));
}

/**
 * Makes mutant number `seed` of the corpus, which depends on nothing else. Of twenty mutants, ten have a
 * changed structure, six have changed bytes, and four are images, damaged or not, in a damaged request.
 */
export async function mutant(corpus: readonly Sample[], seed: number): Promise<Mutant> {
  const random = new Random(seed);
  const raw = { path: '/predict', contentType: 'application/octet-stream' } as const;
  const about = (what: string) => `mutant ${seed} (${what})`;
  if (random.below(GIANT_IN) === 0) {
    const name = random.of(GIANTS);
    return { about: about(name), kind: 'giant', ...raw, body: await giant(name) };
  }
  const share = random.below(20);
  if (share < 16) {
    const kind = share < 10 ? 'structure' : 'bytes';
    const sample = takeSample(corpus, random);
    const { bytes, did } = change(sample, kind, random, corpus);
    return { about: about(`${sample.name}: ${did}`), kind, ...raw, body: bytes };
  }
  const { path, contentType, body, did } = mutateRequest(() => {
    const sample = takeSample(corpus, random);
    const kind = random.of(['whole', 'whole', 'structure', 'bytes'] as const);
    return kind === 'whole' ? sample.bytes : change(sample, kind, random, corpus).bytes;
  }, random);
  return { about: about(`${path}, ${did}`), kind: 'request', path, contentType, body };
}

function change(
  sample: Sample,
  kind: 'structure' | 'bytes',
  random: Random,
  corpus: readonly Sample[],
): Changed {
  return kind === 'structure' ? mutateStructure(sample, random) : mutateBytes(sample, random, corpus);
}
