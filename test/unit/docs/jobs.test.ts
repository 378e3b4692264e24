import { expect, test } from 'vitest';
import type { z } from 'zod';
import { jobResult } from '../../../lambda/http/schemas/job-results.ts';
import { job } from '../../../lambda/http/schemas/jobs.ts';
import { upload } from '../../../lambda/http/schemas/uploads.ts';
import { readRepositoryFile } from '../../support/model.ts';

/** The examples of answers in a document, in order. */
function answersIn(document: string): readonly unknown[] {
  const text = Buffer.from(readRepositoryFile(document)).toString();
  return [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    // One object over several lines, or one on each line.
    (block.startsWith('{\n') ? [block] : block.trim().split('\n')).map((part) => JSON.parse(part)),
  );
}

const answer: Readonly<Record<string, readonly z.ZodType[]>> = {
  'docs/large-photos.md': [upload],
  'docs/jobs.md': [jobResult, jobResult, job],
};

test.each(Object.entries(answer))('the answers in %s are those of the API', (document, schemas) => {
  const answers = answersIn(document);
  expect(answers).toHaveLength(schemas.length);
  for (const [index, schema] of schemas.entries()) {
    expect(schema.safeParse(answers[index]).error, JSON.stringify(answers[index])).toBeUndefined();
  }
});
