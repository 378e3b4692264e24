import { readFile, writeFile } from 'node:fs/promises';
import { runCommand } from '../scripts/lib/command/command.ts';
import { withGeneratedSection } from '../scripts/lib/generated/section.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { COSTLIEST } from './lib/decode-costs/costliest.ts';
import { measureDecode } from './lib/decode-costs/measure.ts';
import { costTable, limitsText, type MeasuredBody } from './lib/decode-costs/report.ts';

const DOCUMENT = `${REPOSITORY}docs/security.md`;

await runCommand(
  {
    name: 'npm run decode:costs --',
    summary:
      'Measures the memory and the CPU time of the costliest images within the limits, each in a new process, and writes\n' +
      'the table into docs/security.md. Linux only; takes about two minutes.',
    examples: [''],
    activity: 'Measuring',
    exitCodes: { success: 'done', failure: 'an image was refused, or took more memory than estimated' },
  },
  async () => {
    let code: 0 | 1 = 0;
    const measured: MeasuredBody[] = [];
    for (const { format, what, make } of COSTLIEST) {
      const bytes = await make();
      const measurement = await measureDecode(format, bytes);
      measured.push({ format, what, encodedBytes: bytes.byteLength, ...measurement });
      const { refusal, peakBytes, estimate } = measurement;
      if (refusal !== undefined || peakBytes > estimate.bytes) {
        console.error(
          `${format}, ${what}: ${refusal ?? `took ${peakBytes} bytes, estimated ${estimate.bytes}`}`,
        );
        code = 1;
      }
    }
    const document = await readFile(DOCUMENT, 'utf8');
    const content = `${limitsText()}\n\n${costTable(measured)}`;
    await writeFile(DOCUMENT, withGeneratedSection(document, 'cost of one image', content));
    return code;
  },
);
