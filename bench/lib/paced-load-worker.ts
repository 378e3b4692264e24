import { parentPort, workerData } from 'node:worker_threads';
import { applyPacedLoad } from './paced-load.ts';

parentPort?.postMessage(await applyPacedLoad(workerData));
