import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStateDict } from '../../../../../scripts/lib/model/torch/state-dict.ts';

const file = await readFile(new URL('../../../../fixtures/models/tiny/tiny-resnet.pth', import.meta.url));

/** The fixture with the first `bytes` replaced by as many others; both as Latin-1. */
function patched(bytes: string, others: string): Buffer {
  expect(others.length).toBe(bytes.length);
  const copy = Buffer.from(file);
  const at = copy.indexOf(bytes, 0, 'latin1');
  expect(at).toBeGreaterThan(-1);
  copy.write(others, at, 'latin1');
  return copy;
}

/** A zip with one stored entry. */
function zip(name: string, content: Buffer): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50);
  central.writeUInt32LE(content.length, 20);
  central.writeUInt32LE(content.length, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + content.length, 16);
  return Buffer.concat([local, Buffer.from(name), content, central, Buffer.from(name), end]);
}

/** A state dict whose pickle has these opcodes, as Latin-1, after PROTO 2. */
const withPickle = (opcodes: string) => zip('x/data.pkl', Buffer.from(`\x80\x02${opcodes}`, 'latin1'));

describe('readStateDict', () => {
  it('reads tensors of float32 and counters of int64', () => {
    const state = readStateDict(file);
    expect([...state.keys()].slice(0, 3)).toEqual(['conv1.weight', 'bn1.weight', 'bn1.bias']);
    expect(state.get('layer2.0.conv2.weight')).toMatchObject({ dtype: 'float32', shape: [3, 3, 3, 3] });
    expect(state.get('bn1.num_batches_tracked')).toEqual({ dtype: 'int64', shape: [] });
    const variance = state.get('bn1.running_var');
    expect(variance?.dtype === 'float32' && variance.data[0]).toBe(Math.fround(1e-5));
    // Pickled as a parameter, the others as tensors.
    expect(state.get('fc.bias')).toMatchObject({ dtype: 'float32', shape: [1000] });
  });

  it('reads the same from a buffer at an odd address', () => {
    const odd = Buffer.concat([Buffer.alloc(1), file]).subarray(1);
    expect(readStateDict(odd)).toEqual(readStateDict(file));
  });

  it('refuses a pickle that would run a command in Python', () => {
    expect(() => readStateDict(withPickle('cos\nsystem\nX\x02\0\0\0id\x85R.'))).toThrow(
      'the pickle uses os.system, expected only collections.OrderedDict, torch._utils._rebuild_tensor_v2, ' +
        'torch._utils._rebuild_parameter, torch.FloatStorage, torch.LongStorage; nothing was run',
    );
  });

  it.each([
    ['a global every object has', withPickle('cconstructor\nx\n.'), 'the pickle uses constructor.x'],
    ['an opcode that makes instances', withPickle('(ios\nsystem\n.'), 'the pickle has opcode 0x69 at byte 3'],
    ['another protocol', patched('\x80\x02ccoll', '\x80\x04ccoll'), 'a pickle of protocol 2, got 4'],
    ['a call of a string', withPickle('X\x02\0\0\0id)R.'), 'calls something that is not a function'],
    ['an item of a tuple', withPickle(')K\x01K\x01s.'), 'sets items of something that is not a dictionary'],
    ['a key without a value', withPickle('}(K\x01u.'), 'sets items of something that is not a dictionary'],
    ['a tuple without a mark', withPickle('t.'), 'a mark is missing'],
    ['too few values', withPickle('K\x01s.'), 'pops from an empty stack'],
    ['a value never stored', withPickle('h\x07.'), 'reads memo 7, which it never stored'],
    ['a pickle without its end', withPickle('}'), 'the pickle is truncated'],
    ['a name without its end', withPickle('ccollections'), 'the pickle is truncated'],
    ['a list of nothing', withPickle(').'), 'expected a dictionary of tensors'],
    ['a value that is not a tensor', withPickle('}X\x01\0\0\0aK\x01s.'), 'a: expected a tensor'],
    ['another kind of storage', withPickle('K\x01Q.'), 'a storage: expected'],
    [
      'numbers of another type',
      patched('FloatStorage', 'ShortStorage'),
      'the pickle uses torch.ShortStorage',
    ],
    [
      'a transposed tensor',
      patched('K\x93K\x31K\x07K\x01t', 'K\x93K\x31K\x01K\x07t'),
      'conv1.weight: expected a contiguous tensor, got shape [3,3,7,7] with stride [147,49,1,7]',
    ],
    [
      'a tensor larger than its storage',
      patched('(K\x03K\x03K\x07K\x07t', '(K\x04K\x03K\x07K\x07t'),
      'conv1.weight: expected 2352 bytes of storage, got 1764',
    ],
    [
      'a storage that is not there',
      patched('X\x01\0\0\x000q', 'X\x01\0\0\x00zq'),
      'the zip entry tiny-resnet/data/z is missing',
    ],
    ['big-endian numbers', patched('little', 'bigend'), 'expected little-endian tensors, got bigend'],
    ['a zip of something else', zip('x/model.json', Buffer.from('{}')), 'found no data.pkl in it'],
    ['no zip', Buffer.from('\x80\x02', 'latin1'), 'expected a zip, found no zip directory'],
    ['an empty file', Buffer.alloc(0), 'expected a zip, found no zip directory'],
    ['a truncated file', file.subarray(0, -30), 'expected a zip, found no zip directory'],
    ['a file whose start is missing', file.subarray(100), 'the zip directory is damaged'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readStateDict(bytes)).toThrow(message);
  });

  it('accepts any stride of a dimension of size 1', () => {
    // layer1.0.conv1.weight, of shape [2, 3, 1, 1].
    const odd = patched('(K\x03K\x01K\x01K\x01t', '(K\x03K\x01K\x09K\x09t');
    expect(readStateDict(odd)).toEqual(readStateDict(file));
  });

  it('refuses an entry that ends after the file', () => {
    const long = zip('x/data.pkl', Buffer.from('x'));
    long.writeUInt32LE(1000, long.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    expect(() => readStateDict(long)).toThrow('the zip directory is damaged');
  });

  it('refuses a directory that points to something else', () => {
    const elsewhere = zip('x/data.pkl', Buffer.from('x'));
    elsewhere.writeUInt32LE(0, 0);
    expect(() => readStateDict(elsewhere)).toThrow('the zip directory is damaged');
  });

  it('refuses compressed entries', () => {
    const compressed = zip('x/data.pkl', Buffer.from('x'));
    compressed.writeUInt16LE(8, compressed.indexOf('PK\x01\x02', 0, 'latin1') + 10);
    expect(() => readStateDict(compressed)).toThrow(
      'x/data.pkl: expected a stored zip entry, got compression 8',
    );
  });

  it('returns or throws its own error for any damage', () => {
    // The pickle is at the start, the zip directory at the end.
    const position = fc.oneof(
      fc.integer({ min: 0, max: 17_000 }),
      fc.integer({ min: file.length - 10_000, max: file.length - 1 }),
    );
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.array(fc.tuple(position, byte), { minLength: 1, maxLength: 5 }), (changes) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of changes) damaged[at] = value;
        try {
          readStateDict(damaged);
        } catch (error) {
          expect((error as Error).constructor).toBe(Error);
        }
      }),
      { numRuns: 300 },
    );
  });
});
