// Signs people in by OpenID Connect with openid-client: whoever was provisioned comes in, and nobody else.

import { randomUUID } from 'node:crypto'
import express, { type Express, type Request } from 'express'
import type { Lockstep } from 'lockstep'
import * as oidc from 'openid-client'

/** One customer's application at its identity provider. */
interface Connection {
  readonly tenant: string
  /** The id among `signIn.connections`. */
  readonly id: string
  /** From `oidc.discovery(issuer, clientId, clientSecret)`. */
  readonly config: oidc.Configuration
  /** Where the identity provider sends people back to; one of its own for each connection. */
  readonly callback: string
}

/** The routes of signing in. A real app has a table in the place of the Map, and `Secure` in the cookie. */
export function signInByOidc(scim: Lockstep, { tenant, id, config, callback }: Connection): Express {
  const app = express()
  const starts = new Map<string, { readonly verifier: string; readonly state: string; readonly nonce: string }>()
  const sessions = new Map<string, string>()

  app.get('/sign-in', async (_request, response) => {
    const start = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() }
    const key = randomUUID()
    starts.set(key, start)
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid profile email',
      state: start.state,
      nonce: start.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(start.verifier),
      code_challenge_method: 'S256',
    })
    response.setHeader('set-cookie', `start=${key}; HttpOnly; SameSite=Lax; Path=/`).redirect(url.href)
  })

  app.get('/sign-in/done', async (request, response) => {
    const key = cookie(request, 'start')
    const start = starts.get(key)
    if (start === undefined) return void response.status(400).send('Please sign in again.')
    starts.delete(key)
    const tokens = await oidc.authorizationCodeGrant(config, new URL(request.originalUrl, callback), {
      pkceCodeVerifier: start.verifier,
      expectedState: start.state,
      expectedNonce: start.nonce,
    })
    const claims = tokens.claims()
    if (claims === undefined) return void response.status(400).send('Please sign in again.')
    const result = await scim.signIn({
      tenant,
      connection: id,
      issuer: claims.iss,
      subject: claims.sub,
      email: typeof claims.email === 'string' ? claims.email : undefined,
      emailVerified: claims.email_verified === true,
      claims,
    })
    if (result.outcome === 'refused') {
      console.warn(`${result.reference} ${result.code}: ${result.why}`)
      return void response.status(403).send(result.shown)
    }
    const session = randomUUID()
    sessions.set(session, result.person.id)
    response.setHeader('set-cookie', `session=${session}; HttpOnly; SameSite=Lax; Path=/`).redirect('/')
  })

  app.get('/', async (request, response) => {
    const person = sessions.get(cookie(request, 'session'))
    const check = person === undefined ? undefined : await scim.signIns.check(tenant, person)
    if (check?.in === true) response.send(`Hello, ${check.person.userName}`)
    else response.status(401).send('Please sign in.')
  })

  // Whoever is deactivated or deleted at the identity provider is signed out, within about a second in every process.
  scim.signIns.onEnd((end) => {
    for (const [session, person] of sessions) {
      if (end.tenant === tenant && end.person === person) sessions.delete(session)
    }
  })
  return app
}

/** The value of a cookie; "" if there is none. */
function cookie(request: Request, name: string): string {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
  return pairs.find(([key]) => key === name)?.[1] ?? ''
}
