// What is configured of a webhook.

import { ConfigError, type JsonObject } from '../../../protocol/index.ts'
import { parseUrl } from '../../../url.ts'

/** Where events go, and about what. */
export interface WebhookSettings {
  readonly url: string
  /** Whether it is told of groups and their members. */
  readonly groups: boolean
}

const URL_LENGTH = 2_048

/** Reads the options of an app. Throws ConfigError. */
export function readWebhookSettings(options: JsonObject): WebhookSettings {
  const other = Object.keys(options).find((name) => name !== 'url' && name !== 'groups')
  if (other !== undefined) throw new ConfigError(`options.${other}`, 'This is not known here; known are url and groups')
  const { url, groups = true } = options
  const parsed = typeof url === 'string' && url.length <= URL_LENGTH ? parseUrl(url) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new ConfigError('options.url', 'This must be a URL like https://hooks.example.com/lockstep')
  if (parsed.username !== '' || parsed.password !== '')
    throw new ConfigError('options.url', 'A URL with a user name or a password ends up in logs; events are signed')
  if (typeof groups !== 'boolean') throw new ConfigError('options.groups', 'This must be true or false')
  return { url: parsed.href, groups }
}
