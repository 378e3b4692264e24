import { docker, IMAGE } from '../../scripts/lib/docker/docker.ts';

/** A file, folder or link in the image, except what the engine mounts into every container. */
export interface ImageFile {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permissions, including the set-user-ID, set-group-ID and sticky bits. */
  readonly mode: number;
  readonly owner: string;
}

/** Runs JavaScript in the image, which has no shell, as root. */
export const evaluateInImage = (code: string, ...options: readonly string[]): Promise<string> =>
  docker(
    'run',
    '--rm',
    '--network=none',
    '--user=0:0',
    '--entrypoint=node',
    ...options,
    IMAGE,
    '--eval',
    code,
  );

const LIST = `
  const MOUNTED = ['/proc', '/sys', '/dev', '/.dockerenv', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/mtab'];
  const found = [];
  const visit = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const path = (folder === '/' ? '' : folder) + '/' + entry.name;
      if (MOUNTED.includes(path)) continue;
      const { mode, uid, gid } = fs.lstatSync(path);
      const kind = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'file';
      found.push({ path, kind, mode: mode & 0o7777, owner: uid + ':' + gid });
      if (kind === 'folder') visit(path);
    }
  };
  visit('/');
  console.log(JSON.stringify(found));`;

/** Everything in the image. */
export async function listImage(): Promise<readonly ImageFile[]> {
  return JSON.parse(await evaluateInImage(LIST));
}
