import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadClassifier } from '../../lambda/model/classifier.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { answerOf, expectDocumented } from '../support/openapi.ts';

const EGYPTIAN_CAT = 285;
const SIDE = 512;
/** Inside the middle that the models see. */
const [NEAR, FAR] = [32, 280];
const CORNERS = [
  ['top left', NEAR, NEAR],
  ['top right', FAR, NEAR],
  ['bottom left', NEAR, FAR],
  ['bottom right', FAR, FAR],
] as const;

/** How the pixels are turned by each EXIF orientation, before a viewer turns them back. */
const TURNS = { 1: 0, 3: 180, 6: 270, 8: 90 } as const;

/** A cat in a grey picture. @param left, top of the cat, in the upright picture. */
async function catAt(left: number, top: number, orientation: keyof typeof TURNS = 1) {
  const cat = await sharp(readRepositoryFile('examples/cat.jpg'))
    .extract({ left: 90, top: 0, width: 300, height: 300 })
    .resize(200, 200)
    .toBuffer();
  const upright = await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: 'grey' } })
    .composite([{ input: cat, left, top }])
    .png()
    .toBuffer();
  const photo = await sharp(upright)
    .rotate(TURNS[orientation])
    .jpeg({ quality: 95 })
    .withMetadata({ orientation })
    .toBuffer();
  return new Uint8Array(photo);
}

interface Explained {
  readonly predictions: readonly { readonly index: number }[];
  readonly explanation: {
    readonly region: {
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
    };
    readonly maps: readonly { readonly maximum: number; readonly values: readonly (readonly number[])[] }[];
  };
}

describe.each(['resnet50', 'efficientnet-lite2'])('%s sees a cat', (name) => {
  let app: TestApp;
  beforeAll(async () => {
    const classifier = loadClassifier(repositoryPath(`models/${name}`), { threads: 1 });
    await classifier;
    app = testApp({ classifier });
  }, 30_000);

  /** Where in the upright photo the map of the most probable class is highest, in pixels. */
  async function highestPoint(body: Uint8Array<ArrayBuffer>): Promise<readonly [x: number, y: number]> {
    const answer = await answerOf(await app.request('/predict?explain=true', { method: 'POST', body }));
    expectDocumented('POST', '/predict', answer);
    const { predictions, explanation } = answer.body as Explained;
    expect(predictions[0]?.index).toBe(EGYPTIAN_CAT);
    const [{ maximum, values } = { maximum: Number.NaN, values: [] }] = explanation.maps;
    const row = values.findIndex((cells) => cells.includes(maximum));
    const column = values[row]?.indexOf(maximum) ?? -1;
    const { left, top, width, height } = explanation.region;
    return [
      left + ((column + 0.5) / (values[0]?.length ?? 0)) * width,
      top + ((row + 0.5) / values.length) * height,
    ];
  }

  function expectAt([x, y]: readonly [number, number], left: number, top: number): void {
    expect([x > SIDE / 2, y > SIDE / 2]).toEqual([left === FAR, top === FAR]);
  }

  test.each(CORNERS)('at the %s', async (_corner, left, top) => {
    expectAt(await highestPoint(await catAt(left, top)), left, top);
  });

  test.each([3, 6, 8] as const)('in a photo with the EXIF orientation %i', async (orientation) => {
    expectAt(await highestPoint(await catAt(FAR, NEAR, orientation)), FAR, NEAR);
  });
});
