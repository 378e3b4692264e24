import { readDeployment } from './deployment.ts';

/** @throws Error if an emulator of this folder runs. A second one would replace and delete its files and images. */
export async function expectNoneRunning(): Promise<void> {
  const address = await readDeployment().then(
    (deployment) => deployment.address,
    () => undefined,
  );
  if (address === undefined) return;
  const answers = await fetch(`http://${address}/_ministack/health`, {
    signal: AbortSignal.timeout(5000),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) return;
  throw new Error(
    `Expected no other emulator in this folder, got one at http://${address}; end it with Ctrl+C in its terminal first`,
  );
}
