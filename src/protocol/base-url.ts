// The base URL of a service provider. RFC 7644 §1.3.

/** A base URL without the slashes it ends in, so that endpoints can follow it. RFC 7644 §1.3. */
export function withoutLastSlashes(url: string): string {
  let end = url.length
  while (url[end - 1] === '/') end--
  return url.slice(0, end)
}
