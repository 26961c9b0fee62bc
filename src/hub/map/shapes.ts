// Shapes of lists: how one value becomes an entry of emails, phone numbers and the like.

import { isObject, type Json } from '../../protocol/index.ts'

/** A shape by its name: what it is, and what it makes of values. */
const SHAPES: {
  readonly [name: string]: readonly [about: string, make: (values: readonly Json[]) => Json]
} = {
  primaryWorkEmail: ['one entry of type work, the primary one', one({ type: 'work', primary: true })],
  workEmail: ['one entry of type work', one({ type: 'work' })],
  homeEmail: ['one entry of type home', one({ type: 'home' })],
  workPhone: ['one entry of type work', one({ type: 'work' })],
  mobilePhone: ['one entry of type mobile', one({ type: 'mobile' })],
  primary: ['one entry, the primary one', one({ primary: true })],
  values: [
    'an entry for each value, with nothing but that',
    (values) => values.map((value) => ({ value: ownValue(value) })),
  ],
  list: ['a list of the bare values', (values) => values.map(ownValue)],
  first: ['the first value, by itself', (values) => ownValue(values[0] ?? null)],
  reference: ['an object that holds the value', (values) => ({ value: ownValue(values[0] ?? null) })],
}

/** The names of all shapes, each with what it is: the table in the guide. */
export const SHAPE_NAMES: readonly (readonly [name: string, about: string])[] = Object.entries(SHAPES).map(
  ([name, [about]]) => [name, about] as const,
)

/** What a shape makes of values, of which there is at least one; undefined when there is no such shape. */
export function shapeOf(name: string): ((values: readonly Json[]) => Json) | undefined {
  return Object.hasOwn(SHAPES, name) ? SHAPES[name]?.[1] : undefined
}

function one(besides: { readonly [name: string]: Json }) {
  return (values: readonly Json[]): Json => [{ value: ownValue(values[0] ?? null), ...besides }]
}

/** An entry's own value, or the value as it is. */
function ownValue(value: Json): Json {
  return isObject(value) && value.value !== undefined ? value.value : value
}
