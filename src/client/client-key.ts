// Signs client assertions for OAuth. RFC 7523.

import type { Environment } from '../environment.ts'
import { ConfigError } from '../protocol/index.ts'
import { toBase64 } from './auth.ts'

/** A key as JSON. RFC 7517. */
export interface Jwk {
  readonly kty: string
  readonly [name: string]: unknown
}

/** A key that the runtime's WebCrypto holds. */
export type RuntimeKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** A client's private key. RFC 7518 §3. */
export interface ClientKey {
  readonly algorithm: 'RS256' | 'PS256' | 'ES256'
  /** PKCS #8 in PEM form, a JWK, or a key that the runtime holds. */
  readonly private: string | Jwk | RuntimeKey
  /** Name of the key at the authorization server (`kid`). */
  readonly id?: string
}

const HASH = 'SHA-256'
const IMPORTS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: HASH },
  PS256: { name: 'RSA-PSS', hash: HASH },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
} as const
const SIGNS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: HASH },
} as const

/** How long an assertion is good for. */
const LIFE_SECONDS = 60

/** A signed client assertion for one token request. RFC 7523 §3, OpenID Connect Core §9. */
export async function assertion(
  key: ClientKey,
  clientId: string,
  audience: string,
  environment: Pick<Environment, 'now' | 'random'>,
): Promise<string> {
  const issued = Math.floor(environment.now() / 1_000)
  const head = { alg: key.algorithm, typ: 'JWT', ...(key.id === undefined ? {} : { kid: key.id }) }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: toBase64Url(environment.random(new Uint8Array(16))),
    iat: issued,
    exp: issued + LIFE_SECONDS,
  }
  const text = `${part(head)}.${part(claims)}`
  const bytes = new TextEncoder().encode(text)
  const signature = await crypto.subtle.sign(SIGNS[key.algorithm], await importKey(key), bytes)
  return `${text}.${toBase64Url(new Uint8Array(signature))}`
}

async function importKey(key: ClientKey): Promise<RuntimeKey> {
  const given = key.private
  const parameters = IMPORTS[key.algorithm]
  try {
    if (typeof given === 'string') {
      return await crypto.subtle.importKey('pkcs8', fromPem(given), parameters, false, ['sign'])
    }
    if ('kty' in given)
      return await crypto.subtle.importKey('jwk', given as Jwk & { kty: string }, parameters, false, ['sign'])
    return given as RuntimeKey
  } catch (cause) {
    throw new ConfigError('auth.key', `is not a private key for ${key.algorithm}, as PKCS #8 in PEM form or as JWK`, {
      cause,
    })
  }
}

function fromPem(pem: string): Uint8Array<ArrayBuffer> {
  const [, behind] = pem.split('-----BEGIN PRIVATE KEY-----')
  const [text, end] = behind?.split('-----END PRIVATE KEY-----') ?? []
  if (text === undefined || end === undefined) throw new TypeError('not PEM of the label PRIVATE KEY')
  return Uint8Array.from(atob(text.replace(/\s/g, '')), (sign) => sign.charCodeAt(0))
}

function part(value: object): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)))
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes)
    .replace(/={1,2}$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}
