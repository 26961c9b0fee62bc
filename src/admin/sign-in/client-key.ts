// The private key by which the console proves itself to its identity provider: private_key_jwt.

import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { CryptoKey } from 'openid-client'

/** A key that can sign, and what the assertion says of it besides. */
export interface ClientKey {
  readonly key: CryptoKey
  /** RFC 7515 §4.1.7, §4.1.8: the thumbprints of the certificate, where one came with the key. Entra ID finds the key by them. */
  readonly header: { readonly [name: string]: string }
}

/** Shortest RSA key. RFC 7518 §3.3. */
const RSA_BITS = 2_048
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/

/** What is wrong with a PEM of a private key; undefined: nothing. */
export function keyFault(pem: string): string | undefined {
  const found = readPem(pem)
  return typeof found === 'string' ? found : undefined
}

/** The key of a PEM, which may hold its certificate, too. Throws Error with what is wrong with it. OpenID Connect Core §9. */
export async function readClientKey(pem: string): Promise<ClientKey> {
  const found = readPem(pem)
  if (typeof found === 'string') throw new Error(found)
  const { key, certificate } = found
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: 'P-256' }
  const bytes = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }))
  const thumbprint = (hash: 'sha1' | 'sha256', raw: Buffer) => createHash(hash).update(raw).digest('base64url')
  return {
    key: await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']),
    header:
      certificate === undefined
        ? {}
        : { x5t: thumbprint('sha1', certificate.raw), 'x5t#S256': thumbprint('sha256', certificate.raw) },
  }
}

function readPem(pem: string): { readonly key: KeyObject; readonly certificate?: X509Certificate } | string {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return 'The key of the client must be a private key in PEM, without a password'
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  const isRsa = key.asymmetricKeyType === 'rsa' && modulusLength >= RSA_BITS
  const isEc = key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
  if (!isRsa && !isEc) return `The key of the client must be RSA with ${RSA_BITS} bits at least, or EC on P-256`
  const [text] = CERTIFICATE.exec(pem) ?? []
  if (text === undefined) return { key }
  try {
    const certificate = new X509Certificate(text)
    return certificate.checkPrivateKey(key)
      ? { key, certificate }
      : 'The certificate beside the key of the client is that of another key'
  } catch {
    return 'The certificate beside the key of the client cannot be read'
  }
}
