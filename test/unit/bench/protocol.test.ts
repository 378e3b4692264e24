import { describe, expect, it } from 'vitest';
import { encodeRequest, topClasses } from '../../../bench/lib/load/protocol.ts';

describe('encodeRequest', () => {
  // All byte values, among them those that end a part.
  const image = Buffer.concat([
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    Buffer.from('\r\n--'),
  ]);

  it('sends images byte for byte as the files of a form', async () => {
    const { path, contentType, body } = encodeRequest('form-batch', [image, Buffer.from('second')]);
    const headers = { 'content-type': contentType };
    const form = await new Response(new Uint8Array(body), { headers }).formData();
    const files = form.getAll('file') as File[];
    expect(path).toBe('/predict/batch');
    expect(files.map(({ type }) => type)).toEqual(['image/jpeg', 'image/jpeg']);
    expect(Buffer.from((await files[0]?.bytes()) ?? [])).toEqual(image);
    expect(await files[1]?.text()).toBe('second');
  });

  it('sends base64 in JSON by the Open Inference Protocol', () => {
    const { contentType, body } = encodeRequest('open-inference', [image]);
    const { inputs } = JSON.parse(body.toString());
    expect(contentType).toBe('application/json');
    expect(Buffer.from(inputs[0].data[0], 'base64')).toEqual(image);
  });
});

describe('topClasses', () => {
  it('reads the top-1 class from each kind of answer', () => {
    const cat = { predictions: [{ index: 285, label: 'Egyptian cat' }, { index: 281 }] };
    expect(topClasses('form', JSON.stringify(cat))).toEqual([285]);
    expect(topClasses('form-batch', JSON.stringify({ results: [cat, cat] }))).toEqual([285, 285]);
    const outputs = [
      { name: 'probability', data: [0.9, 0.1] },
      { name: 'index', data: [285, 281] },
    ];
    expect(topClasses('open-inference', JSON.stringify({ outputs }))).toEqual([285]);
  });

  it.each(['{"predictions": []}', '{"results": [{"problem": {}}]}', 'busy'])('refuses %s', (body) => {
    expect(() => topClasses('form', body)).toThrow();
    expect(() => topClasses('form-batch', body)).toThrow();
  });
});
