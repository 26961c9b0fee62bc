// Signs people in by SAML with node-saml: whoever was provisioned comes in, and nobody else.

import { randomUUID } from 'node:crypto'
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import express, { type Express } from 'express'
import type { Lockstep } from 'lockstep'

/** One customer's application at its identity provider. */
interface Connection {
  readonly tenant: string
  /** The id among `signIn.connections`. */
  readonly id: string
  /** Where its sign-in page is, and the certificate that it signs with. */
  readonly entryPoint: string
  readonly certificate: string
  /** What this app is called there, and where people are sent back to. */
  readonly audience: string
  readonly callback: string
}

/** The routes of signing in; `start` is called with the person and begins the app's own session. */
export function signInBySaml(scim: Lockstep, connection: Connection, start: (person: string) => string): Express {
  const { tenant, id, audience } = connection
  const app = express()
  const saml = new SAML({
    entryPoint: connection.entryPoint,
    idpCert: connection.certificate,
    callbackUrl: connection.callback,
    issuer: audience,
    audience,
    identifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    // An answer counts once, and only if it was asked for.
    validateInResponseTo: ValidateInResponseTo.always,
    disableRequestedAuthnContext: true,
    acceptedClockSkewMs: 60_000,
    maxAssertionAgeMs: 300_000,
  })

  app.get('/sign-in', async (_request, response) => {
    // Comes back with the answer, and must be that of this browser. The answer is a POST from elsewhere, hence SameSite=None.
    const relay = randomUUID()
    response.setHeader('set-cookie', `relay=${relay}; HttpOnly; Secure; SameSite=None; Path=/sign-in`)
    response.redirect(await saml.getAuthorizeUrlAsync(relay, undefined, {}))
  })

  app.post('/sign-in/done', express.urlencoded({ extended: false, limit: '256kb' }), async (request, response) => {
    const { SAMLResponse, RelayState } = request.body as { readonly [name: string]: string | undefined }
    if (!RelayState || !(request.headers.cookie ?? '').split('; ').includes(`relay=${RelayState}`))
      return void response.status(400).send('Please sign in again.')
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: SAMLResponse ?? '' }).catch((error) => {
      console.warn(`An answer from ${id} does not hold: ${error}`)
      return { profile: null }
    })
    if (profile === null) return void response.status(400).send('Please sign in again.')
    const result = await scim.signIn({
      tenant,
      connection: id,
      // node-saml does not compare it with what is expected; signIn does.
      issuer: profile.issuer,
      subject: profile.nameID,
      claims: profile.attributes as { readonly [name: string]: unknown } | undefined,
    })
    if (result.outcome === 'refused') {
      console.warn(`${result.reference} ${result.code}: ${result.why}`)
      return void response.status(403).send(result.shown)
    }
    response.setHeader('set-cookie', start(result.person.id)).redirect(303, '/')
  })
  return app
}
