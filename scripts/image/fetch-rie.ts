import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { arch } from 'node:process';
import { runCommand } from '../lib/command/command.ts';
import { text } from '../lib/command/options.ts';

const RELEASE = 'https://github.com/aws/aws-lambda-runtime-interface-emulator/releases/download/v1.37';
const FILES: Readonly<Record<string, { readonly name: string; readonly sha256: string }>> = {
  x64: {
    name: 'aws-lambda-rie-x86_64',
    sha256: '6b1e686e62ab2baf5759c412c4864276ef2a88b094fca53ec070637ccba9b9a5',
  },
  arm64: {
    name: 'aws-lambda-rie-arm64',
    sha256: 'ec2e5d09633d853834c008b1ef264bf834b258a94d551d2b2074966494b39a21',
  },
};

await runCommand(
  {
    name: 'node scripts/image/fetch-rie.ts',
    summary:
      'Puts the Lambda Runtime Interface Emulator at TARGET: from FOLDER if it is there, else from the pinned release.\n' +
      'Checks the pinned checksum either way. A step of the Dockerfile.',
    examples: ['/usr/local/bin/aws-lambda-rie'],
    positionals: {
      target: text('FILE', { help: 'where the emulator goes', required: true }),
      folder: text('FOLDER', { help: 'where scripts/dev/rie.sh may have put it' }),
    },
  },
  async ({ target, folder }) => {
    const file = FILES[arch];
    if (!file) throw new Error(`Expected a processor of ${Object.keys(FILES).join(', ')}, got ${arch}`);
    const { name, sha256 } = file;
    const local = folder ? await readFile(`${folder}/${name}`).catch(() => undefined) : undefined;
    const bytes = local ?? (await download(`${RELEASE}/${name}`));
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw new Error(`${name}: expected sha256 ${sha256}, got ${found}`);
    await writeFile(target, bytes);
    await chmod(target, 0o755);
    return 0;
  },
);

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: expected the file, got HTTP ${response.status}`);
  return response.bytes();
}
