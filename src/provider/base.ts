// Base paths and public URLs: where a provider is mounted, and how requests elsewhere are answered.

import type { Answer } from '../call.ts'
import { ConfigError, notFound, SCIM_JSON, withoutLastSlashes } from '../protocol/index.ts'

/**
 * Cuts the base path off a path: `/scim/v2/Users` with base `/scim/v2` is `/Users`, and so is `/scim/v2//Users`, which comes of a base
 * URL pasted with its slash. Without its version segment the base is taken too (RFC 7644 §3.13); `/scim/v9/Users` gives
 * `/v9/Users`, which the route refuses by name. `undefined`: not below it.
 */
export function belowBase(path: string, basePath: string): string | undefined {
  if (path.startsWith(basePath)) {
    const rest = path.slice(basePath.length)
    if (rest === '' || rest.startsWith('/')) return rest === '' ? '/' : withOneSlash(rest)
  }
  const unversioned = basePath.replace(/\/v2$/, '')
  if (unversioned === basePath || !path.startsWith(unversioned)) return undefined
  const rest = path.slice(unversioned.length)
  if (rest === '') return '/'
  return rest.startsWith('/') ? withOneSlash(rest) : undefined
}

function withOneSlash(rest: string): string {
  let slashes = 1
  while (rest[slashes] === '/') slashes++
  return rest.slice(slashes - 1)
}

/** A base path without a slash at its end; empty at the root. Throws {@link ConfigError} for one that could match nothing. */
export function readBasePath(text: string): string {
  const path = withoutLastSlashes(text)
  if (path === '' || /^\/[^?#\s]*$/.test(path)) return path
  throw new ConfigError('basePath', `"${text}" must be a path that begins with a slash, like /scim/v2`)
}

/** A public URL without a slash at its end. Throws {@link ConfigError} for one that is not absolute. */
export function readPublicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (plain && /^https?:$/.test(url.protocol)) return withoutLastSlashes(url.href)
  throw new ConfigError(
    'publicUrl',
    'the public URL must be an absolute http or https URL without credentials, query or fragment, like https://app.example.com',
  )
}

/** The answer to a request for another path. Nearly always the provider is mounted at a path other than its `basePath`. */
export function elsewhere(path: string, basePath: string): Answer {
  const error = notFound(
    `There is no SCIM at ${path.slice(0, 200)}: this provider answers below ${basePath === '' ? '/' : basePath}; where it is mounted at another path, give that as its basePath`,
  )
  return { status: 404, headers: ['Content-Type', SCIM_JSON], body: JSON.stringify(error) }
}
