import { readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

/** Whether `npm ci` has installed the versions of package.json. @param repository its folder, with a final slash. */
export async function checkPackages(repository: string): Promise<Finding> {
  const read = async (path: string) => JSON.parse(await readFile(`${repository}${path}`, 'utf8'));
  const { dependencies } = (await read('package.json')) as { dependencies: Record<string, string> };
  const differing: string[] = [];
  for (const [name, version] of Object.entries(dependencies)) {
    const installed = await read(`node_modules/${name}/package.json`).catch(() => undefined);
    if (installed?.version !== version) differing.push(name);
  }
  const total = Object.keys(dependencies).length;
  if (differing.length === 0) return ok('the packages of the service are installed');
  const found =
    differing.length === total
      ? 'the packages are not installed'
      : `not in the version of package.json: ${differing.join(', ')}`;
  return fail(found, 'Nothing works without them. Run npm ci.');
}

/** Whether the port of `npm start` is free. @param text of the environment variable PORT. */
export async function checkPort(text: string | undefined): Promise<Finding> {
  const port = Number(text || 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return fail(
      `PORT is ${text}`,
      'npm start will not work. Set PORT to a number from 0 to 65535, or unset it.',
    );
  }
  const code = await listenOnce(port);
  if (code === undefined) return ok(`port ${port} is free`);
  return warn(
    code === 'EADDRINUSE'
      ? `port ${port} is in use, perhaps by npm start`
      : `this user may not listen on port ${port} (${code})`,
    `npm start will not work on this port. Choose another: PORT=${port < 65_535 ? port + 1 : port - 1} npm start`,
  );
}

/** @returns the error code of the system if nothing can listen there. */
function listenOnce(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, () => server.close(() => resolve(undefined)));
  });
}

const GIGABYTE = 1e9;
/** `npm ci` installs 1 GB, and the image needs about the same again while it is built. */
const LEAST_GB = 3;
/** The environments of `npm run bench` have PyTorch, OpenVINO and three serving frameworks. */
const ROOMY_GB = 15;

/** Whether the disk of a folder has room. */
export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk((bavail * bsize) / GIGABYTE);
}

/** @param gigabytes that are free. */
export function judgeDisk(gigabytes: number): Finding {
  const found = `${gigabytes.toFixed(1)} GB free`;
  if (gigabytes < LEAST_GB) {
    return warn(found, `npm ci and npm run image need about ${LEAST_GB} GB. Make room first.`);
  }
  if (gigabytes < ROOMY_GB) return warn(found, `npm run bench may need up to ${ROOMY_GB} GB.`);
  return ok(found);
}
