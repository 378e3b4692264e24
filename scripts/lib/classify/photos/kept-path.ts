/**
 * The same path in one piece. What the functions of `node:path` return keeps all the strings that it was put together
 * from, several times its size, and there may be millions of paths.
 */
export const keptPath = (path: string): string => Buffer.from(path).toString();
