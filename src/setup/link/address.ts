// Cuts the address of a client to its network: enough to tell places apart, too little to tell people apart.

/**
 * An IPv4 address without its last part, an IPv6 address without all but its first three.
 * @example cutAddress('192.0.2.77') // '192.0.2.0/24'
 */
export function cutAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(plain)
  if (v4 !== null) return `${v4[1]}.0/24`
  if (!/^[\da-f:]{2,45}$/i.test(plain)) return 'unknown'
  const [head = ''] = plain.split('::')
  const parts = head.split(':').slice(0, 3)
  while (parts.length < 3) parts.push('0')
  return `${parts
    .map((part) => part || '0')
    .join(':')
    .toLowerCase()}::/48`
}
