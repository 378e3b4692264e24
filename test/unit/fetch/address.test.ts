import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGlobalAddress } from '../../../lambda/fetch/address.ts';
import { hostOf, parseTarget } from '../../../lambda/fetch/target.ts';
import {
  globalIpv4,
  globalIpv6,
  ipv4In,
  ipv6In,
  SPECIAL_IPV4_BLOCKS,
  SPECIAL_IPV6_BLOCKS,
  spellingOfIpv4,
  spellingOfIpv6,
} from './addresses.ts';

/** Whether the fetcher allows the host of a URL. */
const verdict = (host: string): boolean => isGlobalAddress(hostOf(parseTarget(`https://${host}/`)));

const withSpelling = (address: string): fc.Arbitrary<readonly [string, string]> =>
  (address.includes(':') ? spellingOfIpv6(address) : spellingOfIpv4(address)).map((host) => [address, host]);

describe('isGlobalAddress', () => {
  it.each(SPECIAL_IPV4_BLOCKS)('refuses every address of %s in every spelling', (block) => {
    fc.assert(
      fc.property(ipv4In(block).chain(withSpelling), ([address, host]) => {
        expect(isGlobalAddress(address)).toBe(false);
        expect(verdict(host)).toBe(false);
      }),
    );
  });

  it.each(SPECIAL_IPV6_BLOCKS)('refuses every address of %s in every spelling', (block) => {
    fc.assert(
      fc.property(ipv6In(block).chain(withSpelling), ([address, host]) => {
        expect(isGlobalAddress(address)).toBe(false);
        expect(verdict(host)).toBe(false);
      }),
    );
  });

  it('accepts every global unicast address, in every spelling a URL may have', () => {
    fc.assert(
      fc.property(fc.oneof(globalIpv4, globalIpv6).chain(withSpelling), ([address, host]) => {
        expect(isGlobalAddress(address)).toBe(true);
        expect(verdict(host)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses every IPv6 address that contains an IPv4 address, even a public one', () => {
    const wrappers = [
      (v4: string) => `::${v4}`,
      (v4: string) => `::ffff:${v4}`,
      (v4: string) => `::ffff:0:${v4}`,
      (v4: string) => `64:ff9b::${v4}`,
      (v4: string) => `64:ff9b:1::${v4}`,
      (v4: string) => `2001:0:4136:e378:8000:63bf:${v4}`,
      (v4: string) => `2a00:1450:4001:82a:0:5efe:${v4}`,
      (v4: string) => `2a00:1450:4001:82a:200:5efe:${v4}`,
      (v4: string) => {
        const [a, b, c, d] = v4.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
        return `2002:${a}${b}:${c}${d}::1`;
      },
    ];
    fc.assert(
      fc.property(fc.oneof(globalIpv4, fc.ipV4()), fc.constantFrom(...wrappers), (address, wrap) => {
        expect(isGlobalAddress(wrap(address))).toBe(false);
      }),
    );
  });

  it.each([
    ['1.0.0.1', true],
    ['8.8.8.8', true],
    ['93.184.215.14', true],
    ['9.255.255.255', true],
    ['11.0.0.0', true],
    ['100.63.255.255', true],
    ['100.128.0.0', true],
    ['126.255.255.255', true],
    ['128.0.0.0', true],
    ['169.253.255.255', true],
    ['169.255.0.0', true],
    ['172.15.255.255', true],
    ['172.32.0.0', true],
    ['192.0.1.0', true],
    ['198.17.255.255', true],
    ['198.20.0.0', true],
    ['223.255.255.255', true],
    ['2606:4700:4700::1111', true],
    ['2001:4860:4860::8888', true],
    ['2a00:1450:4001:82a::200e', true],
    ['169.254.169.254', false],
    ['169.254.170.2', false],
    ['100.100.100.200', false],
    ['192.0.0.192', false],
    ['168.63.129.16', false],
    ['fd00:ec2::254', false],
    ['fd00:ec2::23', false],
    ['fe80::1%eth0', false],
    ['2606:4700:4700::1111%eth0', false],
    ['5f00::1', false],
  ])('%s: %s', (address, expected) => {
    expect(isGlobalAddress(address)).toBe(expected);
  });

  it.each([
    '',
    ' 8.8.8.8',
    '8.8.8.8 ',
    '08.8.8.8',
    '0x8.8.8.8',
    '134744072',
    '8.8.2056',
    '8.8.8.8.',
    '8.8.8.8:80',
  ])('refuses %o, which is not the canonical spelling of an address', (text) => {
    expect(isGlobalAddress(text)).toBe(false);
  });

  it('refuses any text that is not an address', () => {
    fc.assert(fc.property(fc.string(), (text) => !isGlobalAddress(text)));
    fc.assert(fc.property(fc.domain(), (text) => !isGlobalAddress(text)));
    expect(isGlobalAddress('[2606:4700:4700::1111]')).toBe(false);
  });
});
