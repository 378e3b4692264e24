import { beforeAll, describe, expect, inject, test } from 'vitest';
import { docker, IMAGE } from '../../scripts/lib/docker/docker.ts';
import { evaluateInImage, type ImageFile, listImage } from './image-files.ts';

const PACKAGES = ['base-files', 'gcc-12-base', 'libc6', 'libgcc-s1', 'libstdc++6'];
/** The parts of the image that are not from Debian packages. */
const OURS = /^\/(var\/task|usr\/local|lambda-entrypoint\.mjs$|sam-shell\.mjs$)/;
/** Files that the packages' own install scripts would write. */
const CONFIGURATION = ['/etc/group', '/etc/nsswitch.conf', '/etc/os-release', '/etc/passwd'];
/** Debian's links from the root folder into /usr. */
const ROOT_LINKS = ['/bin', '/lib', '/lib64', '/sbin'];

const readInImage = (path: string) =>
  evaluateInImage(`process.stdout.write(fs.readFileSync(${JSON.stringify(path)}))`);
/** Debian packages list their files under the links. */
const inUsr = (path: string) => path.replace(/^\/(bin|lib|lib64|sbin)\//, '/usr/$1/');

describe.skipIf(!inject('engine'))('the system of the image', () => {
  let files: readonly ImageFile[];
  beforeAll(async () => {
    files = await listImage();
  });
  const namesWhere = (condition: (file: ImageFile) => boolean) =>
    files.filter(condition).map(({ path }) => path);

  test('has no SUID or SGID files', () => {
    expect(namesWhere(({ kind, mode }) => kind !== 'link' && (mode & 0o6000) !== 0)).toEqual([]);
  });

  test('is writable by root only, except for /tmp', () => {
    expect(namesWhere(({ kind, mode }) => kind !== 'link' && (mode & 0o002) !== 0)).toEqual(['/tmp']);
    expect(namesWhere(({ owner }) => owner !== '0:0')).toEqual(['/data']);
  });

  test('has an empty folder of the service’s user, whose owner a new volume gets', () => {
    expect(files.filter(({ path }) => path.startsWith('/data'))).toEqual([
      { path: '/data', kind: 'folder', mode: 0o755, owner: '1000:1000' },
    ]);
  });

  test('has no programs except Node.js, the entrypoint and the emulator', () => {
    const isLibrary = /\.so(\.[\d.]+)?$|^\/var\/task\/node_modules\//;
    const isProgram = ({ path, kind, mode }: ImageFile) =>
      kind === 'file' && (mode & 0o111) !== 0 && !isLibrary.test(path);
    expect(namesWhere(isProgram).sort()).toEqual([
      '/lambda-entrypoint.mjs',
      '/usr/local/bin/aws-lambda-rie',
      '/usr/local/bin/node',
    ]);
  });

  test('lists exactly the Debian packages whose files it contains', async () => {
    const status = await readInImage('/var/lib/dpkg/status');
    const packages = status.split(/\n\n+/).map((paragraph) => ({
      name: /^Package: (.+)$/m.exec(paragraph)?.[1],
      isInstalled: /^Status: install ok installed$/m.test(paragraph),
      hasVersion: /^Version: \S+$/m.test(paragraph),
    }));
    expect(packages).toEqual(PACKAGES.map((name) => ({ name, isInstalled: true, hasVersion: true })));

    const lists = await Promise.all(PACKAGES.map((name) => readInImage(`/var/lib/dpkg/info/${name}.list`)));
    const listed = new Set(lists.flatMap((list) => list.split('\n')).map(inUsr));
    const present = files.filter(
      ({ path, kind }) => kind !== 'folder' && !OURS.test(path) && !path.startsWith('/var/lib/dpkg/'),
    );
    const known = new Set([...listed, ...CONFIGURATION, ...ROOT_LINKS]);
    expect(present.map(({ path }) => path).filter((path) => !known.has(path))).toEqual([]);
    const everything = new Set([...files.map(({ path }) => path), '/.', '/dev', '/proc', '/sys']);
    expect([...listed].filter((path) => !everything.has(path))).toEqual([]);
  });

  test('contains the licence of every package', async () => {
    for (const name of PACKAGES) {
      expect(await readInImage(`/usr/share/doc/${name}/copyright`)).toMatch(/licen[sc]e/i);
    }
  });

  test('runs as a user without privileges', async () => {
    const user = await docker(
      ...['run', '--rm', '--network=none', '--read-only', '--entrypoint=node', IMAGE, '--print'],
      '[process.getuid(), process.getgid(), os.userInfo().username].join()',
    );
    expect(user).toBe('1000,1000,node');
  });
});
