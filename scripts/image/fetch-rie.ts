import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { arch } from 'node:process';

/**
 * Puts the Lambda Runtime Interface Emulator at TARGET: the file of the build context where there is one, else the pinned
 * release. Either must have the pinned checksum.
 *
 *   node scripts/image/fetch-rie.ts TARGET [LOCAL_FOLDER]
 */
const RELEASE = 'https://github.com/aws/aws-lambda-runtime-interface-emulator/releases/download/v1.37';
const SHA256: Record<string, readonly [file: string, sha256: string]> = {
  x64: ['aws-lambda-rie-x86_64', '6b1e686e62ab2baf5759c412c4864276ef2a88b094fca53ec070637ccba9b9a5'],
  arm64: ['aws-lambda-rie-arm64', 'ec2e5d09633d853834c008b1ef264bf834b258a94d551d2b2074966494b39a21'],
};

const [target, folder] = process.argv.slice(2);
const pinned = SHA256[arch];
if (!target || !pinned)
  throw new Error(`Expected a target and an architecture of ${Object.keys(SHA256)}, got ${arch}`);
const [file, sha256] = pinned;

async function download(): Promise<Uint8Array> {
  const response = await fetch(`${RELEASE}/${file}`);
  if (!response.ok) throw new Error(`${RELEASE}/${file} answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const local = folder ? await readFile(`${folder}/${file}`).catch(() => undefined) : undefined;
const bytes = local ?? (await download());
const found = createHash('sha256').update(bytes).digest('hex');
if (found !== sha256) throw new Error(`${file}: expected sha256 ${sha256}, got ${found}`);
await writeFile(target, bytes);
await chmod(target, 0o755);
