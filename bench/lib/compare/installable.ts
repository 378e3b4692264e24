import { docker, IMAGE } from '../../../scripts/lib/docker/docker.ts';
import { ensureVenv } from '../python/venv.ts';
import type { Result } from '../result.ts';
import { frameworks } from '../subjects/subjects.ts';

/** The serving frameworks whose packages can be installed here, and the others with the reason. */
export async function chooseFrameworks(cores: number) {
  const subjects: ReturnType<typeof frameworks>[number][] = [];
  const skipped: Result['skipped'] = [];
  for (const subject of frameworks(cores)) {
    try {
      await ensureVenv(subject.id);
      subjects.push(subject);
    } catch (error) {
      skipped.push({ title: subject.title, reason: lastLine((error as Error).message) });
    }
  }
  return { subjects, skipped };
}

/** Whether the container can be measured: Docker is running and the image is built. */
export const hasImage = (): Promise<boolean> =>
  docker('image', 'inspect', IMAGE).then(
    () => true,
    () => false,
  );

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
