import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { toCsv } from '../../../../lambda/http/page/app/csv.js';
import { answerOf, type PhotoAnswer } from '../../../../scripts/lib/classify/answer.ts';
import { beginOrResume } from '../../../../scripts/lib/classify/results/begin.ts';
import { csv } from '../../../../scripts/lib/classify/results/csv.ts';
import { readDone } from '../../../../scripts/lib/classify/results/done.ts';
import { ndjson } from '../../../../scripts/lib/classify/results/ndjson.ts';
import { openResults } from '../../../../scripts/lib/classify/results/results-file.ts';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';

const model = { name: 'm', version: '1.0.0' };
const image = { format: 'jpeg', width: 2, height: 1, bytes: 10 } as const;
const classified: PhotoAnswer = {
  predictions: [
    { rank: 1, index: 3, label: 'bow "tie", red', probability: 0.75 },
    { rank: 2, index: 1, label: '=cmd', probability: 0.125 },
  ],
  image,
};
const failed = answerOf({ error: new ServiceError('not_found', 'Expected a file.') });
/** Names that break lines, cells and formulas, some of which differ only in what CSV adds. */
const photos = [
  ['a.jpg', classified],
  ['line\nbreak\r\n.jpg', failed],
  ['=1+1.jpg', classified],
  ["'=1+1.jpg", classified],
  ["''=1+1.jpg", failed],
  ["'a.jpg", classified],
  ['with "quotes", commas.jpg', classified],
  ['"', failed],
  ['-貓 🐈.jpg', classified],
  [',', classified],
  ['last.jpg', failed],
] as const;
const formats = { ndjson: ndjson(model), csv: csv(model, 2) } as const;

let root: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'results-'));
  out = join(root, 'results');
});
afterEach(() => rm(root, { recursive: true }));

describe('NDJSON', () => {
  it('has the answers of the API', () => {
    expect(JSON.parse(formats.ndjson.write('a.jpg', classified))).toEqual({
      file: 'a.jpg',
      model,
      predictions: 'predictions' in classified && classified.predictions,
      image,
    });
    expect(JSON.parse(formats.ndjson.write('b.jpg', failed))).toEqual({
      file: 'b.jpg',
      problem: {
        type: 'urn:problem-type:image-classification:not_found',
        title: 'There is nothing at this path',
        status: 404,
        detail: 'Expected a file.',
        code: 'not_found',
      },
    });
  });
});

describe('CSV', () => {
  it('has a row for each class or problem, quoted as RFC 4180 says and without formulas', () => {
    expect(formats.csv.heading).toBe('\ufefffile,rank,label,probability,model,problem\r\n');
    expect(formats.csv.write('+a,\n.jpg', classified)).toBe(
      '"\'+a,\n.jpg",1,"bow ""tie"", red",0.75,m@1.0.0,\r\n"\'+a,\n.jpg",2,"\'=cmd",0.125,m@1.0.0,\r\n',
    );
    expect(formats.csv.write('b.jpg', failed)).toBe('b.jpg,,,,,There is nothing at this path\r\n');
  });
});

test('CSV is what the page downloads', () => {
  const predictions = 'predictions' in classified ? classified.predictions : [];
  const answer = { request_id: 'r', model, predictions: [...predictions], image };
  const timing_ms = { decode: 1, inference: 1, total: 2 };
  const items = [
    { file: new File([], '+a, "b".jpg'), outcome: { answer: { ...answer, timing_ms } } },
    { file: new File([], 'b.jpg'), outcome: { problem: { title: 'There is nothing at this path' } } },
  ];
  expect(toCsv(items as unknown as Parameters<typeof toCsv>[0])).toBe(
    [
      formats.csv.heading,
      formats.csv.write('+a, "b".jpg', classified),
      formats.csv.write('b.jpg', failed),
    ].join(''),
  );
});

describe.each(['ndjson', 'csv'] as const)('results as %s', (name) => {
  const format = formats[name];
  const parts = photos.map(([file, outcome]) => format.write(file, outcome));
  const whole = Buffer.from([format.heading, ...parts].join(''));
  const ends = parts.map((_, index) =>
    Buffer.byteLength([format.heading, ...parts.slice(0, index + 1)].join('')),
  );

  it('that are cut off anywhere go on after the last complete photo', async () => {
    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      await writeFile(out, whole.subarray(0, bytes));
      const done = await readDone(out, format);
      const complete = ends.filter((end) => end <= bytes).length;
      const heading = Buffer.byteLength(format.heading);
      expect([...done.files], `${bytes} bytes`).toEqual(
        photos.slice(0, complete).map(([file]) => resolve(file)),
      );
      expect(done.end).toBe(ends[complete - 1] ?? (bytes >= heading ? heading : 0));
    }
    expect((await readDone(out, format)).failures).toEqual(new Map([['not_found', 4]]));
  });

  it('are the same in one piece and after a torn line', async () => {
    await writeFile(out, whole.subarray(0, (ends[3] as number) + 9));
    const done = await readDone(out, format);
    const results = await openResults(out, done.end);
    for (const part of parts.slice(done.files.size)) await results.append(part);
    await results.close();
    expect(await readFile(out)).toEqual(whole);
  });

  it('are refused if another program has changed them', async () => {
    await writeFile(out, Buffer.concat([whole, Buffer.from('something else\r\n'), whole]));
    await expect(readDone(out, format)).rejects.toThrow(
      /results: expected the results of an earlier run, got something/,
    );
  });
});

describe('beginning', () => {
  const settings = {
    format: 'ndjson' as const,
    model: { ...model, sha256: 'a'.repeat(64) },
    topK: 5,
    explain: 0,
    copyTo: null,
  };
  const begin = (changes: Partial<typeof settings> = {}, restart = false) =>
    beginOrResume(out, { ...settings, ...changes }, formats.ndjson, restart);

  it('goes on with the same options, and names those that have changed', async () => {
    expect((await begin()).files.size).toBe(0);
    await writeFile(out, formats.ndjson.write('a.jpg', classified));
    expect((await begin()).files).toEqual(new Set([resolve('a.jpg')]));
    await expect(begin({ topK: 3 })).rejects.toThrow(
      /expected the options that it was started with \(--top-k 5\), got --top-k 3; --restart begins again/,
    );
    await expect(begin({ model: { ...settings.model, sha256: 'b'.repeat(64) } })).rejects.toThrow(
      'model m@1.0.0 sha256 bbbbbbbbbbbb',
    );
    await expect(begin({ topK: 3 })).rejects.toThrow(UsageError);
  });

  it('anew throws the results away', async () => {
    await begin();
    await writeFile(out, formats.ndjson.write('a.jpg', classified));
    expect((await begin({ topK: 3 }, true)).files.size).toBe(0);
    expect(await readFile(out, 'utf8')).toBe('');
    await writeFile(out, formats.ndjson.write('a.jpg', classified));
    expect((await begin({ topK: 3 })).files.size).toBe(1);
  });

  it.each([false, true])('never touches a file of others (--restart: %s)', async (restart) => {
    await writeFile(out, 'a holiday photo');
    await expect(begin({}, restart)).rejects.toThrow(/--out: expected a new file or results/);
    expect(await readFile(out, 'utf8')).toBe('a holiday photo');
  });

  it('refuses damaged options, a folder in the place of the file, and a folder that is not there', async () => {
    await begin();
    await writeFile(out, formats.ndjson.write('a.jpg', classified));
    await writeFile(`${out}.settings.json`, '{');
    await expect(begin()).rejects.toThrow(/settings\.json: expected the options of an earlier run/);
    out = root;
    await expect(begin()).rejects.toThrow(/--out: expected a file/);
    out = join(root, 'nowhere', 'results');
    await expect(begin()).rejects.toThrow(
      /results cannot be written \(ENOENT\)\. Make the folder first: mkdir -p .*nowhere$/,
    );
  });
});
