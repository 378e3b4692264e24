export interface UnpickleOptions {
  /**
   * What a pickle may use, by `module.name`. In Python a pickle can import and call anything, so reading one
   * runs its author's code. Here it can call only the functions in this map.
   */
  readonly globals: ReadonlyMap<string, unknown>;
  /** Loads what the pickle refers to outside itself. */
  readonly load: (persistentId: unknown) => unknown;
}

const MARK = Symbol('mark');
const STOP = 0x2e;

/**
 * Reads a pickle of protocol 2 with the opcodes that PyTorch's state dicts use (CPython's Lib/pickletools.py
 * describes them all). Dictionaries become Maps, and tuples become arrays. The state that BUILD sets on a
 * dictionary is dropped: in a state dict it is the versions of the modules.
 *
 * @throws Error for other opcodes and globals, and for a pickle that is truncated or malformed.
 */
export function unpickle(pickle: Buffer, options: UnpickleOptions): unknown {
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = 0;

  function take(bytes: number): Buffer {
    at += bytes;
    if (at > pickle.length) throw new Error('the pickle is truncated');
    return pickle.subarray(at - bytes, at);
  }
  const byte = () => take(1).readUInt8();
  const int32 = () => take(4).readInt32LE();
  function line(): string {
    const end = pickle.indexOf('\n', at);
    if (end === -1) throw new Error('the pickle is truncated');
    return take(end + 1 - at)
      .subarray(0, -1)
      .toString('utf8');
  }

  const push = (value: unknown) => void stack.push(value);
  function pop(): unknown {
    if (stack.length === 0) throw new Error('the pickle is malformed: it pops from an empty stack');
    return stack.pop();
  }
  function popToMark(): unknown[] {
    const mark = stack.lastIndexOf(MARK);
    if (mark === -1) throw new Error('the pickle is malformed: a mark is missing');
    return stack.splice(mark).slice(1);
  }
  const popTuple = (length: number) => push(Array.from({ length }, pop).reverse());
  function setItems(items: readonly unknown[]): void {
    const dictionary = stack.at(-1);
    if (!(dictionary instanceof Map) || items.length % 2 !== 0) {
      throw new Error('the pickle is malformed: it sets items of something that is not a dictionary');
    }
    for (let item = 0; item < items.length; item += 2) dictionary.set(items[item], items[item + 1]);
  }
  const remember = (index: number) => void memo.set(index, stack.at(-1));
  function recall(index: number): void {
    if (!memo.has(index))
      throw new Error(`the pickle is malformed: it reads memo ${index}, which it never stored`);
    push(memo.get(index));
  }
  function pushGlobal(): void {
    const name = `${line()}.${line()}`;
    if (!options.globals.has(name)) {
      const known = [...options.globals.keys()].join(', ');
      throw new Error(`the pickle uses ${name}, expected only ${known}; nothing was run`);
    }
    push(options.globals.get(name));
  }
  function reduce(): void {
    const args = pop();
    const callee = pop();
    // Only functions from `globals` can be on the stack.
    if (typeof callee !== 'function' || !Array.isArray(args)) {
      throw new Error('the pickle is malformed: it calls something that is not a function');
    }
    push(callee(...args));
  }

  const operations: Readonly<Record<string, () => void>> = {
    '\x80': () => {
      const protocol = byte();
      if (protocol !== 2) throw new Error(`expected a pickle of protocol 2, got ${protocol}`);
    },
    '(': () => push(MARK),
    '}': () => push(new Map()),
    ')': () => push([]),
    t: () => push(popToMark()),
    '\x85': () => popTuple(1),
    '\x86': () => popTuple(2),
    '\x87': () => popTuple(3),
    X: () => push(take(take(4).readUInt32LE()).toString('utf8')),
    K: () => push(byte()),
    M: () => push(take(2).readUInt16LE()),
    J: () => push(int32()),
    '\x88': () => push(true),
    '\x89': () => push(false),
    q: () => remember(byte()),
    r: () => remember(int32()),
    h: () => recall(byte()),
    j: () => recall(int32()),
    c: pushGlobal,
    Q: () => push(options.load(pop())),
    R: reduce,
    s: () => setItems([pop(), pop()].reverse()),
    u: () => setItems(popToMark()),
    b: () => void pop(),
  };

  for (;;) {
    const opcode = byte();
    if (opcode === STOP) return pop();
    const operation = operations[String.fromCharCode(opcode)];
    if (operation === undefined) {
      throw new Error(
        `the pickle has opcode 0x${opcode.toString(16)} at byte ${at - 1}, which state dicts do not use`,
      );
    }
    operation();
  }
}
