// What plans and attempts show of a step, for adapters that don't say it themselves.

import type { ShownRequest, Step } from '../contract/index.ts'
import { changedAttributes } from './changed-attributes.ts'

/** The step by its name and what it is given; nothing for one that changes nothing. */
export function showStep(step: Step): readonly ShownRequest[] {
  const shown = (target: string, body?: unknown) => [
    { verb: step.do, target, ...(body === undefined ? {} : { body: withoutPassword(body) }) },
  ]
  switch (step.do) {
    case 'create':
      return shown(step.type, step.document)
    case 'update':
    case 'disable': {
      const changed = changedAttributes(step.change)
      return Object.keys(changed).length === 0 ? [] : shown(`${step.type}/${step.id}`, changed)
    }
    case 'remove':
      return shown(`${step.type}/${step.id}`)
    case 'members':
      return step.change.add.length + step.change.remove.length === 0 ? [] : shown(`Group/${step.id}`, step.change)
  }
}

function withoutPassword(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'password' in body ? { ...body, password: '(secret)' } : body
}
