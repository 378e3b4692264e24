import type { Page } from 'playwright-core';
import type { Manifest } from '../../../lambda/model/manifest.ts';

/** What a bundle says that can show where the model sees a class. */
export const WITH_MAPS: Partial<Manifest> = {
  activationMaps: {
    features: { name: 'features', dtype: 'float32', shape: [null, 8, 7, 7] },
    file: 'maps.onnx',
    sha256: '0'.repeat(64),
    rows: 7,
    columns: 7,
  },
};

const PREDICTIONS = [
  { rank: 1, index: 285, wnid: 'n02124075', label: 'Egyptian cat', probability: 0.8733 },
  { rank: 2, index: 281, wnid: 'n02123045', label: 'tabby', probability: 0.074 },
  { rank: 3, index: 282, wnid: 'n02123159', label: 'tiger cat', probability: 0.0421 },
];

interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface Explained {
  /** Pixels of the upright photo. */
  readonly image: { readonly width: number; readonly height: number };
  /** The cell of the maximum for each class. */
  readonly peaks: readonly Cell[];
  /** A cell that lowers all classes. */
  readonly low?: Cell;
}

/** A map that falls off around one cell. Values far from it are negative: they speak against the class. */
const mapAround = ({ row, column }: Cell, maximum: number, low: Cell | undefined) =>
  Array.from({ length: 7 }, (_, y) =>
    Array.from({ length: 7 }, (_, x) => {
      const lowered = y === low?.row && x === low.column ? 100 : 0;
      return maximum - 4 * Math.hypot(y - row, x - column) - lowered;
    }),
  );

/** The answer of a model that sees the centre crop of a photo. */
export function explainedAnswer({ image, peaks, low }: Explained): object {
  const side = (Math.min(image.width, image.height) * 224) / 256;
  return {
    request_id: '6f8aa2c4-5a50-4a0f-8e0c-0b2f3f6f9d11',
    model: { name: 'resnet50', version: '9.8.7-fake' },
    predictions: PREDICTIONS,
    image: { format: 'jpeg', bytes: 35_042, ...image },
    timing_ms: { decode: 3, inference: 12, total: 16 },
    explanation: {
      region: { left: (image.width - side) / 2, top: (image.height - side) / 2, width: side, height: side },
      maps: peaks.map((peak, index) => {
        const values = mapAround(peak, 12 - index, low);
        const { rank, index: position } = PREDICTIONS[index] ?? { rank: 0, index: 0 };
        return {
          rank,
          index: position,
          minimum: Math.min(...values.flat()),
          maximum: Math.max(...values.flat()),
          values,
        };
      }),
    },
  };
}

/** Answers predictions in place of the service. @returns the addresses that the page asked for */
export async function answerWith(page: Page, answer: object): Promise<string[]> {
  const asked: string[] = [];
  await page.route(/\/predict/, async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ json: answer });
  });
  return asked;
}
