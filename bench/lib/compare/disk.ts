import { docker, IMAGE } from '../../../scripts/lib/docker/docker.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { type VenvName, venvOf, venvPython } from '../python/venv.ts';
import type { Result } from '../result.ts';

/**
 * The parts of PyPI's PyTorch that only a graphics card needs. There is a build without them, but not on
 * PyPI.
 */
const CUDA_PATTERNS = [
  'nvidia',
  'triton',
  'torch/lib/libtorch_cuda*',
  'torch/lib/libc10_cuda*',
  'torch/lib/libcudnn*',
];

/**
 * The size of the service's image, and the minimum for an image of each Python server: its packages and
 * Python.
 */
export async function measureDisk(
  servers: readonly { readonly id: VenvName; readonly title: string }[],
): Promise<Result['disk']> {
  const image = await docker('image', 'inspect', '--format', '{{.Size}}', IMAGE).catch(() => undefined);
  const python = await pythonBytes();
  const found = image ? [{ title: 'This service, its container image', megabytes: Number(image) / 1e6 }] : [];
  for (const { id, title } of servers) {
    const packages = `${venvOf(id)}lib/python3.11/site-packages`;
    const all = (await bytesOf(packages)) + python;
    found.push({ title: `${title}: packages and Python`, megabytes: all / 1e6 });
    if (id !== 'fastapi-torch') continue;
    const cuda = await bytesOf(...CUDA_PATTERNS.map((pattern) => `${packages}/${pattern}`));
    found.push({ title: `${title}: the same without CUDA`, megabytes: (all - cuda) / 1e6 });
  }
  return found;
}

/** The interpreter and the standard library, without tests and site-packages. */
async function pythonBytes(): Promise<number> {
  const code = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
  const library = await run(venvPython('fastapi-torch'), ['-c', code]);
  const all = await bytesOf(library, '--exclude=site-packages', '--exclude=test', '--exclude=config-*');
  return all + (await bytesOf(`${library}/../../bin/python3.11`));
}

/** The total size of files. The shell expands globs; one without a match counts as zero. */
async function bytesOf(...paths: readonly string[]): Promise<number> {
  const text = await run('sh', [
    '-c',
    `du --bytes --total --summarize ${paths.join(' ')} 2>/dev/null | tail -n 1`,
  ]);
  return Number.parseInt(text, 10);
}
