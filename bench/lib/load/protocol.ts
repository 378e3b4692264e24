import { z } from 'zod';

/**
 * The protocol of a server: most take a form with images; MLServer takes JSON, by the Open Inference
 * Protocol.
 */
export type Protocol = 'form' | 'form-batch' | 'open-inference';

export interface EncodedRequest {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

const PATHS = {
  form: '/predict',
  'form-batch': '/predict/batch',
  'open-inference': '/v2/models/resnet50/infer',
} as const satisfies Record<Protocol, string>;

const BOUNDARY = '----image-classification-benchmark';

/** A request with JPEG files: several for `form-batch`, else one. */
export function encodeRequest(protocol: Protocol, images: readonly Uint8Array[]): EncodedRequest {
  const path = PATHS[protocol];
  if (protocol === 'open-inference')
    return { path, contentType: 'application/json', body: encodeTensor(images) };
  const parts = images.flatMap((image, index) => [
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${index}.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`,
    image,
    '\r\n',
  ]);
  return {
    path,
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    body: Buffer.concat([...parts, `--${BOUNDARY}--\r\n`].map((part) => Buffer.from(part as string))),
  };
}

function encodeTensor(images: readonly Uint8Array[]): Buffer {
  const input = {
    name: 'image',
    shape: [images.length],
    datatype: 'BYTES',
    parameters: { content_type: 'base64' },
    data: images.map((image) => Buffer.from(image).toString('base64')),
  };
  return Buffer.from(JSON.stringify({ inputs: [input] }));
}

const prediction = z.object({ predictions: z.array(z.object({ index: z.int() })).min(1) });
const batch = z.object({ results: z.array(prediction) });
const tensors = z.object({ outputs: z.array(z.object({ name: z.string(), data: z.array(z.number()) })) });

/** The index of the top-1 class of each image. @throws ZodError if the body is not such an answer. */
export function topClasses(protocol: Protocol, body: string): number[] {
  const json: unknown = JSON.parse(body);
  const first = (answer: z.output<typeof prediction>) => answer.predictions[0]?.index ?? Number.NaN;
  switch (protocol) {
    case 'form':
      return [first(prediction.parse(json))];
    case 'form-batch':
      return batch.parse(json).results.map(first);
    case 'open-inference': {
      const { outputs } = tensors.parse(json);
      return [outputs.find(({ name }) => name === 'index')?.data[0] ?? Number.NaN];
    }
  }
}
