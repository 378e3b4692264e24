import { describe, expect, it } from 'vitest';
import { ERROR_KINDS } from '../../../lambda/errors.ts';
import { gatewayProblems } from '../../../lib/constructs/api/gateway-problems.ts';
import { readText, rowsOf } from '../../support/markdown.ts';

const guide = readText('docs/errors.md');

/** Statuses after which docs/errors.md and the clients of examples/ send a request again. */
const RETRIED = [409, 429, 503];

describe('the table of codes', () => {
  const rows = rowsOf(guide, '| Status | Code |').map(([status = '', code = '', , again = '']) => ({
    status: Number(status),
    code,
    again,
  }));

  it('has every code with its status, and a link to its entry in the guide to troubleshooting', () => {
    const expected = Object.entries(ERROR_KINDS).map(([code, { status }]) => ({
      status,
      code: `[\`${code}\`](troubleshooting.md#${code})`,
    }));
    const listed = rows.map(({ status, code }) => ({ status, code }));
    expect(listed.sort((one, other) => one.code.localeCompare(other.code))).toEqual(
      expected.sort((one, other) => one.code.localeCompare(other.code)),
    );
  });

  it('says of each whether to send the request again', () => {
    const yes = rows.filter(({ again }) => again.startsWith('Yes')).map(({ status }) => status);
    expect(new Set(yes)).toEqual(new Set(RETRIED));
    expect(rows.filter(({ again }) => again === '')).toEqual([]);
  });
});

describe('the table of waiting times', () => {
  const rows = rowsOf(guide, '| Answer | `Retry-After` | Again? |');

  it.each([
    ['THROTTLED', '429 `rate_limited`: too many requests per second'],
    ['QUOTA_EXCEEDED', '429 `rate_limited`: the daily quota of the key is used up'],
  ])('has that of API Gateway for %s', (type, name) => {
    const row = rows.find(([answer]) => answer === name);
    expect(row?.[1]).toBe(`${gatewayProblems('api-key').get(type)?.retryAfterSeconds} s`);
  });
});
