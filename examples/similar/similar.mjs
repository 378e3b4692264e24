import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { embedPhotos } from './embed.mjs';
import { bySimilarity, nearDuplicates } from './search.mjs';

const USAGE = `Usage: node similar.mjs FOLDER [--near 0.85] [--photo FILE [--top 5]] [--json]
                               [--url http://localhost:8080] [--model NAME]

Finds near-duplicates among the photos in a folder and its subfolders: those with a cosine similarity of --near
or more. With --photo, finds the --top photos that are most like that one instead. If the service needs an API
key, set the variable API_KEY.`;

const PHOTO = /\.(avif|gif|jpe?g|png|tiff?|webp)$/i;

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      near: { type: 'string', default: '0.85' },
      photo: { type: 'string' },
      top: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      url: { type: 'string', default: 'http://localhost:8080' },
      model: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const [near, top] = [Number(values.near), Number(values.top)];
  if (positionals.length !== 1 || Number.isNaN(near) || Number.isNaN(top)) throw new Error(USAGE);
  const [folder] = positionals;
  const service = { url: values.url.replace(/\/$/, ''), model: values.model, apiKey: process.env.API_KEY };

  const { photos, skipped } = await embedPhotos(await photosIn(folder), service);
  const found = values.photo
    ? { nearest: (await nearestTo(values.photo, photos, service)).slice(0, top) }
    : { groups: nearDuplicates(photos, near) };
  if (values.json) console.log(JSON.stringify({ photos: photos.length, skipped, ...found }, null, 2));
  else print({ photos: photos.length, skipped, ...found });
}

/** The paths of the photos, in alphabetical order. */
async function photosIn(folder) {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => PHOTO.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function nearestTo(file, photos, service) {
  const { photos: embedded, skipped } = await embedPhotos([file], service);
  if (skipped.length > 0) throw new Error(`${file}: ${skipped[0].reason}`);
  const others = photos.filter((photo) => resolve(photo.file) !== resolve(file));
  return bySimilarity(embedded[0], others);
}

function print({ photos, skipped, groups, nearest }) {
  for (const { file, reason } of skipped) console.log(`Skipped ${file}: ${reason}`);
  console.log(`Photos: ${photos}${groups ? `, groups of near-duplicates: ${groups.length}` : ''}`);
  for (const list of groups ?? [nearest]) {
    console.log();
    for (const { file, similarity } of list) console.log(`${similarity.toFixed(3)}  ${file}`);
  }
}

await main().catch(({ message }) => {
  console.error(message);
  process.exitCode = 1;
});
