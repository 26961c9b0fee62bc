// Says what arrived as sentences: what was asked, why it was refused, what is wrong with the token or the base URL.

import type { Arrival } from '../../src/setup/index.ts'
import { en } from './words/en.ts'
import type { Key, Say } from './words/say.ts'

/** An arrival in words. */
export interface Sentence {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly text: string
}

/** An arrival in words. `name`: what the identity provider is called. */
export function sentenceOf(arrival: Arrival, name: string, say: Say): Sentence {
  const { state, text } = plainSentence(arrival, name, say)
  return { state, text: text.slice(0, 1).toUpperCase() + text.slice(1) }
}

function plainSentence(arrival: Arrival, name: string, say: Say): Sentence {
  const { wrong, asked, found, refusal } = arrival
  if (wrong !== undefined) return { state: 'fail', text: wrongText(wrong, name, say) }
  const none = found === 0 && (asked === 'find-person' || asked === 'find-group')
  const key = `asked.${asked ?? 'other'}${none ? '-none' : ''}` as Key
  const text = say(key, { name })
  if (refusal === undefined) return { state: 'ok', text }
  const why = say(whyKey(refusal.status, refusal.scimType))
  return { state: 'warn', text: `${text} ${say('refused', { status: refusal.status, why })}` }
}

function wrongText(wrong: NonNullable<Arrival['wrong']>, name: string, say: Say): string {
  switch (wrong.fault) {
    case 'blank':
      return say(`wrong.blank-${wrong.where}`)
    case 'replaced':
      return say('wrong.replaced', { time: say.time(wrong.at) })
    case 'cut':
    case 'longer':
    case 'unlike':
      return say(`wrong.${wrong.fault}`, { arrived: wrong.arrived, ours: wrong.ours })
    case 'url-lacks':
      return say('wrong.url-lacks', { got: wrong.got, lacks: wrong.lacks })
    case 'url-extra':
      return say('wrong.url-extra', { extra: wrong.extra })
    case 'url-other':
      return say('wrong.url-other', { got: wrong.got })
    default:
      return say(`wrong.${wrong.fault}`, { name })
  }
}

function whyKey(status: number, scimType = ''): Key {
  if (Object.hasOwn(en, `why.${scimType}`)) return `why.${scimType}` as Key
  if (status >= 500) return 'why.500'
  return Object.hasOwn(en, `why.${status}`) ? (`why.${status}` as Key) : 'why.other'
}
