// The kind of apps that are told by webhook.

import { ConfigError } from '../../../protocol/index.ts'
import type { AdapterKind } from '../../contract/index.ts'
import { defaultMap } from '../../map/default-map.ts'
import { openWebhook } from './webhook-adapter.ts'
import { readWebhookSettings } from './webhook-settings.ts'

/**
 * Apps that are told by HTTP what changes, in events signed as Standard Webhooks has it. An event carries the whole account, so that a
 * receiver only has to keep the last one of each; a 2xx answer within ten seconds confirms it.
 */
export const WEBHOOK_KIND: AdapterKind = {
  kind: 'webhook',
  check({ options, credentials }) {
    readWebhookSettings(options)
    if (credentials === undefined || credentials.kind === 'hmac') return
    throw new ConfigError('credentials.kind', 'Webhooks are signed: "hmac", with a secret like whsec_…')
  },
  defaultMap: ({ options }) => ({
    User: defaultMap('User'),
    ...(readWebhookSettings(options).groups ? { Group: defaultMap('Group') } : {}),
  }),
  accountSchema: () => undefined,
  open: (settings, deps) => openWebhook(readWebhookSettings(settings.options), settings, deps),
}
