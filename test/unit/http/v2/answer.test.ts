import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortNumber } from '../../../../lambda/http/short-number.ts';
import { classifications } from '../../../../lambda/http/v2/answer/classification.ts';
import { writeInferAnswer } from '../../../../lambda/http/v2/answer/infer-answer.ts';
import { complete } from '../../../support/steps.ts';

const labels = ['cat', 'dog', 'fox'].map((label, index) => ({ index, label }));
const output = { kind: 'scores', name: 'logits', datatype: 'FP32', dims: [3] } as const;
const embedding = { kind: 'embedding', name: 'embedding', datatype: 'FP32', dims: [2] } as const;
const model = { name: 'm', version: '1' };
const rows = [Float32Array.of(1, 10, 0.1), Float32Array.of(-5, 0, 5)];
const write = (asked: { isBinary: boolean; classes: number }, values = rows) =>
  complete(
    writeInferAnswer({
      model,
      request: { id: '42', outputs: [{ output, ...asked }] },
      labels,
      items: values.map((scores) => ({ scores })),
    }),
  );
const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('the answer', () => {
  test('in JSON holds every float32 to the last bit, with as few digits as that takes', () => {
    const { headers, body } = write({ isBinary: false, classes: 0 });
    expect(headers).toEqual({ 'content-type': 'application/json' });
    const answer = JSON.parse(text(body));
    expect(answer).toEqual({
      model_name: 'm',
      model_version: '1',
      id: '42',
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [2, 3], data: [1, 10, 0.1, -5, 0, 5] }],
    });
  });

  test('in binary has its JSON first, whose length is in a header', () => {
    const { headers, body } = write({ isBinary: true, classes: 0 });
    const length = Number(headers['inference-header-content-length']);
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(JSON.parse(text(body.subarray(0, length)))).toMatchObject({
      outputs: [{ shape: [2, 3], parameters: { binary_data_size: 24 } }],
    });
    expect([...new Float32Array(body.slice(length).buffer)]).toEqual(rows.flatMap((row) => [...row]));
  });

  test('can have the highest classes', () => {
    const { outputs } = JSON.parse(text(write({ isBinary: false, classes: 2 }).body));
    expect(outputs).toEqual([
      {
        name: 'logits',
        datatype: 'BYTES',
        shape: [2, 2],
        data: ['10:1:dog', '1:0:cat', '5:2:fox', '0:1:dog'],
      },
    ]);
  });

  test('can have the highest classes in binary, each with its length', () => {
    const { headers, body } = write({ isBinary: true, classes: 1 });
    const rest = Buffer.from(body).subarray(Number(headers['inference-header-content-length']));
    expect(rest.length).toBe(4 + 8 + 4 + 7);
    expect([rest.readUInt32LE(0), rest.toString('utf8', 4, 12)]).toEqual([8, '10:1:dog']);
    expect([rest.readUInt32LE(12), rest.toString('utf8', 16)]).toEqual([7, '5:2:fox']);
  });

  test.each([false, true])('can have all of very many classes (binary: %s)', (isBinary) => {
    const count = 200_000;
    const { body } = complete(
      writeInferAnswer({
        model,
        request: {
          id: undefined,
          outputs: [{ output: { ...output, dims: [count] }, isBinary, classes: count }],
        },
        labels: Array.from({ length: count }, (_, index) => ({ index, label: String(index) })),
        items: [{ scores: new Float32Array(count) }, { scores: new Float32Array(count) }],
      }),
    );
    expect(text(body)).toContain(`"shape":[2,${count}]`);
    expect(body.length).toBeGreaterThan(2 * count * 5);
  });

  describe('with two outputs', () => {
    const items = [
      { scores: Float32Array.of(1, 10, 0.5), embedding: Float32Array.of(7, 8) },
      { scores: Float32Array.of(3, 2, 1), embedding: Float32Array.of(-7, 0.25) },
    ];
    const written = (embeddingIsBinary: boolean, scoresAreBinary: boolean) => {
      const { headers, body } = complete(
        writeInferAnswer({
          model,
          request: {
            id: undefined,
            outputs: [
              { output: embedding, isBinary: embeddingIsBinary, classes: 0 },
              { output, isBinary: scoresAreBinary, classes: 1 },
            ],
          },
          labels,
          items,
        }),
      );
      const length = Number(headers['inference-header-content-length'] ?? body.length);
      return { outputs: JSON.parse(text(body.subarray(0, length))).outputs, binary: body.slice(length) };
    };
    const FLOATS = [7, 8, -7, 0.25];
    const NAMES = ['10:1:dog', '3:0:cat'];
    const first = { name: 'embedding', datatype: 'FP32', shape: [2, 2] };
    const second = { name: 'logits', datatype: 'BYTES', shape: [2, 1] };

    test('has them in their order, in JSON', () => {
      const { outputs, binary } = written(false, false);
      expect(outputs).toEqual([
        { ...first, data: FLOATS },
        { ...second, data: NAMES },
      ]);
      expect(binary.length).toBe(0);
    });

    test('has the data of both after the JSON, in the same order', () => {
      const { outputs, binary } = written(true, true);
      expect(outputs).toEqual([
        { ...first, parameters: { binary_data_size: 16 } },
        { ...second, parameters: { binary_data_size: 4 + 8 + 4 + 7 } },
      ]);
      expect([...new Float32Array(binary.buffer, 0, 4)]).toEqual(FLOATS);
      expect(text(binary.subarray(20, 28))).toBe('10:1:dog');
    });

    test.each([true, false])('can have one in JSON and the other in binary (%s)', (isEmbedding) => {
      const { outputs, binary } = written(isEmbedding, !isEmbedding);
      expect(outputs.map((one: object) => 'data' in one)).toEqual([!isEmbedding, isEmbedding]);
      expect(binary.length).toBe(isEmbedding ? 16 : 23);
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('holds %d in binary only', (value) => {
    const values = [Float32Array.of(0, value, 1)];
    expect(() => write({ isBinary: false, classes: 0 }, values)).toThrow(
      /binary_data: expected true.*item 0/,
    );
    const { body } = write({ isBinary: true, classes: 0 }, values);
    expect(new DataView(body.buffer).getFloat32(body.length - 8, true)).toBe(value);
  });
});

describe('classes', () => {
  test('with equal values keep the order of their indices, however many are asked for', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ index, label: `l${index}` }));
    const values = Float32Array.from({ length: 200 }, (_, index) => index % 3);
    const all = classifications(values, 200, many);
    expect(all.slice(0, 3)).toEqual(['2:2:l2', '2:5:l5', '2:8:l8']);
    expect(all.slice(0, 40)).toEqual(classifications(values, 40, many));
  });

  test('have values with as few digits as give the same float32', () => {
    expect(shortNumber(Math.fround(0.1))).toBe(0.1);
    expect(shortNumber(Math.fround(1.2345e-7))).toBe(1.2345e-7);
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(shortNumber(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
