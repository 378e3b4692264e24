import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Resolver, UrlFetchSettings } from '../../../lambda/fetch/fetch.ts';
import {
  globalIpv4,
  globalIpv6,
  specialIpv4,
  specialIpv6,
  spellingOfIpv4,
  spellingOfIpv6,
} from './addresses.ts';
import { collectingFetcher, serveRaw } from './loopback.ts';

/** Only the resolver is replaced here. The checks are the ones that run in production. */
const SETTINGS: UrlFetchSettings = {
  allowHttp: false,
  accept: 'image/*',
  maxBytes: 1_000,
  totalTimeoutMs: 5_000,
  idleTimeoutMs: 5_000,
  maxRedirects: 3,
};

const neverAsked = (): Resolver =>
  vi.fn<Resolver>(() => Promise.reject(new Error('The resolver must not be asked.')));

const familyOf = (address: string): number => (address.includes(':') ? 6 : 4);

const answering =
  (...addresses: string[]): Resolver =>
  async () =>
    addresses.map((address) => ({ address, family: familyOf(address) }));

describe('a URL that is refused before its name is resolved', () => {
  it.each([
    ['', 'empty'],
    ['cat.jpg', 'relative'],
    ['//example.com/cat.jpg', 'without a scheme'],
    ['https://', 'without a host'],
    ['https:///', 'without a host'],
    ['https://exa mple.com/', 'a space in the host'],
    ['https://256.256.256.256/', 'octets out of range'],
    ['https://1.2.3.4.5/', 'five octets'],
    ['https://0x100000000/', 'more than 32 bits'],
    ['https://[::1/', 'an open bracket'],
    ['https://[fe80::1%25eth0]/', 'a zone id'],
    ['https://[fe80::1%eth0]/', 'a zone id'],
    ['https://example.com:65536/', 'a port out of range'],
    ['https://example.com:80a/', 'a port that is not a number'],
    ['https://%00/', 'a NUL in the host'],
    ['https://exa%23mple.com/', 'a hash in the host'],
  ])('%s (%s) is invalid_request', async (url) => {
    const resolve = neverAsked();
    await expect(collectingFetcher(SETTINGS, { resolve })(url)).rejects.toMatchObject({
      code: 'invalid_request',
      cause: expect.any(Error),
    });
    expect(resolve).not.toHaveBeenCalled();
  });

  it.each([
    // schemes
    ['http://example.com/'],
    ['ftp://example.com/cat.jpg'],
    ['file:///etc/passwd'],
    ['data:image/png;base64,iVBORw0KGgo='],
    ['javascript:alert(1)'],
    ['blob:https://example.com/0'],
    ['gopher://127.0.0.1:6379/_INFO'],
    ['ws://example.com/'],
    ['unix:/var/run/docker.sock'],
    ['example.com:443/cat.jpg'],
    // credentials
    ['https://user@example.com/'],
    ['https://user:pw@example.com/'],
    ['https://:pw@example.com/'],
    ['https://example.com@169.254.169.254/'],
    ['https://example.com%40169.254.169.254:443@127.0.0.1/'],
    // ports
    ['https://example.com:22/'],
    ['https://example.com:8443/'],
    ['https://example.com:0/'],
    ['https://example.com:6379/'],
    ['https://1.1.1.1:8080/'],
    // names of this machine or network
    ['https://localhost/'],
    ['https://LOCALHOST/'],
    ['https://localhost./'],
    ['https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/'],
    ['https://loc%61lhost/'],
    ['https://a.localhost/'],
    ['https://printer.local/'],
    ['https://metadata.google.internal/'],
    ['https://ip-10-0-0-1.ec2.internal/'],
    ['https://router.home.arpa/'],
    ['https://metadata/'],
    ['https://redis:443/'],
    // names that cannot be public
    ['https://example.com./'],
    ['https://example..com/'],
    ['https://.example.com/'],
    ['https://example.com../'],
    ["https://exam'ple.com/"],
    ['https://*.example.com/'],
    // IPv4 in every spelling
    ['https://127.0.0.1/'],
    ['https://127.1/'],
    ['https://127.0.1/'],
    ['https://127.0.0.1./'],
    ['https://2130706433/'],
    ['https://017700000001/'],
    ['https://0x7f000001/'],
    ['https://0X7F.0.0.0X1/'],
    ['https://0177.0.0.01/'],
    ['https://0x7f.1/'],
    ['https://0/'],
    ['https://0.0.0.0/'],
    ['https://0x/'],
    ['https://10.0.0.1/'],
    ['https://012.0.0.1/'],
    ['https://172.16.0.1/'],
    ['https://192.168.0.1/'],
    ['https://192.168.257/'],
    ['https://100.64.0.1/'],
    ['https://169.254.169.254/latest/meta-data/'],
    ['https://2852039166/'],
    ['https://0xa9fea9fe/'],
    ['https://0xa9.0xfe.0xa9.0xfe/'],
    ['https://0251.0376.0251.0376/'],
    ['https://169.254.43518/'],
    ['https://169.16689662/'],
    ['https://169.254.170.2/v2/credentials'],
    ['https://168.63.129.16/'],
    ['https://255.255.255.255/'],
    ['https://224.0.0.1/'],
    ['https://240.0.0.1/'],
    // IPv4, disguised
    ['https://①②⑦.⓪.⓪.①/'],
    ['https://１２７.０.０.１/'],
    ['https://127。0。0。1/'],
    ['https://127．0．0．1/'],
    ['https://127｡0｡0｡1/'],
    ['https://𝟏𝟐𝟕.𝟎.𝟎.𝟏/'],
    ['https://%31%32%37.0.0.1/'],
    ['https://127%2e0%2e0%2e1/'],
    ['https://1\u00ad27.0.0.1/'],
    ['https://127.0.\t0.1/'],
    ['  https://127.0.0.1/  '],
    ['https:127.0.0.1/'],
    ['https:\\\\127.0.0.1\\'],
    ['https:/\\127.0.0.1/'],
    ['https:////127.0.0.1/'],
    ['https://127.0.0.1\\@example.com/'],
    ['https://127.0.0.1#@example.com/'],
    ['https://127.0.0.1?@example.com/'],
    // IPv6
    ['https://[::]/'],
    ['https://[::1]/'],
    ['https://[0:0:0:0:0:0:0:1]/'],
    ['https://[0000:0000:0000:0000:0000:0000:0000:0001]/'],
    ['https://[::127.0.0.1]/'],
    ['https://[::ffff:127.0.0.1]/'],
    ['https://[::ffff:7f00:1]/'],
    ['https://[0:0:0:0:0:ffff:a9fe:a9fe]/'],
    ['https://[::FFFF:169.254.169.254]/'],
    ['https://[::ffff:0:169.254.169.254]/'],
    ['https://[64:ff9b::169.254.169.254]/'],
    ['https://[64:ff9b:1::a9fe:a9fe]/'],
    ['https://[2002:7f00:1::]/'],
    ['https://[2002:a9fe:a9fe::1]/'],
    ['https://[2001:0:a9fe:a9fe::1]/'],
    ['https://[2001::1]/'],
    ['https://[2001:db8::1]/'],
    ['https://[3fff::1]/'],
    ['https://[100::1]/'],
    ['https://[fc00::1]/'],
    ['https://[fd00:ec2::254]/'],
    ['https://[fd00:EC2:0::254]/'],
    ['https://[fe80::1]/'],
    ['https://[fec0::1]/'],
    ['https://[ff02::1]/'],
  ])('%s is url_not_allowed', async (url) => {
    const resolve = neverAsked();
    await expect(collectingFetcher(SETTINGS, { resolve })(url)).rejects.toMatchObject({
      code: 'url_not_allowed',
      detail: expect.stringMatching(/^The URL must /),
    });
    expect(resolve).not.toHaveBeenCalled();
  });

  it('is any URL with a special-purpose address, in any spelling and for http as well', async () => {
    const hosts = fc.oneof(specialIpv4.chain(spellingOfIpv4), specialIpv6.chain(spellingOfIpv6));
    await fc.assert(
      fc.asyncProperty(hosts, fc.constantFrom('http', 'https'), async (host, scheme) => {
        const resolve = neverAsked();
        const fetchUrl = collectingFetcher({ ...SETTINGS, allowHttp: true }, { resolve });
        await expect(fetchUrl(`${scheme}://${host}/`)).rejects.toMatchObject({ code: 'url_not_allowed' });
        expect(resolve).not.toHaveBeenCalled();
      }),
      { numRuns: 300 },
    );
  });
});

describe('a name', () => {
  it('is refused if any of its addresses is not public', async () => {
    const answers = fc
      .tuple(
        fc.array(fc.oneof(globalIpv4, globalIpv6), { maxLength: 3 }),
        fc.oneof(specialIpv4, specialIpv6),
        fc.nat(3),
      )
      .map(([open, special, at]) => open.toSpliced(at, 0, special));
    await fc.assert(
      fc.asyncProperty(answers, async (addresses) => {
        const fetchUrl = collectingFetcher(SETTINGS, { resolve: answering(...addresses) });
        const error = await fetchUrl('https://images.example/cat.jpg').catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'url_not_allowed' });
        for (const address of addresses) expect(String(error)).not.toContain(address);
      }),
      { numRuns: 300 },
    );
  });

  it.each([['not an address'], ['0x7f.1'], ['127.1'], ['fe80::1%lo'], ['']])(
    'is refused if the resolver returns %o',
    async (address) => {
      const fetchUrl = collectingFetcher(SETTINGS, { resolve: answering(address) });
      await expect(fetchUrl('https://images.example/')).rejects.toMatchObject({ code: 'url_not_allowed' });
    },
  );

  it('with an address of this machine gets no connection', async () => {
    const server = await serveRaw((socket) => socket.end());
    const fetchUrl = collectingFetcher(SETTINGS, {
      resolve: answering('127.0.0.1'),
      isAllowedPort: () => true,
    });
    const url = `https://images.example:${server.port}/`;
    await expect(fetchUrl(url)).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(server.connections()).toBe(0);
  });

  it.each([
    ['does not resolve', () => Promise.reject(new Error('getaddrinfo ENOTFOUND images.example'))],
    ['has no address', () => Promise.resolve([])],
  ] satisfies [string, Resolver][])(
    'that %s is url_fetch_failed, with our own message',
    async (_case, resolve) => {
      await expect(collectingFetcher(SETTINGS, { resolve })('https://images.example/')).rejects.toMatchObject(
        {
          code: 'url_fetch_failed',
          detail: 'The host name of the URL could not be resolved.',
        },
      );
    },
  );

  it('is resolved in its canonical form', async () => {
    const resolve = vi.fn<Resolver>(async () => []);
    const fetchUrl = collectingFetcher(SETTINGS, { resolve });
    for (const url of [
      'https://BÜCHER.example/',
      'https://xn--bcher-kva.example:443/#x',
      ' https:bücher。example',
    ]) {
      await expect(fetchUrl(url)).rejects.toMatchObject({ code: 'url_fetch_failed' });
    }
    expect(resolve.mock.calls.map(([name]) => name)).toEqual(Array(3).fill('xn--bcher-kva.example'));
  });

  it('is refused for http unless the setting allows it', async () => {
    const resolve = vi.fn<Resolver>(async () => []);
    const fetchUrl = collectingFetcher({ ...SETTINGS, allowHttp: true }, { resolve });
    await expect(fetchUrl('http://images.example/')).rejects.toMatchObject({ code: 'url_fetch_failed' });
    await expect(fetchUrl('http://images.example:443/')).rejects.toMatchObject({
      code: 'url_fetch_failed',
    });
    await expect(fetchUrl('ftp://images.example/')).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(resolve).toHaveBeenCalledTimes(2);
  });
});
