/** Work that goes on in the background, a few at a time. */
export interface WorkQueue {
  /** Starts the work, once there is room for it. @throws what earlier work threw. */
  add(work: () => Promise<void>): Promise<void>;
  /** Waits for all of it. @throws what any of it threw. */
  settle(): Promise<void>;
}

export function createWorkQueue(concurrency: number): WorkQueue {
  const active = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const requireSuccess = () => {
    if (failure) throw failure.error;
  };
  return {
    async add(work) {
      while (active.size >= concurrency) await Promise.race(active);
      requireSuccess();
      const task = work().then(
        () => {},
        (error: unknown) => {
          failure ??= { error };
        },
      );
      active.add(task);
      task.finally(() => active.delete(task));
    },
    async settle() {
      await Promise.all(active);
      requireSuccess();
    },
  };
}
