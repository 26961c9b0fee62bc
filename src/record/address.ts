// Cuts addresses to their network, so that a line says where a request came from and not whose it was.

/** A /24 of an IPv4 address, a /48 of an IPv6 one; undefined for what is neither. */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const four = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(address)
  if (four !== null) return `${four[1]}.0/24`
  if (!/^[\da-f:]{2,45}$/i.test(address)) return undefined
  const [before = '', after] = address.toLowerCase().split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail]
  return `${groups.slice(0, 3).join(':')}::/48`
}
