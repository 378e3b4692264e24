const HOUR_MS = 3_600_000;

/** The bytes of the results of jobs that have ended, by the address of the client. They are counted by the hour. */
export interface KeptResults {
  add(address: string, bytes: number): void;
  /** Of what is not deleted yet. */
  of(address: string): number;
}

/** @param keepMs how long results are kept. */
export function createKeptResults(keepMs: number, now: () => number): KeptResults {
  const hours = new Map<number, Map<string, number>>();
  const hourOf = (time: number) => Math.floor(time / HOUR_MS);
  return {
    add(address, bytes) {
      const hour = hourOf(now());
      const byAddress = hours.get(hour) ?? new Map<string, number>();
      byAddress.set(address, (byAddress.get(address) ?? 0) + bytes);
      hours.set(hour, byAddress);
    },
    of(address) {
      let bytes = 0;
      for (const [hour, byAddress] of hours) {
        if (hour < hourOf(now() - keepMs)) hours.delete(hour);
        else bytes += byAddress.get(address) ?? 0;
      }
      return bytes;
    },
  };
}
