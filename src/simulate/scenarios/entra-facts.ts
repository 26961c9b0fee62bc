// What is known of Microsoft Entra ID: where from, how it reacts to answers, and the words that it shows.

import type { Consequence, Reaction, Source } from '../scenario.ts'

/** Where each fact comes from. */
export const SOURCES = {
  scim: {
    title: 'Microsoft: develop and plan provisioning for a SCIM endpoint',
    url: 'https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups',
    how: 'documented',
  },
  flag: {
    title: 'Microsoft: known issues with SCIM 2.0 compliance of the provisioning service',
    url: 'https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility',
    how: 'documented',
  },
  quarantine: {
    title: 'Microsoft: application provisioning in quarantine status',
    url: 'https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status',
    how: 'documented',
  },
  logs: {
    title: 'Microsoft: provisioning logs, error codes',
    url: 'https://learn.microsoft.com/entra/identity/monitoring-health/concept-provisioning-logs',
    how: 'documented',
  },
  message: {
    title: 'Microsoft Q&A 5746233: a failure as the provisioning log shows it',
    url: 'https://learn.microsoft.com/answers/questions/5746233/claude-ai-entra-enterprise-app-deprovisioning-user',
    how: 'observed',
  },
  credentials: {
    title: 'Microsoft Q&A 4969398: an expired token',
    url: 'https://learn.microsoft.com/answers/questions/4969398',
    how: 'reported',
  },
  groups: {
    title: 'pranems/SCIMServer, EXECUTION_ISSUES_AND_RCA.md: 404 on /Groups',
    url: 'https://github.com/pranems/SCIMServer',
    how: 'reported',
  },
  duplicates: {
    title: 'langwatch/langwatch issue 6973: a search that misses makes duplicates',
    url: 'https://github.com/langwatch/langwatch/issues/6973',
    how: 'reported',
  },
  resent: {
    title: 'MicrosoftDocs/azure-docs issue 11784: what does not come back is sent in each cycle',
    url: 'https://github.com/MicrosoftDocs/azure-docs/issues/11784',
    how: 'reported',
  },
  emptied: {
    title: 'MicrosoftDocs/azure-docs issue 30826: removal of members by a list of values',
    url: 'https://github.com/MicrosoftDocs/azure-docs/issues/30826',
    how: 'reported',
  },
  validator: {
    title: 'Microsoft SCIM Validator, as recorded by pranems/SCIMServer',
    url: 'https://learn.microsoft.com/entra/identity/app-provisioning/scim-validator-tutorial',
    how: 'reported',
  },
  throttled: {
    title: 'Microsoft Q&A 2284725 and 1922038: whether 429 and Retry-After are heeded',
    url: 'https://learn.microsoft.com/answers/questions/2284725',
    how: 'reported',
  },
} as const satisfies { readonly [key: string]: Source }

/** A source by its name. */
export type Key = keyof typeof SOURCES

/** A consequence with its source. */
export const because = (does: string, source: Key, shows?: string): Consequence => ({
  does,
  source,
  ...(shows === undefined ? {} : { shows }),
})

/** How its log quotes an answer. */
export const WEB_RESPONSE =
  "StatusCode: {{phraseWord}} Message: Processing of the HTTP request resulted in an exception. Please see the HTTP response returned by the 'Response' property of this exception for details. Web Response: {{quoted}}. This operation was retried 0 times. It will be retried again after this date: …"
const QUARANTINE =
  'if most of its calls fail, the job goes into quarantine, down to one cycle a day, and is switched off after four weeks'
/** What comes of one. */
export const RETRIED = `logs a failure, and tries the same again in later cycles, ever more rarely; ${QUARANTINE}`
/** Its code for answers that it cannot read. */
export const INCOMPATIBLE = 'SystemForCrossDomainIdentityManagementServiceIncompatible'

/** What it makes of answers, whatever the step. */
export const REACTIONS: readonly Reaction[] = [
  {
    on: [401, 403],
    ...because(
      'puts the job into quarantine, until an administrator has entered and tested a new token',
      'credentials',
      'SystemForCrossDomainIdentityManagementCredentialValidationFailure',
    ),
  },
  {
    on: [429],
    ...because('tries the same again in a later cycle; whether it heeds Retry-After is not settled', 'throttled'),
  },
  { on: ['none', 'slow'], ...because(RETRIED, 'quarantine') },
  { on: ['other'], ...because(RETRIED, 'message', WEB_RESPONSE) },
]

/** What comes of an answer that it cannot read. */
export const UNREADABLE = because(
  'cannot read the answer, and logs a failure for this object in each cycle',
  'logs',
  INCOMPATIBLE,
)
