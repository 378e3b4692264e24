import { type Database, openDatabase } from './database.ts';
import { type DeliveryRows, deliveryRows } from './deliveries.ts';
import { type InputRows, inputRows } from './inputs.ts';
import { type JobRows, jobRows } from './jobs.ts';
import { type UploadRows, uploadRows } from './uploads.ts';

/** The tables of a folder. Call what changes them within a transaction of `database`. */
export interface Store<Message> {
  readonly database: Database;
  readonly uploads: UploadRows;
  readonly jobs: JobRows;
  readonly inputs: InputRows;
  readonly deliveries: DeliveryRows<Message>;
}

/** @throws FolderError */
export function openStore<Message>(folder: string): Store<Message> {
  const database = openDatabase(folder);
  return {
    database,
    uploads: uploadRows(database),
    jobs: jobRows(database),
    inputs: inputRows(database),
    deliveries: deliveryRows(database),
  };
}
