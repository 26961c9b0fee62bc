// Tests reading the key by which the console proves itself, with its certificate and without.

import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { CERTIFICATE, CERTIFICATE_KEY } from '../../../test/outbound/certificate.ts'
import { keyFault, readClientKey } from './client-key.ts'

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })

test('with its certificate, the assertion has both thumbprints', async () => {
  const { raw } = new X509Certificate(CERTIFICATE)
  const thumbprint = (hash: string) => createHash(hash).update(raw).digest('base64url')
  const { header } = await readClientKey(`${CERTIFICATE_KEY}${CERTIFICATE}`)
  expect(header).toEqual({ x5t: thumbprint('sha1'), 'x5t#S256': thumbprint('sha256') })
})

test('without one, it has none', async () => {
  expect((await readClientKey(CERTIFICATE_KEY)).header).toEqual({})
})

test('the certificate of another key is refused', async () => {
  expect(keyFault(`${CERTIFICATE_KEY}${CERTIFICATE}`)).toBeUndefined()
  expect(keyFault(`${other}${CERTIFICATE}`)).toMatch(/of another key/)
  await expect(readClientKey(`${other}${CERTIFICATE}`)).rejects.toThrow(/of another key/)
})
