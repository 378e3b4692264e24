/** Says what is measured now. */
export const step = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
