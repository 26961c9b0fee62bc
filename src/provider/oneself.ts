// The attributes that users may change of themselves.

/**
 * What people may change about themselves with a token that has no right to write users: how they are called, reached and
 * addressed. Everything else may decide over access somewhere, so it is left to administrators. RFC 7644 §3.11 (P-452).
 */
const SELF_SERVICE: ReadonlySet<string> = new Set([
  'displayName',
  'nickName',
  'name',
  'locale',
  'timezone',
  'preferredLanguage',
  'photos',
  'profileUrl',
  'phoneNumbers',
  'addresses',
  'password',
])

/**
 * Whether people may change an attribute of their own resource. `also` names what the tenant allows besides: attributes, in an
 * extension after its URN and a colon, in any letter case.
 */
export function changeableByOneself(also: readonly string[]): (attribute: string) => boolean {
  if (also.length === 0) return (attribute) => SELF_SERVICE.has(attribute)
  const allowed = new Set(also.map((name) => name.toLowerCase()))
  return (attribute) => SELF_SERVICE.has(attribute) || allowed.has(attribute.toLowerCase())
}
