const DAY_MS = 86_400_000;

/** A day in UTC, such as `2026-01-31`. Days compare like texts. */
export type Day = string;

export const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/;

/** Milliseconds since 1970 at the start of a day. */
export const startOf = (day: Day): number => Date.parse(`${day}T00:00:00Z`);

/** The day some days after another one; before it, for a negative number. */
export const addDays = (day: Day, days: number): Day => dayAt(startOf(day) + days * DAY_MS);

/** The last whole day before a moment. */
export const dayBefore = (moment: Date): Day => dayAt(moment.getTime() - DAY_MS);

const dayAt = (milliseconds: number): Day => new Date(milliseconds).toISOString().slice(0, 10);
