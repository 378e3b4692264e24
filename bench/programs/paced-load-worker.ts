import { parentPort, workerData } from 'node:worker_threads';
import { applyPacedLoad } from '../lib/load/paced-load.ts';

parentPort?.postMessage(await applyPacedLoad(workerData));
