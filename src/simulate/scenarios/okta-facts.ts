// What is known of Okta: where from, how it reacts to answers, and the words that it shows.

import type { Consequence, Reaction, Source } from '../scenario.ts'

/** Where each fact comes from. */
export const SOURCES = {
  reference: {
    title: 'Okta SCIM 2.0 protocol reference',
    url: 'https://developer.okta.com/docs/reference/scim/scim-20/',
    how: 'documented',
  },
  faq: {
    title: 'Okta: SCIM frequently asked questions',
    url: 'https://developer.okta.com/docs/concepts/scim/faqs/',
    how: 'documented',
  },
  spec: {
    title: 'Okta SCIM 2.0 SPEC test (okta/okta-developer-docs, Okta-SCIM-20-SPEC-Test.json)',
    url: 'https://developer.okta.com/standards/SCIM/SCIMFiles/Okta-SCIM-20-SPEC-Test.json',
    how: 'documented',
  },
  test: {
    title: 'Okta support: Error authenticating: Unauthorized',
    url: 'https://support.okta.com/help/s/article/error-authenticating-unauthorized',
    how: 'observed',
  },
  timeout: {
    title: 'Okta support: Connect timed out during the test of a connector',
    url: 'https://support.okta.com/help/s/article/scim-connector-configuration-error-connect-timed-out-during-test-connection-in-okta',
    how: 'observed',
  },
  verify: {
    title: 'Okta support: Error while verifying if user exists',
    url: 'https://support.okta.com/help/s/article/forest-admin-provisioning-error-unauthorized-errors-reported-by-remote-server-invalid-scim-token-please-check-your-configuration',
    how: 'observed',
  },
  conflict: {
    title: 'Okta support: Error while creating user, Conflict',
    url: 'https://support.okta.com/help/s/article/TravelPerk-Provisioning-Error-while-creating-user-Conflict-Errors-reported-by-remote-server-A-user-with-userName-already-exists-The-userName-must-be-unique',
    how: 'observed',
  },
  profile: {
    title: 'Automatic profile push failed, as quoted by a customer of TeamOhana',
    url: 'https://intercom.help/teamohana/en/articles/10113261-okta-faq',
    how: 'observed',
  },
  tasks: {
    title: 'Okta: troubleshoot provisioning',
    url: 'https://help.okta.com/oie/en-us/content/topics/provisioning/lcm/troubleshooting.htm',
    how: 'documented',
  },
  groups: {
    title: 'Okta: troubleshoot Group Push',
    url: 'https://help.okta.com/en-us/Content/Topics/users-groups-profiles/usgp-group-push-troubleshoot.htm',
    how: 'documented',
  },
  final: {
    title: 'fleetdm/fleet issue 52600: a push with an unknown member is lost',
    url: 'https://github.com/fleetdm/fleet/issues/52600',
    how: 'reported',
  },
  patch: {
    title: 'oktadeveloper/okta-blog-archive pull request 1956: headers, groups, and a 501 to PATCH',
    url: 'https://github.com/oktadeveloper/okta-blog-archive/pull/1956',
    how: 'observed',
  },
  unlinked: {
    title: 'Okta developer forum 7207: removing a user from an app after a failed profile push',
    url: 'https://devforum.okta.com/t/removing-user-from-app/7207',
    how: 'reported',
  },
  reactivation: {
    title: 'grokability/snipe-it issue 14481: delay in reactivating remote user',
    url: 'https://github.com/grokability/snipe-it/issues/14481',
    how: 'reported',
  },
} as const satisfies { readonly [key: string]: Source }

type Key = keyof typeof SOURCES

/** A consequence with its source. */
export const because = (does: string, source: Key, shows?: string): Consequence => ({
  does,
  source,
  ...(shows === undefined ? {} : { shows }),
})

/** How it ends a message about an app's error. */
export const REPORTED = '{{phrase}}. Errors reported by remote server: {{detail}}'
/** What it does with a task that has failed. */
export const TASKS = 'lists it under Dashboard > Tasks, until an administrator retries it'
/** What it says of a connection that cannot be tested. */
export const CONNECTOR =
  'The connector configuration could not be tested. Make sure that the URL, Authentication Parameters are correct and that there is an implementation available at the URL provided.'

/** What it makes of answers, whatever the step. */
export const REACTIONS: readonly Reaction[] = [
  { on: ['slow'], ...because(`closes the connection after a minute, marks the task as failed, and ${TASKS}`, 'faq') },
  { on: ['none'], ...because(`marks the task as failed, and ${TASKS}`, 'tasks') },
  { on: ['other'], ...because(`marks the task as failed, shows the text of the answer, and ${TASKS}`, 'tasks') },
]
