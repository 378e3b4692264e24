import { describe, expect, it } from 'vitest';
import { formatHelp, formatUsage } from '../../../../scripts/lib/command/help.ts';
import {
  choice,
  flag,
  number,
  numbers,
  text,
  texts,
  url,
  wholeNumber,
} from '../../../../scripts/lib/command/options.ts';
import { readArguments } from '../../../../scripts/lib/command/read-arguments.ts';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';

const command = {
  name: 'npm run try --',
  summary: 'Tries something.',
  options: {
    url: url({ help: 'the service', default: 'http://localhost:8080' }),
    rps: wholeNumber('N', { help: 'requests a second', min: 1, max: 200, default: 5 }),
    share: number('SHARE', { help: 'a share', min: 0, max: 1 }),
    threads: numbers('N,N', { help: 'threads', min: 1, max: 64, default: [1, 2] }),
    stage: choice(['dev', 'prod'], { help: 'the stage', required: true }),
    'api-key': text('KEY', { help: 'the key' }),
    json: flag('prints JSON'),
  },
  positionals: { folder: text('FOLDER', { help: 'the photos', required: true }) },
};
const read = (...args: readonly string[]) => readArguments(command, ['photos', '--stage', 'dev', ...args]);

describe('arguments', () => {
  it('are typed values, with defaults for what is absent', () => {
    expect(read()).toEqual({
      url: 'http://localhost:8080',
      rps: 5,
      share: undefined,
      threads: [1, 2],
      stage: 'dev',
      'api-key': undefined,
      json: false,
      folder: 'photos',
    });
    const args = ['--rps=7', '--share', '0.5', '--threads', '1,4', '--api-key', 'k', '--json'];
    expect(read(...args)).toMatchObject({ rps: 7, share: 0.5, threads: [1, 4], 'api-key': 'k', json: true });
  });

  it.each([
    [['--rps', '201'], '--rps: expected a whole number from 1 to 200, got 201'],
    [['--rps', '1e2'], '--rps: expected a whole number from 1 to 200, got 1e2'],
    [['--rps', ''], '--rps: expected a whole number from 1 to 200, got nothing'],
    [['--rps'], '--rps: expected a value, got nothing'],
    [['--rps', '--json'], '--rps: expected a value, got --json'],
    [['--rps', '1', '--rps', '2'], '--rps: expected once, got twice'],
    [['--share', '2'], '--share: expected a number from 0 to 1, got 2'],
    [
      ['--threads', '1,many'],
      '--threads: expected numbers from 1 to 64 with commas between them, got 1,many',
    ],
    [['--url', 'localhost:8080'], '--url: expected an http or https URL, got localhost:8080'],
    [['--json=yes'], '--json: expected no value, got yes'],
    [['--verbose'], 'Expected one of the options --url, --rps,'],
    [['--ur', 'x'], 'got --ur; did you mean --url?'],
    [['--stge', 'x'], 'got --stge; did you mean --stage?'],
    [['-v'], 'got -v'],
    [['more'], 'Expected FOLDER, got photos more'],
  ])('%j are refused with the name of the option', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });

  it('must include what is required', () => {
    expect(() => readArguments(command, ['photos'])).toThrow(
      '--stage: expected one of dev, prod, got nothing',
    );
    expect(() => readArguments(command, ['photos', '--stage', 'test'])).toThrow(/got test$/);
    expect(() => readArguments(command, ['photos', '--stage', 'Prod'])).toThrow(
      'got Prod; did you mean prod?',
    );
    expect(() => readArguments(command, ['--stage', 'dev'])).toThrow('FOLDER: expected a value, got nothing');
  });

  it('may be as many as the last one takes', () => {
    const all = {
      positionals: { stage: text('STAGE', { help: 'x' }), photos: texts('PHOTOS', { help: 'x' }) },
    };
    expect(readArguments(all, ['dev', 'a', '--', '-b'])).toEqual({ stage: 'dev', photos: ['a', '-b'] });
    expect(() => readArguments(all, ['dev'])).toThrow('PHOTOS: expected at least one, got nothing');
    expect(formatUsage({ ...command, ...all })).toMatch(/ \[STAGE\] PHOTOS\.\.\. /);
  });
});

describe('the help', () => {
  it('has the usage, every option with its default, and the exit codes', () => {
    const help = formatHelp(command);
    expect(formatUsage(command)).toBe('Usage: npm run try -- FOLDER --stage dev|prod [options]');
    expect(help.startsWith(`${formatUsage(command)}\n\nTries something.\n\n`)).toBe(true);
    expect(help).toMatch(/^ {2}FOLDER +the photos$/m);
    expect(help).toMatch(/^ {2}--rps N +requests a second \(default: 5\)$/m);
    expect(help).toMatch(/^ {2}--help +prints this text$/m);
    expect(help).toMatch(/^Exit codes: 0 done; 1 failed; 2 wrong usage; 130 interrupted$/m);
  });
});
