// A document under edit: lists indexed by key, merged once at the end.

import type { EditWork } from './edit-work.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import { createKeyedList, type KeyedList } from './keyed-list.ts'
import type { Attribute } from './schema.ts'

/** A document while edits are carried out on it: what they touch is copied once, however many they are. */
export interface EditDraft {
  /** The value of an attribute that is not multi-valued. */
  readonly get: (extension: string | undefined, name: string) => Json | undefined
  readonly set: (extension: string | undefined, name: string, value: Json | undefined) => void
  /** The values of a multi-valued attribute, to be edited there. */
  readonly list: (extension: string | undefined, attribute: Attribute) => KeyedList
  /** Puts other members in the place of an extension's; undefined takes it away. */
  readonly setExtension: (extension: string, members: JsonObject | undefined) => void
  /** The document as it is now; the very same when nothing was set. */
  readonly document: () => Document
}

/** Creates a draft of a document; `work` counts the values that are looked at. */
export function createEditDraft(document: Document, work: EditWork): EditDraft {
  let own: { [name: string]: Json } | undefined
  const extensions = new Map<string, { [name: string]: Json }>()
  const lists = new Map<string, { readonly extension: string | undefined; readonly list: KeyedList }>()

  function get(extension: string | undefined, name: string): Json | undefined {
    const now = own ?? document
    const holder = extension === undefined ? now : now[extension]
    return isObject(holder) ? holder[name] : undefined
  }

  function set(extension: string | undefined, name: string, value: Json | undefined): void {
    own ??= { ...document }
    if (extension === undefined) {
      put(own, name, value)
      return
    }
    let members = extensions.get(extension)
    if (members === undefined) {
      const before = own[extension]
      members = isObject(before) ? { ...before } : {}
      extensions.set(extension, members)
    }
    put(members, name, value)
    put(own, extension, isEmpty(members) ? undefined : members)
  }

  return {
    get,
    set,
    list(extension, attribute) {
      const key = `${extension ?? ''} ${attribute.name}`
      const known = lists.get(key)
      if (known !== undefined) return known.list
      const old = get(extension, attribute.name)
      const values: readonly Json[] = Array.isArray(old) ? old : []
      work.spend(values.length)
      const list = createKeyedList(attribute, values, work)
      lists.set(key, { extension, list })
      return list
    },
    setExtension(extension, members) {
      own ??= { ...document }
      extensions.delete(extension)
      put(own, extension, members)
    },
    document() {
      for (const { extension, list } of lists.values()) {
        if (list.revision() > 0) set(extension, list.attribute.name, list.size() === 0 ? undefined : list.values())
      }
      // They may be changed in other ways from here on; the next request for one builds it again.
      lists.clear()
      return own ?? document
    },
  }
}

function put(holder: { [name: string]: Json }, name: string, value: Json | undefined): void {
  if (value === undefined) delete holder[name]
  else holder[name] = value
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false
  return true
}
