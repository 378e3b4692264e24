import { type Finding, type NamedFinding, ok, runChecks, warn } from '../findings/finding.ts';
import { REPOSITORY } from '../paths.ts';
import { checkNode } from '../preflight/machine.ts';
import { findChromium } from '../screenshots/chromium.ts';
import { adviceOf, TOOLS } from './blocks.ts';
import { checkDisk, checkPackages, checkPort } from './place.ts';
import { checkDockerEngine, checkProgram, checkPython } from './programs.ts';

/** Checks this machine. Installs and changes nothing. */
export function setUp(): Promise<NamedFinding[]> {
  return runChecks([
    { name: 'Node.js', run: () => checkNode(process.versions.node) },
    { name: 'packages', run: () => checkPackages(REPOSITORY) },
    { name: 'port', run: () => checkPort(process.env['PORT']) },
    { name: 'disk', run: () => checkDisk(REPOSITORY) },
    { name: 'Docker', run: () => checkDockerEngine() },
    { name: 'Python', run: () => checkPython() },
    { name: 'Go', run: () => checkProgram('go', ['version'], TOOLS.go) },
    { name: 'Chromium', run: checkChromium },
    { name: 'curl', run: () => checkProgram('curl', ['--version'], TOOLS.curl) },
    { name: 'jq', run: () => checkProgram('jq', ['--version'], TOOLS.jq) },
    { name: 'Rust', run: () => checkProgram('cargo', ['--version'], TOOLS.cargo) },
    { name: 'Java', run: () => checkProgram('javac', ['--version'], TOOLS.javac) },
    { name: 'Maven', run: () => checkProgram('mvn', ['--version'], TOOLS.mvn) },
    { name: 'Git', run: () => checkProgram('git', ['--version'], TOOLS.git) },
    {
      name: 'QEMU',
      run: () => checkProgram('qemu-x86_64-static', ['--version'], TOOLS['qemu-x86_64-static']),
    },
  ]);
}

function checkChromium(): Finding {
  const path = findChromium();
  return path === undefined ? warn('Chromium was not found', adviceOf(TOOLS.chromium)) : ok(path);
}
