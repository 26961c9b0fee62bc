// Reads the id of a resource from its URI.

/**
 * The id that a resource's URI ends in; the part before it, a version segment too, does not count. An endpoint has none.
 * RFC 7643 §2.4.
 */
export function idInUri(uri: string): string | undefined {
  const [before = ''] = uri.split(/[?#]/, 1)
  const path = before.replace(/\/$/, '')
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (last === '' || last === 'Users' || last === 'Groups' || !path.includes('/')) return undefined
  try {
    return decodeURIComponent(last)
  } catch {
    return undefined
  }
}
