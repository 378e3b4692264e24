import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DATABASE_FILE } from '../database-file.ts';
import { asStorageError, explainFolder, FolderError } from '../storage-errors.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** A check of the whole file takes 0.9 s for each GiB, and blocks the event loop. */
const MAX_CHECKED_BYTES = 64 * 2 ** 20;
/** Those that decide what else is read. They are small. */
const CHECKED_TABLES = ['jobs', 'uploads', 'attempts', 'deliveries'];

/** SQLite's file of a folder. Only one process can have it open. */
export interface Database {
  prepare(sql: string): StatementSync;
  /**
   * Runs a transaction. When it returns, the changes are on the disk, whatever happens to the process or the power.
   *
   * @throws ServiceError `storage_full`
   */
  acknowledge<Result>(work: () => Result): Result;
  /**
   * Runs a transaction that the end of the process does not undo, but that a power cut may: without waiting for the
   * disk it takes a tenth of the time. For work that can be done again. A later `acknowledge` secures it too.
   *
   * @throws ServiceError `storage_full`
   */
  record<Result>(work: () => Result): Result;
  /** Of the database, without pages that are free. */
  usedBytes(): number;
  /** Gives up to this many free pages back to the file system. @returns whether some are left. */
  shrink(pages: number): boolean;
  close(): void;
}

/**
 * Creates a folder and those above it. Node.js does so too (`recursive`), but repeats forever where the system answers ENOENT
 * although the folder above exists, as in /proc.
 */
function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  createFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/**
 * Opens the database of a folder, and creates both if they are missing.
 *
 * @throws FolderError
 */
export function openDatabase(folder: string): Database {
  let database: DatabaseSync | undefined;
  try {
    createFolder(folder);
    const file = join(folder, DATABASE_FILE);
    // It has what proves who may send a file. SQLite gives the files beside it the same mode.
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
    // SQLite would open a file that is read-only, and fail later in a way that does not say why.
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
    database = new DatabaseSync(file, { timeout: 0 });
    // With an exclusive lock, the kernel tells other processes off, and forgets the lock when this process dies.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL;');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 8388608;');
    requireSound(database, file, folder);
    migrate(database, folder);
    // SQLite does not make the name of a new database durable.
    for (const path of [folder, dirname(folder)]) syncFolder(path);
    return wrap(database);
  } catch (error) {
    database?.close();
    throw error instanceof FolderError ? error : explainFolder(folder, error);
  }
}

function requireSound(database: DatabaseSync, file: string, folder: string): void {
  const checks =
    statSync(file).size <= MAX_CHECKED_BYTES ? [''] : CHECKED_TABLES.map((table) => `('${table}')`);
  for (const argument of checks) {
    const { quick_check } = database.prepare(`PRAGMA quick_check${argument}`).get() ?? {};
    if (quick_check !== 'ok') throw explainFolder(folder, DAMAGED);
  }
}

const DAMAGED = { code: 'ERR_SQLITE_ERROR', errcode: 11 };

/** Writes even if nothing is new, so that a database that is read-only is found now. */
function migrate(database: DatabaseSync, folder: string): void {
  database.exec('BEGIN IMMEDIATE');
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION) {
    throw new FolderError(
      `a folder of this version of the service or an older one, but ${folder} was used by a newer one`,
    );
  }
  if (version === 0) database.exec(SCHEMA);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

/** Makes the names in a folder durable. Windows cannot, and does not need to. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function wrap(database: DatabaseSync): Database {
  const numberOf = (pragma: string): number =>
    Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const pageSize = numberOf('page_size');

  function transact<Result>(synchronous: 'FULL' | 'NORMAL', work: () => Result): Result {
    database.exec(`PRAGMA synchronous = ${synchronous}; BEGIN IMMEDIATE`);
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has already undone some transactions that failed.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw asStorageError(error);
    }
  }

  return {
    prepare: (sql) => database.prepare(sql),
    acknowledge: (work) => transact('FULL', work),
    record: (work) => transact('NORMAL', work),
    usedBytes: () => (numberOf('page_count') - numberOf('freelist_count')) * pageSize,
    shrink(pages) {
      database.exec(`PRAGMA incremental_vacuum(${pages})`);
      return numberOf('freelist_count') > 0;
    },
    close: () => database.close(),
  };
}
