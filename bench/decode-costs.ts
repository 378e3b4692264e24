/**
 * Measures what the costliest images within the limits take, and writes the table into docs/security.md:
 *
 *   npm run decode:costs
 *
 * Each image is decoded in a fresh process. Linux only; takes about two minutes. Exit codes: 0 done, 1 where an image was
 * refused or took more memory than was estimated.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { withGeneratedSection } from '../scripts/lib/generated/section.ts';
import { COSTLIEST } from './lib/decode-costs/costliest.ts';
import { measureDecode } from './lib/decode-costs/measure.ts';
import { costTable, limitsText, type MeasuredBody } from './lib/decode-costs/report.ts';

const DOCUMENT = new URL('../docs/security.md', import.meta.url);

const measured: MeasuredBody[] = [];
for (const { format, what, make } of COSTLIEST) {
  const bytes = await make();
  const measurement = await measureDecode(format, bytes);
  measured.push({ format, what, encodedBytes: bytes.byteLength, ...measurement });
  const { refusal, peakBytes, estimate } = measurement;
  if (refusal !== undefined || peakBytes > estimate.bytes) {
    console.error(`${format}, ${what}: ${refusal ?? `took ${peakBytes} bytes, estimated ${estimate.bytes}`}`);
    process.exitCode = 1;
  }
}
const document = await readFile(DOCUMENT, 'utf8');
const content = `${limitsText()}\n\n${costTable(measured)}`;
await writeFile(DOCUMENT, withGeneratedSection(document, 'cost of one image', content));
