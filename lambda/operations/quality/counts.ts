/** The number of images in each bin. */
export type Counts = readonly number[];

export const sum = (counts: Counts): number => counts.reduce((total, count) => total + count, 0);
