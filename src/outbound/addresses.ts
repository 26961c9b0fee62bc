// Which addresses may be connected to: public ones, and those inside networks that the operator opened.

import { BlockList, isIPv6 } from 'node:net'

/** A network: addresses that share their first bits. */
export interface Network {
  readonly address: string
  readonly bits: number
}

/** Networks that are not public, though a router may know them. IANA's registries of special-purpose addresses; RFC 6890. */
const INNER: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]

/**
 * The only part of IPv6 that has public addresses. All else is refused unseen: `::1`, `fc00::/7`, `fe80::/10`, and `64:ff9b::/96`, by which
 * a gateway reaches any IPv4 address. RFC 4291 §2.4.
 */
const GLOBAL_IPV6 = '2000::/3'

const inner = blockList(INNER.map(parseNetwork))
const globalIpv6 = blockList([parseNetwork(GLOBAL_IPV6)])
const mappedIpv4 = blockList([parseNetwork('::ffff:0:0/96')])

/** Whether an address is public. An IPv4 address inside an IPv6 one is judged as the IPv4 address. */
export function isPublic(address: string): boolean {
  if (!isIPv6(address)) return !inner.check(address, 'ipv4')
  if (inner.check(address, 'ipv6')) return false
  return globalIpv6.check(address, 'ipv6') || mappedIpv4.check(address, 'ipv6')
}

/** Makes the question whether an address is inside one of these networks. */
export function insideOf(networks: readonly Network[]): (address: string) => boolean {
  const list = blockList(networks)
  return (address) => networks.length > 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function parseNetwork(text: string): Network {
  const [address = '', bits = ''] = text.split('/')
  return { address, bits: Number(bits) }
}

function blockList(networks: readonly Network[]): BlockList {
  const list = new BlockList()
  for (const { address, bits } of networks) list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4')
  return list
}
