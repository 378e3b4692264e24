import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** One rule that the page breaks, and where. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

interface Axe {
  run(options: object): Promise<{ readonly violations: readonly Violation[] }>;
}

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules of WCAG 2.2 up to level AA, and axe's best practices. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Checks the page as it is now with axe-core. Its source is evaluated by the debugger, so the page's content
 * security policy stays as it is.
 *
 * @param ignored names of rules.
 * @returns a line for each element that breaks a rule.
 */
export async function axeViolations(page: Page, ignored: readonly string[] = []): Promise<string[]> {
  await page.evaluate(await source);
  const { violations } = await page.evaluate(
    ([tags, ignored]) =>
      (globalThis as unknown as { axe: Axe }).axe.run({
        runOnly: { type: 'tag', values: tags },
        rules: Object.fromEntries(ignored.map((rule) => [rule, { enabled: false }])),
      }),
    [TAGS, ignored] as const,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary.replaceAll(/\s+/g, ' ')}`),
  );
}
