import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { VENVS, type VenvName, venvPython } from '../python/venv.ts';
import type { Result } from '../result.ts';

/** Instructions that int8 and float32 products depend on. */
const TELLING_FLAGS = [
  'avx2',
  'avx512f',
  'avx_vnni',
  'avx512_vnni',
  'avx512_bf16',
  'amx_int8',
  'asimddp',
  'i8mm',
];

export async function describeMachine(): Promise<Result['machine']> {
  const cpuInfo = await readFile('/proc/cpuinfo', 'utf8');
  const present = new Set(/^(?:flags|Features)\s*: (.*)$/m.exec(cpuInfo)?.[1]?.split(' '));
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(cpuInfo)?.[1] ?? 'unknown';
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    family: `family ${field('cpu family')}, model ${field('model')}`,
    cores: availableParallelism(),
    flags: TELLING_FLAGS.filter((flag) => present.has(flag)),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
  };
}

/** The versions of what was measured, by name. */
export async function describeVersions(): Promise<Record<string, string>> {
  const text = await readFile(`${REPOSITORY}package.json`, 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
  const python = await run(venvPython('fastapi-torch'), ['--version']);
  const versions = {
    'Node.js': process.versions.node,
    'onnxruntime-node': dependencies['onnxruntime-node'] ?? 'unknown',
    sharp: dependencies['sharp'] ?? 'unknown',
    Python: python.replace('Python ', ''),
  };
  const names = Object.keys(VENVS) as VenvName[];
  return Object.assign(versions, ...(await Promise.all(names.map(packageVersions))));
}

/** None for an environment that is not installed. */
async function packageVersions(name: VenvName): Promise<Record<string, string>> {
  const packages = JSON.stringify(VENVS[name]);
  const code = `import importlib.metadata as m, json; print(json.dumps({p: m.version(p) for p in ${packages}}))`;
  return JSON.parse(await run(venvPython(name), ['-c', code]).catch(() => '{}'));
}
