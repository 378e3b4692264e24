import type { TestProject } from 'vitest/node';
import { type EmulatedDeployment, readDeployment } from '../../scripts/emulator/deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `npm run emulator` has deployed. */
    deployment: EmulatedDeployment;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('deployment', await readDeployment());
}
