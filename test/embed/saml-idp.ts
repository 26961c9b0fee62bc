// An identity provider that speaks SAML, for tests: it signs what it is told to say.

import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'

/** What is said in one answer; what is left out is as it should be. */
export interface Said {
  readonly nameId: string
  readonly issuer?: string
  readonly audience?: string
  readonly inResponseTo?: string
  readonly attributes?: { readonly [name: string]: string }
  /** Changed after it was signed. */
  readonly forged?: (xml: string) => string
}

/** The identity provider of a test. */
export interface SamlIdp {
  readonly issuer: string
  /** As PEM. */
  readonly certificate: string
  /** What stands in the request that an app has sent. */
  readonly read: (url: string) => { readonly id: string; readonly relay: string }
  /** The answer, as the form field `SAMLResponse` has it. */
  readonly say: (said: Said) => string
}

/** Creates an identity provider whose answers are for one app. */
export function createSamlIdp(issuer: string, audience: string, callback: string): SamlIdp {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return {
    issuer,
    certificate: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    read(url) {
      const { searchParams } = new URL(url)
      const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8')
      return { id: / ID="([^"]*)"/.exec(xml)?.[1] ?? '', relay: searchParams.get('RelayState') ?? '' }
    },
    say(said) {
      const now = Date.now()
      const time = (ms: number) => new Date(now + ms).toISOString()
      const id = `_${randomUUID()}`
      const from = said.issuer ?? issuer
      const answers = said.inResponseTo === undefined ? '' : ` InResponseTo="${said.inResponseTo}"`
      const attributes = Object.entries(said.attributes ?? {}).map(
        ([name, value]) =>
          `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
      )
      const assertion = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${time(0)}"><saml:Issuer>${from}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${said.nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${time(60_000)}" Recipient="${callback}"${answers}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${time(-60_000)}" NotOnOrAfter="${time(60_000)}"><saml:AudienceRestriction><saml:Audience>${said.audience ?? audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${time(0)}" SessionIndex="${id}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement></saml:Assertion>`
      const signed = sign(assertion, pem)
      const xml = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0" IssueInstant="${time(0)}" Destination="${callback}"${answers}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${from}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${signed}</samlp:Response>`
      return Buffer.from(said.forged === undefined ? xml : said.forged(xml)).toString('base64')
    },
  }
}

function sign(xml: string, privateKey: string): string {
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  signer.addReference({
    xpath: "/*[local-name(.)='Assertion']",
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  })
  signer.computeSignature(xml, {
    location: { reference: "//*[local-name(.)='Issuer']", action: 'after' },
  })
  return signer.getSignedXml()
}
