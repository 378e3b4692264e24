import { deepEqual } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeBlock } from '../support/webhooks/document.ts';
import { EXPECTED, tryReceiver } from '../support/webhooks/receiver.ts';

// The receiver of docs/webhooks.md that needs a package from PyPI. The others are in test/snippets.
const folder = await mkdtemp(join(tmpdir(), 'webhooks-'));
try {
  await writeFile(join(folder, 'receiver.py'), codeBlock('python', 'from standardwebhooks'));
  deepEqual(await tryReceiver(['python', 'receiver.py'], folder), { outcomes: EXPECTED, mentions: 3 });
} finally {
  await rm(folder, { recursive: true });
}
