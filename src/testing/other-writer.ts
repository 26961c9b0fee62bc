// An administrator's hand in a fake app: accounts change, go and come back without any client's doing.

import type { Held } from './accounts.ts'
import type { JsonObject } from './json.ts'
import type { Type } from './schema.ts'
import type { ServeContext } from './serve.ts'
import { erase, store } from './writes.ts'

/** Changes past the API. Nothing is checked, and no limit counts them. */
export interface OtherWriter {
  /** Makes an account; returns its id. */
  readonly create: (type: Type, attributes: JsonObject) => string
  /** Sets attributes of an account; null takes one away. Returns whether there is such an account. */
  readonly update: (type: Type, id: string, attributes: JsonObject) => boolean
  readonly remove: (type: Type, id: string) => boolean
  /** Changes, removes or re-activates an account that chance picks. */
  readonly anything: () => void
}

/** Creates the hand. */
export function createOtherWriter(context: () => ServeContext): OtherWriter {
  const writer: OtherWriter = {
    create(type, attributes) {
      const own = context()
      const now = own.clock.now()
      const id = own.newId()
      store(own, { id, type, attributes, created: now, modified: now, version: 1, hidden: false }, undefined)
      return id
    },
    update(type, id, attributes) {
      const own = context()
      const held = own.accounts.get(type, id)
      if (held === undefined) return false
      store(own, changed(held, attributes, own.clock.now()), held)
      return true
    },
    remove(type, id) {
      const own = context()
      const held = own.accounts.get(type, id)
      if (held !== undefined) erase(own, held)
      return held !== undefined
    },
    anything() {
      const { accounts, clock } = context()
      const all = accounts.held('User')
      const held = all[Math.floor(clock.chance() * all.length)]
      if (held === undefined) return
      const what = clock.chance()
      if (held.attributes.active === false) writer.update('User', held.id, { active: true })
      else if (what < 0.2) writer.remove('User', held.id)
      else writer.update('User', held.id, { title: `by hand ${Math.floor(clock.chance() * 1_000)}` })
    },
  }
  return writer
}

function changed(held: Held, attributes: JsonObject, now: number): Held {
  const all = Object.entries({ ...held.attributes, ...attributes }).filter(([, value]) => value !== null)
  const hidden = attributes.active === true ? false : held.hidden
  return { ...held, attributes: Object.fromEntries(all), modified: now, version: held.version + 1, hidden }
}
