import { access, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { embedPhotos } from './embed.mjs';
import { bySimilarity, nearDuplicates } from './search.mjs';

const USAGE = `Usage: node similar.mjs FOLDER [--near 0.85] [--photo FILE [--top 5]] [--json]
                               [--url http://localhost:8080] [--model NAME]

Finds near-duplicates among the photos in a folder and its subfolders: those with a cosine similarity of --near
or more, from 0 to 1. Use 0.85 for resnet50 and 0.75 for efficientnet-lite2. With --photo, finds the --top
photos that are most like that one instead. If the service needs an API key, set the variable API_KEY.`;

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
  if (positionals.length !== 1) throw new Error(USAGE);
  const [folder] = positionals;
  const near = numberFrom(values.near, (value) => value >= 0 && value <= 1, '--near to be from 0 to 1');
  const top = numberFrom(
    values.top,
    (value) => Number.isInteger(value) && value >= 1,
    '--top to be a whole number from 1',
  );
  const service = { url: values.url.replace(/\/$/, ''), model: values.model, apiKey: process.env.API_KEY };

  if (values.photo)
    await access(values.photo).catch(() => {
      throw new Error(`Expected a photo, got ${values.photo}`);
    });
  const { photos, skipped } = await embedPhotos(await photosIn(folder), service);
  const found = values.photo
    ? { nearest: (await nearestTo(values.photo, photos, service)).slice(0, top) }
    : { groups: nearDuplicates(photos, near) };
  if (values.json) console.log(JSON.stringify({ photos: photos.length, skipped, ...found }, null, 2));
  else print({ photos: photos.length, skipped, ...found });
}

/** @param text one of the options' values. An empty one is no number. */
function numberFrom(text, isValid, expected) {
  const value = text.trim() ? Number(text) : Number.NaN;
  if (!isValid(value)) throw new Error(`Expected ${expected}, got ${text}`);
  return value;
}

/** The paths of the photos, in alphabetical order. */
async function photosIn(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new Error(`Expected a folder with photos, got ${folder}`);
  });
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
