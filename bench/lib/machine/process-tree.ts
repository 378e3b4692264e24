import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks a second in /proc: USER_HZ, 100 on every Linux of x86-64 and arm64 (man 5 proc). */
const TICKS_PER_SECOND = 100;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, including ended children. */
  readonly cpuSeconds: number;
}

export interface Usage {
  readonly cpuSeconds: number;
  /** The sum of the processes' peak resident sets (VmHWM). Shared pages count once for each process. */
  readonly peakMiB: number;
  /** The sum of their resident sets now (VmRSS). */
  readonly residentMiB: number;
  /** Resident and not backed by a file (RssAnon): the part that the page cache cannot share or drop. */
  readonly anonymousMiB: number;
}

/** @param text of `/proc/PID/stat`. The name in it may have spaces and parentheses. */
export function parseStat(text: string): ProcessStat {
  const afterName = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(afterName[number - 3]);
  const ticks = field(14) + field(15) + field(16) + field(17);
  return { pid: Number.parseInt(text, 10), parent: field(4), cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** The process `root` and its descendants. */
export function descendants(processes: readonly ProcessStat[], root: number): ProcessStat[] {
  const found = processes.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...processes.filter(({ parent }) => parent === pid));
  return found;
}

/** What a process and its descendants have used so far. @throws Error if the process has ended. */
export async function usageOfTree(root: number): Promise<Usage> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while its files are read.
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  const tree = descendants(stats.filter(Boolean).map(parseStat), root);
  if (tree.length === 0) throw new Error(`Expected process ${root} to run, but it has ended`);
  const statuses = await Promise.all(
    tree.map(({ pid }) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')),
  );
  return {
    cpuSeconds: sum(tree.map(({ cpuSeconds }) => cpuSeconds)),
    peakMiB: sum(statuses.map((status) => kibibytes(status, 'VmHWM'))) / 1024,
    residentMiB: sum(statuses.map((status) => kibibytes(status, 'VmRSS'))) / 1024,
    anonymousMiB: sum(statuses.map((status) => kibibytes(status, 'RssAnon'))) / 1024,
  };
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
