import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StageError } from '../../../../lib/stages.ts';
import packageJson from '../../../../package.json' with { type: 'json' };
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';
import { formatToolHelp } from '../../../../scripts/lib/tools/help.ts';
import { checkPipeline } from '../../../../scripts/lib/tools/pipeline.ts';
import { runTool } from '../../../../scripts/lib/tools/run.ts';
import { formatServerHelp, SERVERS } from '../../../../scripts/lib/tools/server-help.ts';
import { TOOLS } from '../../../../scripts/lib/tools/tools.ts';

const scripts: Readonly<Record<string, string>> = packageJson.scripts;

/** Runs an npm script as npm does: the arguments at the end of its line, in a shell. */
function runScript(name: string, args: string, more: Record<string, string> = {}) {
  const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const ran = spawnSync('sh', ['-c', `${scripts[name]} ${args}`], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    env: { PATH, ...more },
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

describe('an npm script that runs the program of another project', () => {
  it.each(Object.entries(TOOLS))('%s has a help with examples of its own name', (name, tool) => {
    const help = formatToolHelp(name, tool);
    const typed = name === 'test' ? 'npm test' : `npm run ${name}`;
    expect(help).toMatch(/^Usage: npm .*\n\n[A-Z][\s\S]*?\.\n\nExamples:/);
    const [, examples = ''] = /^Examples:\n((?: {2}.*\n)+)/m.exec(help) ?? [];
    const lines = examples.trimEnd().split('\n');
    expect(lines.filter((line) => !new RegExp(`^ {2}${typed}( -- .+)?$`).test(line))).toEqual([]);
    expect(help).toMatch(/^Exit codes: 0 done; 1 failed; 2 wrong usage; 130 interrupted$/m);
  });

  it.each(Object.values(TOOLS).flatMap(({ examples, steps }) => [...examples, ...steps.flat()]))(
    'names files that exist: %s',
    (words) => {
      const paths = words.split(' ').filter((word) => /^(test|lambda|scripts|bench)\//.test(word));
      expect(paths.filter((path) => !existsSync(`${REPOSITORY}${path}`))).toEqual([]);
    },
  );

  it.each(['test', 'check'])('%s prints it through the shell of npm', (name) => {
    const { code, stdout } = runScript(name, '--help');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('\nExamples:\n') });
  });

  it('refuses arguments that nothing would read', () => {
    const { code, stderr } = runScript('check', '--fix');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'Expected no arguments, got --fix\nUsage: npm run check -- [--help]\n',
    });
  });
});

describe('the steps of a tool', () => {
  const node = (code: string) => ['node', '-e', code] as const;
  const tool = { summary: '', examples: [] };

  it('run until one fails, with the arguments for the last', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tools-'));
    const touch = (name: string) => node(`fs.writeFileSync('${folder}/${name}', process.argv.join())`);
    expect(await runTool({ ...tool, steps: [touch('a'), touch('b')] }, ['given'])).toBe(0);
    expect(existsSync(`${folder}/b`)).toBe(true);
    expect(await runTool({ ...tool, steps: [node('process.exit(2)'), touch('c')] }, [])).toBe(1);
    expect(existsSync(`${folder}/c`)).toBe(false);
  });

  it('end with the code of the signal that ended one', async () => {
    expect(await runTool({ ...tool, steps: [node("process.kill(process.pid, 'SIGINT')")] }, [])).toBe(130);
    expect(await runTool({ ...tool, steps: [node('process.exit(143)')] }, [])).toBe(143);
  });

  it('find the programs of node_modules, and have their variables unless the environment does', async () => {
    const tsc = { ...tool, steps: [['tsc', '--version']] } as const;
    expect(await runTool(tsc, [])).toBe(0);
    const code = "process.exit(process.env.PATH && process.env.SOME === 'x' ? 0 : 1)";
    expect(await runTool({ ...tool, steps: [node(code)], environment: { SOME: 'x', PATH: '' } }, [])).toBe(0);
  });
});

describe('npm run pipeline', () => {
  it('names the stages before cdk starts', async () => {
    await expect(checkPipeline([])).rejects.toThrow(UsageError);
    await expect(checkPipeline(['synth'])).rejects.toThrow(
      'stage: expected one of build, dev, staging, prod, got nothing; choose it with -c stage=dev',
    );
    for (const wrong of [['-c', 'stage=qa'], ['-c=stage=qa'], ['--context', 'a=b', '--context=stage=qa']]) {
      await expect(checkPipeline(['deploy', ...wrong])).rejects.toThrow('got "qa"');
    }
  });

  it('says what cdk.json lacks', async () => {
    const missing = checkPipeline(['diff', '-c', 'stage=dev']);
    await expect(missing).rejects.toThrow(StageError);
    await expect(missing).rejects.toThrow('in the context of cdk.json, got nothing');
  });

  it('leaves the rest to cdk', async () => {
    await checkPipeline(['--version']);
    await checkPipeline(['docs']);
  });
});

describe.each(Object.keys(SERVERS))('the help of npm script %s', (name) => {
  it('has examples, routes and settings', async () => {
    const help = await formatServerHelp(name, 110);
    expect(help).toMatch(/^Examples:\n( {2}.*\n)+/m);
    const sections = help.split('\n\n').filter((section) => /^(Routes|Settings)/.test(section));
    expect(sections).toHaveLength(2);
    for (const row of sections.flatMap((section) => section.split('\n').slice(1))) {
      expect(row).toMatch(/^ {2}\S.* {2,}\S/);
    }
    expect(help).toContain('docs/settings.md');
  });

  it('is printed through the shell of npm, and nothing starts', () => {
    const { code, stdout } = runScript(name, '--help', { PORT: '0' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Examples:') });
  });

  it('refuses options', () => {
    const { code, stderr } = runScript(name, '--port 9000', { PORT: '0' });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PORT=9000 npm start'),
    });
  });
});
