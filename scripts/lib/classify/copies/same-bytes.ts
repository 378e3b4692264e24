import { lstat, readFile } from 'node:fs/promises';

/** Whether two files, each small enough for the memory, have the same contents. */
export async function haveSameBytes(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([lstat(one), lstat(other)]);
  if (!first.isFile() || !second.isFile() || first.size !== second.size) return false;
  const [bytes, others] = await Promise.all([readFile(one), readFile(other)]);
  return bytes.equals(others);
}
