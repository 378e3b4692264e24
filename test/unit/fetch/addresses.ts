import fc from 'fast-check';

/**
 * The IANA special-purpose registries (RFC 6890 and its successors), multicast and unassigned space. The list
 * is separate from the library that the code uses, so that a mistake in the library shows.
 */
export const SPECIAL_IPV4_BLOCKS = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private use
  '100.64.0.0/10', // carrier-grade NAT; Alibaba Cloud's metadata endpoint
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's platform endpoint
  '169.254.0.0/16', // link local; metadata endpoints
  '172.16.0.0/12', // private use
  '192.0.0.0/24', // IETF protocol assignments; Oracle Cloud's metadata endpoint
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private use
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, with the broadcast address
] as const;

export const SPECIAL_IPV6_BLOCKS = [
  '0:0:0:0:0:0:0:0/96', // unspecified, loopback, IPv4-compatible
  '0:0:0:0:0:ffff:0:0/96', // IPv4-mapped
  '0:0:0:0:ffff:0:0:0/96', // IPv4-translated
  '64:ff9b:0:0:0:0:0:0/96', // NAT64
  '64:ff9b:1:0:0:0:0:0/48', // local NAT64
  '100:0:0:0:0:0:0:0/64', // discard only
  '100:0:0:1:0:0:0:0/64', // dummy
  '2001:0:0:0:0:0:0:0/32', // Teredo
  '2001:0:0:0:0:0:0:0/23', // IETF protocol assignments
  '2001:2:0:0:0:0:0:0/48', // benchmarking
  '2001:3:0:0:0:0:0:0/32', // AMT
  '2001:4:112:0:0:0:0:0/48', // AS112
  '2001:10:0:0:0:0:0:0/28', // ORCHID
  '2001:20:0:0:0:0:0:0/28', // ORCHIDv2
  '2001:30:0:0:0:0:0:0/28', // drone remote id
  '2001:db8:0:0:0:0:0:0/32', // documentation
  '2002:0:0:0:0:0:0:0/16', // 6to4
  '2620:4f:8000:0:0:0:0:0/48', // AS112
  '3fff:0:0:0:0:0:0:0/20', // documentation
  '4000:0:0:0:0:0:0:0/2', // unassigned, and segment routing's 5f00::/16
  '8000:0:0:0:0:0:0:0/1', // unassigned, unique local, link local, site local, multicast
  'fc00:0:0:0:0:0:0:0/7', // unique local; fd00:ec2::254
  'fe80:0:0:0:0:0:0:0/10', // link local
  'fec0:0:0:0:0:0:0:0/10', // site local
  'ff00:0:0:0:0:0:0:0/8', // multicast
] as const;

const ipv4ToNumber = (address: string): number =>
  address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);

const numberToIpv4 = (number: number): string =>
  [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');

const ipv6ToBigInt = (address: string): bigint =>
  address.split(':').reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);

const bigIntToIpv6 = (number: bigint): string =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n]
    .map((shift) => ((number >> shift) & 0xffffn).toString(16))
    .join(':');

function isInIpv4Block(address: number, block: string): boolean {
  const [base = '', length] = block.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(address / size) === Math.floor(ipv4ToNumber(base) / size);
}

/** Addresses of one block, its first and last included. */
export function ipv4In(block: string): fc.Arbitrary<string> {
  const [base = '', length] = block.split('/');
  const first = ipv4ToNumber(base);
  return fc.integer({ min: first, max: first + 2 ** (32 - Number(length)) - 1 }).map(numberToIpv4);
}

export function ipv6In(block: string): fc.Arbitrary<string> {
  const [base = '', length] = block.split('/');
  const first = ipv6ToBigInt(base);
  return fc.bigInt({ min: first, max: first + 2n ** (128n - BigInt(length ?? 0)) - 1n }).map(bigIntToIpv6);
}

export const specialIpv4 = fc.constantFrom(...SPECIAL_IPV4_BLOCKS).chain(ipv4In);

export const specialIpv6 = fc.constantFrom(...SPECIAL_IPV6_BLOCKS).chain(ipv6In);

export const globalIpv4 = fc
  .integer({ min: 0, max: 2 ** 32 - 1 })
  .filter((address) => !SPECIAL_IPV4_BLOCKS.some((block) => isInIpv4Block(address, block)))
  .map(numberToIpv4);

/** From the blocks that IANA gave to the regional registries, without ISATAP identifiers. */
export const globalIpv6 = fc
  .constantFrom(
    '2001:200:0:0:0:0:0:0/23',
    '2003:0:0:0:0:0:0:0/18',
    '2400:0:0:0:0:0:0:0/12',
    '2600:0:0:0:0:0:0:0/12',
    '2800:0:0:0:0:0:0:0/12',
    '2a00:0:0:0:0:0:0:0/12',
    '2c00:0:0:0:0:0:0:0/12',
  )
  .chain(ipv6In)
  .filter((address) => !/:[02]?(?:00)?:5efe:[^:]+:[^:]+$/.test(address));

/** One number of an IPv4 address in a form that C's inet_aton, and so every URL parser, accepts. */
const numeral = (value: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(10, 8, 16), fc.integer({ min: 0, max: 6 }), fc.boolean())
    .map(([base, zeros, upper]) => {
      if (base === 10) return String(value);
      const digits = '0'.repeat(zeros) + value.toString(base);
      const text = base === 8 ? `0${digits}` : `0x${digits}`;
      return upper ? text.toUpperCase() : text;
    });

/** One to four numbers. The last one stands for all remaining octets. */
const classicSpelling = (address: string): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: 4 }).chain((count) => {
    const octets = address.split('.').map(Number);
    const last = octets.slice(count - 1).reduce((number, octet) => number * 256 + octet, 0);
    return fc
      .tuple(...[...octets.slice(0, count - 1), last].map((value) => numeral(value)))
      .map((parts) => parts.join('.'));
  });

const FULL_WIDTH_ZERO = 0xff10;

/** Spellings with characters that IDNA maps to the plain ones, or drops. */
const DISGUISES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `${text}.`,
  (text) => text.replace(/\d/g, (digit) => String.fromCharCode(FULL_WIDTH_ZERO + Number(digit))),
  (text) => text.replaceAll('.', '\u3002'),
  (text) => text.replaceAll('.', '\uff0e'),
  (text) => text.replaceAll('.', '\uff61'),
  (text) => text.replace(/^./, '$&\u00ad'),
  (text) => text.replace(/^./, '$&\u200b'),
  (text) => text.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`),
  (text) => text.replace(/^./, '$&\t\n'),
];

/** Any spelling of an IPv4 address as the host of a URL. */
export const spellingOfIpv4 = (address: string): fc.Arbitrary<string> =>
  fc.tuple(classicSpelling(address), fc.constantFrom(...DISGUISES)).map(([text, disguise]) => disguise(text));

/** Any spelling, in brackets, of an IPv6 address that is given in full. */
export const spellingOfIpv6 = (address: string): fc.Arbitrary<string> => {
  const groups = address.split(':');
  const padded = groups.map((group) => group.padStart(4, '0')).join(':');
  const tail = Number.parseInt(groups[6] ?? '', 16) * 2 ** 16 + Number.parseInt(groups[7] ?? '', 16);
  const dotted = `${groups.slice(0, 6).join(':')}:${numberToIpv4(tail)}`;
  const short = new URL(`https://[${address}]`).hostname.slice(1, -1);
  return fc.constantFrom(address, padded, dotted, short, short.toUpperCase()).map((text) => `[${text}]`);
};
