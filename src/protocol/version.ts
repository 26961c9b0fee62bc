// Entity tags and conditional requests. RFC 7644 §3.14.

const TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"/g
/** A version as proxies and clients write it: with the name of a compression after it, and without quotation marks. */
const LOOSE_TAG = /^(?:W\/)?("?)(\d{1,15})(?:(?:--?|;)(?:gzip|br|deflate|zstd))?\1$/i

/** The entity tag of a version: `W/"8"`, weak since it identifies state, not bytes. RFC 7644 §3.14. */
export function formatETag(version: number): string {
  return `W/"${version}"`
}

/**
 * Whether an If-Match or If-None-Match header names this version: `*` names any, a list names each of its tags. Weak
 * comparison for both, deliberately: SCIM sends weak tags with If-Match. With `loose`, tags that a proxy or a client has
 * altered count as well. RFC 7644 §3.14, RFC 9110 §13.1.
 */
export function matchesETag(header: string, version: number, loose = false): boolean {
  const text = header.trim()
  if (text === '*' || text === formatETag(version)) return true
  const opaque = String(version)
  for (const [, tag] of text.matchAll(TAG)) if (tag === opaque) return true
  return loose && text.split(',').some((tag) => LOOSE_TAG.exec(tag.trim())?.[2] === opaque)
}

/** Whether a write may proceed under If-Match; without the header it may. RFC 7644 §3.14. */
export function ifMatch(header: string | undefined, version: number, loose = false): boolean {
  return header === undefined || matchesETag(header, version, loose)
}

/** Whether If-None-Match holds a GET back, to be answered with 304 (P-503). RFC 7644 §3.14. */
export function ifNoneMatch(header: string | undefined, version: number, loose = false): boolean {
  return header !== undefined && matchesETag(header, version, loose)
}
