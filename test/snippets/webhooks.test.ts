import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { webhookSecret } from '../../lambda/config/values.ts';
import { webhookMessage } from '../../lambda/jobs/webhook/message.ts';
import { secretsIn } from '../../lambda/jobs/webhook/secrets.ts';
import { signatureOf } from '../../lambda/jobs/webhook/signature.ts';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { startCommand } from '../support/process.ts';
import { codeBlock, codeBlocks } from '../support/webhooks/document.ts';
import { EXPECTED, tryReceiver } from '../support/webhooks/receiver.ts';
import { finishedJob, OTHER_SECRET, SECRET } from '../support/webhooks/sender.ts';
import { isMissing } from './support.ts';

const folderFor = (): Promise<string> => mkdtemp(join(tmpdir(), 'webhooks-'));

describe('a receiver', () => {
  test('of docs/webhooks.md in JavaScript accepts our messages, and no others', async () => {
    const folder = await folderFor();
    await symlink(repositoryPath('node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'receiver.mjs'), codeBlock('js', "from 'standardwebhooks'"));
    expect(await tryReceiver([process.execPath, 'receiver.mjs'], folder)).toEqual({
      outcomes: EXPECTED,
      mentions: 3,
    });
  });

  test('of examples/ in JavaScript does too, and handles a message once', async () => {
    const command = [process.execPath, 'examples/webhooks/receiver.mjs'];
    expect(await tryReceiver(command, repositoryPath('.'))).toEqual({ outcomes: EXPECTED, mentions: 1 });
  });

  test.skipIf(isMissing('python'))(
    'of examples/ in Python does too, and handles a message once',
    async () => {
      const command = ['python3', 'examples/webhooks/receiver.py'];
      expect(await tryReceiver(command, repositoryPath('.'))).toEqual({ outcomes: EXPECTED, mentions: 1 });
    },
  );
});

test('a receiver accepts the message that the document signs', async () => {
  const environment = { WEBHOOK_SECRET: SECRET, PORT: '0' };
  const receiver = startCommand(
    [process.execPath, 'examples/webhooks/receiver.mjs'],
    environment,
    repositoryPath('.'),
  );
  try {
    const [, port = ''] = await receiver.printed(/port (\d+)/);
    const command = codeBlock('sh', 'curl -i localhost:3000').replace('localhost:3000', `localhost:${port}`);
    const env = { PATH: process.env['PATH'], ...environment };
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env });
    expect(stdout).toContain(' 204 ');
  } finally {
    receiver.process.kill();
    await receiver.exitCode;
  }
});

test.each([
  [process.execPath, 'examples/webhooks/receiver.mjs'],
  ['python3', 'examples/webhooks/receiver.py'],
] as const)('%s %s does not start without a secret', async (command, file) => {
  if (command === 'python3' && isMissing('python')) return;
  const env = { PATH: process.env['PATH'], PORT: '0' };
  const started = promisify(execFile)(command, [file], { cwd: repositoryPath('.'), env, timeout: 10_000 });
  await expect(started).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected the variable WEBHOOK_SECRET'),
  });
});

test('the document shows a message as we send it', () => {
  const job = finishedJob();
  const { id, body } = webhookMessage(job);
  const timestamp = Math.floor(job.finishedAt.getTime() / 1000);
  const head = codeBlock('http', 'POST');
  expect(JSON.parse(codeBlock('json', 'job.succeeded'))).toEqual(JSON.parse(body));
  expect(head).toContain(`\nWebhook-Id: ${id}\n`);
  expect(head).toContain(`\nWebhook-Timestamp: ${timestamp}\n`);
  expect(head).toContain(`\nWebhook-Signature: ${signatureOf({ id, timestamp, body }, [SECRET])}\n`);
});

test('the document shows the verification of examples/', () => {
  const verification = Buffer.from(readRepositoryFile('examples/webhooks/verify.mjs')).toString();
  expect(codeBlocks('js')).toContain(verification);
});

/** Stands in for the AWS CLI: the secret is a file. */
const AWS_CLI = `#!/bin/sh
case $2 in
  get-secret-value) cat "$SECRET_FILE"; echo ;;
  put-secret-value) cat > "$SECRET_FILE" ;;
esac
`;

describe('the commands', () => {
  test('make a secret that the server accepts', async () => {
    const command = codeBlock('sh', 'export WEBHOOK_SECRET').replace(/npm start/, 'echo "$WEBHOOK_SECRET"');
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(webhookSecret.safeParse(stdout.trim()).success).toBe(true);
  });

  test.each([OTHER_SECRET, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV'])(
    'rotate the secret %s on AWS',
    async (old) => {
      const folder = await folderFor();
      const secretFile = join(folder, 'secret.json');
      await writeFile(secretFile, JSON.stringify({ current: old }));
      await writeFile(join(folder, 'aws'), AWS_CLI);
      await chmod(join(folder, 'aws'), 0o755);
      const [add = '', remove = ''] = codeBlocks('sh').filter((code) => code.includes('put-secret-value'));
      const env = {
        PATH: `${folder}:${process.env['PATH']}`,
        SECRET_FILE: secretFile,
        SECRET_ARN: 'arn',
      };
      const rotate = async (commands: string) => {
        const { stdout } = await promisify(execFile)('sh', ['-c', `${commands}\necho "$NEW"`], { env });
        return { made: stdout.trim(), secrets: secretsIn(await readFile(secretFile, 'utf8')) };
      };
      const { made, secrets } = await rotate(add);
      expect(secrets).toEqual([made, old.startsWith('whsec_') ? old : `whsec_${old}`]);
      expect((await rotate(`NEW=${made}\n${remove}`)).secrets).toEqual([made]);
    },
  );
});
