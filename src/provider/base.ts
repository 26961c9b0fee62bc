/**
 * Cuts the base path off a path: `/scim/v2/Users` with base `/scim/v2` is `/Users`. Without its version segment the base is
 * taken too (RFC 7644 §3.13); `/scim/v9/Users` gives `/v9/Users`, which the route refuses by name. `undefined`: not below it.
 */
export function belowBase(path: string, basePath: string): string | undefined {
  if (path.startsWith(basePath)) {
    const rest = path.slice(basePath.length)
    if (rest === '' || rest.startsWith('/')) return rest === '' ? '/' : rest
  }
  const unversioned = basePath.replace(/\/v2$/, '')
  if (unversioned === basePath || !path.startsWith(unversioned)) return undefined
  const rest = path.slice(unversioned.length)
  if (rest === '') return '/'
  return rest.startsWith('/') ? rest : undefined
}
